"""From what a person names to splits: a file for each kind of source, and the registry that tells them apart."""

from muslin.data.sources.registry import load_splits

__all__ = ["load_splits"]
