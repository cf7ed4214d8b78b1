"""A terminal to look at: what stands on it after a program has written to it, moved its cursor and erased lines."""

import io
import re

from rich.console import Console

# A control sequence with its number and its letter, or a piece of text without any.
PIECE = re.compile(r"\x1b\[(?P<number>\??[\d;]*)(?P<letter>[A-Za-z])|(?P<text>[^\x1b]+)")


class Screen:
    """A console of a given width, and what a person sees on it.

    Attributes:
        console: the console to write to.
    """

    def __init__(self, width: int = 100) -> None:
        self._written = io.StringIO()
        self.console = Console(file=self._written, force_terminal=True, width=width, color_system=None)

    def lines(self) -> list[str]:
        """Returns the lines that are to be seen now, without spaces at their ends and empty lines at the end."""
        rows, row, column = [""], 0, 0
        for piece in PIECE.finditer(self._written.getvalue()):
            if piece["text"] is None:
                count = int(piece["number"]) if piece["number"].isdigit() else 1
                if piece["letter"] == "A":
                    row = max(0, row - count)
                elif piece["letter"] == "K":
                    assert piece["number"] == "2", "rich erases whole lines"
                    rows[row] = ""
                else:
                    assert piece["letter"] in "hlm", f"no {piece['letter']!r} is known here"
                continue
            for mark in piece["text"]:
                if mark == "\n":
                    row, column = row + 1, 0
                    rows += [""] * (row + 1 - len(rows))
                elif mark == "\r":
                    column = 0
                else:
                    rows[row] = rows[row][:column].ljust(column) + mark + rows[row][column + 1 :]
                    column += 1
        return "\n".join(line.rstrip() for line in rows).rstrip().splitlines()
