"""Lets `python -m muslin` and `torchrun -m muslin` run the command line."""

from muslin.cli import main

if __name__ == "__main__":
    main()
