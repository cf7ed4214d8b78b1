"""How times, lines and tables are written."""

import sys
import textwrap
from collections.abc import Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

__all__ = ["write_aside", "write_line"]

PIPE_WIDTH = 200  # characters: a program that reads a table should find no line folded


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """Prints a table whose first `left` columns are text and the others numbers."""
    table = Table(box=None, pad_edge=False)
    for position, heading in enumerate(headings):
        is_text = position < left
        table.add_column(heading, justify="left" if is_text else "right", no_wrap=not is_text, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console()
    (console if console.is_terminal else Console(width=PIPE_WIDTH)).print(table)


def folded(text: str, console: Console, indent: str = "") -> str:
    """Folds each line of a text between words at the terminal's width; paths stay whole, and pipes get whole lines.

    Args:
        text: a text that is then printed with `soft_wrap`.
        console: where it is printed.
        indent: what the second and later parts of a line begin with.
    """
    if not console.is_terminal:
        return text
    wrap = partial(
        textwrap.wrap, width=console.width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join("\n".join(wrap(line)) for line in text.split("\n"))


def write_line(text: str) -> None:
    """Prints a line at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_aside(text: str) -> None:
    """Prints a line on standard error, where it disturbs no program."""
    sys.stderr.write(folded(text, Console(stderr=True), "  ") + "\n")
    sys.stderr.flush()
