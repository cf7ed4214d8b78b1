"""The version, in a file of its own, so that every other file may name it."""

__all__ = ["__version__"]

__version__ = "0.1.0"
