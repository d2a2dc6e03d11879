"""Where bytes lie: files in any store, and the kinds of files that runs write and read again."""
