"""What kernels know of code points, and the script that builds their table."""
