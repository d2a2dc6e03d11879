"""What kernels are made of: the compiler, views of Arrow buffers, hashes, and reading many bytes at once."""
