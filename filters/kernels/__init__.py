"""textmill.filters.kernels."""
