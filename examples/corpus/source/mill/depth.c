/* Interpolates the height of the water between two hours. */
#include <stddef.h>

double depth_at(const double *heights, size_t count, double hour)
{
    if (count == 0 || hour < 0.0) {
        return 0.0;
    }
    size_t before = (size_t)hour;
    if (before + 1 >= count) {
        return heights[count - 1];
    }
    double share = hour - (double)before;
    return heights[before] * (1.0 - share) + heights[before + 1] * share;
}
