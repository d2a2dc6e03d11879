"""Mixes and runs as the files that training frameworks open; each format has a writer of its own."""
