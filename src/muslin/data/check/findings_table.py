"""The table of findings (CSV): for a spreadsheet, to be gone through by a person, and read again.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which reading takes away again (OWASP, CSV
Injection). All else is as the csv module writes it: names with commas, quotes and line breaks stay whole.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from muslin.data.check.doctor import Findings
from muslin.data.files.table import cell_shown, read_table
from muslin.errors import DataError
from muslin.text import join_words, printable

__all__ = ["Mend", "findings_csv", "read_mends"]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
COLUMNS = ("split", "label", "likely_label", "score", "finding", "like")
NAMES = ("path", "index")  # of the first column: for files, and for rows of arrays
MARK = "\ufeff"  # tells Excel that the file is UTF-8


@dataclass(frozen=True)
class Mend:
    """A label that a person wants mended.

    Attributes:
        where: the line of the table, for errors.
        name: the picture's name.
        label: the class that it was labelled as.
        likely: the class that it shall have.
    """

    where: str
    name: str
    label: str
    likely: str


def findings_csv(findings: Findings) -> str:
    """Returns findings as a table, a line a finding."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")  # spaces before a name stay
    writer.writerow([NAMES[not findings.are_files], *COLUMNS])
    for one in findings.findings:
        cells = one.name, one.split, one.label, one.likely, f"{one.score:.4f}", one.kind, one.like
        writer.writerow(map(safe, cells))
    return MARK + text.getvalue()


def safe(cell: str) -> str:
    r"""Returns a cell that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe("'tis"), safe("boot")
    ("'=1+1", "''tis", 'boot')
    """
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def plain(cell: str) -> str:
    """Returns what `safe` was given; a spreadsheet may have taken the apostrophe away already."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def read_mends(path: Path) -> list[Mend]:
    """Returns the labels to mend by a table of findings, which a person may have shortened or changed.

    Only lines of the finding `label` count; the others are there to be looked at.

    Raises:
        DataError: it cannot be read, is no table of findings, or a line lacks a cell.
    """
    records = list(read_table(path).records())
    header = [cell.strip() for cell in records[0].cells] if records else []
    first = [name for name in NAMES if name in header]
    needed = ("label", "likely_label", "finding")
    if len(first) != 1 or any(header.count(name) != 1 for name in (*first, *needed)):
        raise DataError(
            f"{printable(path)}: the header is {cell_shown(','.join(header))!r}; a table of findings has "
            f"{join_words(NAMES)},{','.join(COLUMNS)}: take the findings.csv that muslin data doctor writes"
        )
    places = [header.index(name) for name in (*first, *needed)]
    mends = []
    for record in records[1:]:
        where = f"{printable(path)}, line {record.line}"
        if len(record.cells) <= max(places):
            raise DataError(
                f"{where}: {len(record.cells)} cells, but the header has {len(header)}; mend the line or remove it"
            )
        name, label, likely, finding = (plain(record.cells[place]) for place in places)
        if finding.strip() != "label":
            continue
        if not (name and label and likely):
            raise DataError(f"{where}: an empty {_empty(name, label, first[0])}; fill it or remove the line")
        mends.append(Mend(where, name, label, likely))
    return mends


def _empty(name: str, label: str, first: str) -> str:
    return first if not name else "label" if not label else "likely_label"
