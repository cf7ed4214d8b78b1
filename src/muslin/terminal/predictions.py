"""What is said of pictures: a line each, or a table for other programs."""

import csv
import io
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muslin.data.check.findings_table import safe
from muslin.errors import PictureError, SettingError
from muslin.files import write_whole
from muslin.prediction.prediction import Prediction
from muslin.terminal.layout import write_aside, write_line
from muslin.text import duration, note_on_pictures, plural, printable

__all__ = ["MANY", "Teller"]

COLUMNS = ("path", "label", "probability", "runner_up", "runner_up_probability", "sure", "error")
FORMS = ("csv", "json")
MANY = 10  # pictures; from here on, notes are counted and a line sums up
MARK = "\ufeff"  # tells Excel that the file is UTF-8
Row = dict[str, Any]


class Teller:
    """Says what is said of pictures: as lines, as a JSON object each, or as one table, printed or written.

    Args:
        top: classes to name in a line.
        each: whether to print a JSON object a picture.
        form: the table's form, `csv` or `json`; None for lines, or for what the file's name says.
        file: where to write the table; None to print it.

    Raises:
        SettingError: the file's name ends in neither .csv nor .json, it is a folder's or its folder is not there, or
            both a table and objects are asked for.
    """

    def __init__(self, *, top: int = 2, each: bool = False, form: str | None = None, file: Path | None = None) -> None:
        if each and (form or file):
            raise SettingError("--json prints an object a picture, --format and --out are for a table: leave one out")
        if file and (file.is_dir() or not file.parent.is_dir()):
            what = "is a folder" if file.is_dir() else "lies in no folder that is there"
            raise SettingError(f"--out {printable(file)} {what}; name a file in one that is")
        self.top, self.each, self.file = top, each, file
        self.form = form if file is None else form or _form_of(file)
        self.rows: list[Row] = []
        self.tally = Tally()

    @property
    def is_silent(self) -> bool:
        """Whether nothing appears on the terminal for each picture, so that a bar may."""
        return self.file is not None or self.form == "json" or not sys.stdout.isatty()

    def tell(self, picture: str, answer: Prediction | PictureError, *, many: bool) -> None:
        """Says what is said of one picture, one of many or of few."""
        if self.form == "csv" and self.file is None and not self.tally.pictures:
            write_line(csv_line().rstrip("\n"))
        self.tally.add(answer)
        if isinstance(answer, PictureError):
            write_aside(f"Error: {answer}")
        if self.form == "csv" and self.file is None:
            write_line(csv_line(as_row(picture, answer)).rstrip("\n"))
        elif self.form:
            self.rows.append(as_row(picture, answer))
        elif isinstance(answer, Prediction) and self.each:
            write_line(json.dumps({"picture": picture} | answer.as_json(), allow_nan=False))
        elif isinstance(answer, Prediction):
            write_line(f"{printable(picture)}: {answer.in_words(self.top)}")
            for note in answer.notes if not many else ():
                write_aside(f"  note: {printable(picture)} {printable(note)}")

    def close(self, seconds: float, *, many: bool) -> None:
        """Writes the table, and says how many pictures were answered in how many seconds.

        Raises:
            RunError: the table cannot be written.
        """
        if self.file:
            lines = map(csv_line, (None, *self.rows))
            write_whole(self.file, MARK + "".join(lines) if self.form == "csv" else json_table(self.rows))
        elif self.form == "json":
            write_line(json_table(self.rows).rstrip("\n"))
        if not self.each and (many or self.form):
            for line in self.tally.note_lines():
                write_aside(f"Note: {line}")
        if many:
            write_aside(self.tally.summary(seconds))
        if self.file:
            write_aside(f"The table is in {printable(self.file)}")


def _form_of(file: Path) -> str:
    form = file.suffix.lower().removeprefix(".")
    if form not in FORMS:
        raise SettingError(f"--out {printable(file)}: the name must end in .csv or .json, or --format say which it is")
    return form


def as_row(picture: str, answer: Prediction | PictureError) -> Row:
    """Returns what is said of a picture by the names in `COLUMNS`; None for what is not known."""
    if isinstance(answer, PictureError):
        return dict.fromkeys(COLUMNS) | {"path": picture, "error": str(answer)}
    runner_up = answer.runner_up
    return {
        "path": picture,
        "label": answer.label,
        "probability": answer.probability,
        "runner_up": runner_up,
        "runner_up_probability": None if runner_up is None else answer.probabilities[runner_up],
        "sure": answer.is_sure,
        "error": None,
    }


def csv_line(row: Row | None = None) -> str:
    """Returns a row as a line of CSV, which no spreadsheet takes for a formula; the header where there is no row."""
    text = io.StringIO(newline="")
    cells = COLUMNS if row is None else map(_cell, row.values())
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6f}"
    return "" if value is None else safe(printable(value))


def json_table(rows: list[Row]) -> str:
    """Returns rows as one JSON array, a line a picture."""
    return "[\n" + ",\n".join(json.dumps(row, allow_nan=False) for row in rows) + "\n]\n"


@dataclass
class Tally:
    """Counts what was said of pictures.

    Attributes:
        pictures: how many there were.
        unsure: how many of them the classifier was not sure of.
        unread: how many could not be read.
        notes: how often each note was made.
    """

    pictures: int = 0
    unsure: int = 0
    unread: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Prediction | PictureError) -> None:
        """Counts one answer."""
        self.pictures += 1
        if isinstance(answer, PictureError):
            self.unread += 1
            return
        self.unsure += not answer.is_sure
        self.notes.update(answer.notes)

    def summary(self, seconds: float) -> str:
        """Returns in one line how many pictures were answered how fast, and how many were not.

        >>> Tally(10_000, 512, 2).summary(3.1)
        '10,000 pictures in 3.1 s, 3,226 a second; not sure of 512; 2 could not be read'
        """
        speed = f", {self.pictures / seconds:,.0f} a second" if seconds > 0 else ""
        unread = f"; {self.unread:,} could not be read" if self.unread else ""
        return f"{plural(self.pictures, 'picture')} in {duration(seconds)}{speed}; not sure of {self.unsure:,}{unread}"

    def note_lines(self) -> list[str]:
        """Returns a line for each note, with how many pictures it is on."""
        return [note_on_pictures(count, printable(note)) for note, count in self.notes.items()]
