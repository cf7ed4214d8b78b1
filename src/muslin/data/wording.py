"""How names are written in messages."""

import os
from collections.abc import Iterable

__all__ = ["printable", "some"]

SHOWN = 10  # names in one message


def printable(path: str | os.PathLike[str]) -> str:
    r"""Writes a path or a name so that it can be printed: on one line, without control characters, as valid Unicode.

    >>> printable("two\nlines"), printable("Zürich.png")
    ('two\\nlines', 'Zürich.png')
    """
    text = os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def some(texts: Iterable[str]) -> str:
    """Lists the first few, and how many more there are."""
    texts = list(texts)
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
