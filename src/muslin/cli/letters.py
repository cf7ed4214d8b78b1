"""Letters for terminals and files of any code page."""

import codecs
import sys
from contextlib import suppress

__all__ = ["write_any_letter"]

PLAIN = {"✗": "x", "×": "x", "·": "-", "•": "-", "–": "-", "→": "->", "…": "...", "±": "+-"}
HANDLER = "muslin.plain"


def write_any_letter() -> None:
    """Has standard output and standard error write what their code page lacks in plain letters, or as escapes."""
    codecs.register_error(HANDLER, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # None where there is no terminal, anything in a notebook
            with suppress(OSError):  # a stream whose descriptor was exchanged beneath it stays as it is
                stream.reconfigure(errors=HANDLER)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(PLAIN.get(c) or c.encode("unicode_escape").decode() for c in letters), error.end
