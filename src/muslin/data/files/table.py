"""Tables in text files as programs save them: CSV of any usual separator, quotes and Unicode encoding."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from muslin.errors import DataError
from muslin.text import printable, shortened

__all__ = ["Record", "Table", "cell_shown", "first_record", "is_table", "read_table"]

SUFFIXES = (".csv", ".tsv")
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENCODINGS = (  # by the mark at a file's start; that of UTF-16 begins that of UTF-32
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
SHOWN = 60  # letters of what a person wrote, in a message
HEAD = 4 << 20  # bytes in which a header ends
CELL = 1 << 24  # letters that a cell may have


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table.

    Attributes:
        line: the line of the file that it begins on, from 1.
        cells: its cells, as they were written.
    """

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """The text of a table, and how it is cut into cells.

    Attributes:
        path: its file.
        text: its content after marks that are no data.
        start: the line of the file that `text` begins on, from 1.
        separator: what stands between two cells.
        quote: what stands around a cell with separators in it.
        assumed: a sentence on what is not as in most tables, or none.
    """

    path: Path
    text: str
    start: int
    separator: str
    quote: str
    assumed: tuple[str, ...]

    def records(self) -> Iterator[Record]:
        """Returns the rows, the header among them, but for those without any content.

        Raises:
            DataError: the quotes do not fit.
        """
        reader = csv.reader(
            io.StringIO(self.text, newline=""),
            delimiter=self.separator,
            quotechar=self.quote,
            skipinitialspace=_has_spaces(self.text, self.separator, self.quote),
            strict=True,
        )
        previous = csv.field_size_limit(CELL)
        try:
            line = self.start
            for cells in reader:
                if any(cell and not cell.isspace() for cell in cells):
                    yield Record(line, cells)
                line = self.start + reader.line_num
        except csv.Error as error:
            raise DataError(
                f"{printable(self.path)} is not a CSV file: {error}; save it with commas and double quotes"
            ) from error
        finally:
            csv.field_size_limit(previous)


def is_table(path: Path) -> bool:
    """Whether a path is named like a table."""
    return path.suffix.lower() in SUFFIXES


def cell_shown(text: str) -> str:
    """Returns what a person wrote in a table as a message can show it: on one line, and no more than fits there."""
    return shortened(printable(text), SHOWN)


def read_table(path: Path) -> Table:
    """Reads a table.

    Args:
        path: a text in UTF-8, UTF-16 or UTF-32, with a byte-order mark or without; commas, semicolons, tabs or
            bars between the cells.

    Raises:
        DataError: it cannot be read, or is no Unicode text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {printable(path)}: {error.strerror}; give a CSV file") from error
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        raise DataError(
            f"{printable(path)} is not {name} at byte {error.start:,}; save it as UTF-8 (Excel: CSV UTF-8)"
        ) from error
    return _table(path, text, encoding)


def first_record(path: Path) -> list[str]:
    """Returns the cells of a table's first row, without reading it whole; none where there is no table."""
    try:
        with path.open("rb") as file:
            content = file.read(HEAD)
        text = codecs.getincrementaldecoder(_encoding(content))("replace").decode(content)
        return next((record.cells for record in _table(path, text, "").records()), [])
    except (OSError, DataError):
        return []


def _encoding(content: bytes) -> str:
    for mark, encoding in ENCODINGS:
        if content.startswith(mark):
            return encoding
    is_zero = [byte == 0 for byte in content[:4]]
    return "utf-16-le" if is_zero == [False, True] * 2 else "utf-16-be" if is_zero == [True, False] * 2 else "utf-8"


def _table(path: Path, text: str, encoding: str) -> Table:
    start = 1
    if told := re.match(r"sep=(.)\r?\n", text):  # Excel's way to tell the separator
        text, start = text[told.end() :], 2
    header = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0])
    separator = told[1] if told else max(SEPARATORS, key=header.count)  # the first of those that are as many: commas
    quote = "'" if header.startswith("'") else '"'
    odd = [
        encoding[:6].upper() * encoding.startswith(("utf-16", "utf-32")),
        f"{SEPARATORS.get(separator, cell_shown(separator))} between cells" * (separator != ","),
        "spaces before cells dropped" * _has_spaces(text, separator, quote),
        "single quotes around cells" * (quote == "'"),
    ]
    assumed = (f"{printable(path.name)} is read as: {', '.join(filter(None, odd))}",) if any(odd) else ()
    return Table(path, text, start, separator, quote, assumed)


def _has_spaces(text: str, separator: str, quote: str) -> bool:
    """Whether spaces after separators are there for the eye alone."""
    first = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    return f"{separator} " in first or f"{separator} {quote}" in text
