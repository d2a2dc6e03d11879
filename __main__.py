"""``python -m textmill`` is the ``textmill`` command."""

from .pipeline.cli import main

if __name__ == "__main__":
    main()
