"""What the commands of ``textmill`` do and print, besides ``run``."""
