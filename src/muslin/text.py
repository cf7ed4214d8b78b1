"""How names, lists, counts, shares and times are written in messages."""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate

__all__ = ["duration", "join_first", "join_words", "note_on_pictures", "percent", "plural", "printable", "shortened"]

SHOWN = 10  # names in one message


def printable(path: str | os.PathLike[str]) -> str:
    r"""Returns a path or a name as it can be printed: on one line, without control characters, as valid Unicode.

    >>> printable("two\nlines"), printable("Zürich.png")
    ('two\\nlines', 'Zürich.png')
    """
    text = os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str, width: int) -> str:
    """Returns a text cut to a width in narrow letters, two of which are as wide as a Chinese one.

    >>> shortened("a sandal", 8), shortened("an ankle boot", 8), shortened("猫猫猫猫", 5)
    ('a sandal', 'an ankl…', '猫猫…')
    """
    ends = list(accumulate(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text[: width + 1]))
    if not ends or ends[-1] <= width:
        return text
    return text[: sum(end < width for end in ends)] + "…"


def join_first(texts: Iterable[str]) -> str:
    """Returns the first few of a list, and how many more there are.

    >>> join_first("abc"), join_first(map(str, range(12)))
    ('a, b, c', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more')
    """
    texts = list(texts)
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more


def join_words(words: Sequence[str], last: str = "or") -> str:
    """Returns a list as it stands in a sentence.

    >>> join_words(["a folder", "a file", "a link"]), join_words(["one"])
    ('a folder, a file or a link', 'one')
    """
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Returns a count with its noun.

    Args:
        count: from 0.
        noun: the noun for one.
        nouns: the noun for any other count; by default with an s.

    >>> plural(1, "picture"), plural(1200, "class", "classes")
    ('1 picture', '1,200 classes')
    """
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def note_on_pictures(count: int, note: str) -> str:
    """Returns a note on some pictures as a sentence.

    >>> note_on_pictures(1, "is transparent"), note_on_pictures(1200, "is transparent")
    ('1 picture is transparent', '1,200 pictures, each is transparent')
    """
    return f"{plural(count, 'picture')}{', each' if count != 1 else ''} {note}"


def percent(share: float, digits: int) -> str:
    """Returns a share in [0, 1] in per cent.

    >>> percent(0.94333, 2), percent(0.5, 0)
    ('94.33 %', '50 %')
    """
    return f"{100 * share:.{digits}f} %"


def duration(seconds: float) -> str:
    """Returns a time as people say it.

    >>> duration(9.26), duration(75), duration(3725)
    ('9.3 s', '1:15', '1:02:05')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}" if minutes else f"{rest} s"
