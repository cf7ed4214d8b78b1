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


def duration(seconds: float) -> str:
    """Writes a time as people say it.

    >>> duration(9.26), duration(75), duration(3725)
    ('9.3 s', '1:15', '1:02:05')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}" if minutes else f"{rest} s"
