"""What a person reads after the data doctor looked at the data, and after labels were mended."""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from muslin.data.check.doctor import Findings, Kind
from muslin.data.check.mend import Mended
from muslin.terminal.layout import folded, print_table
from muslin.text import percent, plural, printable

__all__ = ["doctor_report", "mended_report"]

ROWS = 10  # kinds of label errors, and findings, that are listed


def doctor_report(findings: Findings, folder: Path, data: str) -> None:
    """Prints what was found, the likely label errors by class, and what to do next.

    Args:
        findings: what was found.
        folder: where table and contact sheet are.
        data: what the person called the data.
    """
    counts, total = findings.counts, sum(findings.pictures.values())
    parts = ", ".join(f"{count:,} {split}" for split, count in findings.pictures.items())
    _print(
        f"{findings.data}: {plural(total, 'picture')} ({parts}), each judged by a quick model that was trained on "
        f"others; the models agree with {percent(findings.accuracy, 1)} of the labels."
    )
    _print_labels(findings)
    said: dict[Kind, str] = {
        "copy": f"there twice{_in_two(findings, 'copy', 'one of the two labels is wrong')}",
        "near": f"almost like another{_in_two(findings, 'near', 'is one of the two labels wrong?')}",
        "outlier": "unlike all others: do they belong here?",
        "ambiguous": "between two classes: can one see which they are?",
    }
    for kind, what in said.items():
        if counts[kind]:
            _print(f"· {plural(counts[kind], 'picture')} {what}")
    if not findings.findings:
        _print("Nothing was found.")
        return
    _print(f"All are in {printable(folder)}: findings.csv, and the gravest to look at in findings.png")
    if counts["label"]:
        _print(
            "Next: look at findings.png, take the lines that you do not believe out of findings.csv, and write a table "
            f"with the labels mended: muslin data doctor {printable(data)} --apply {printable(folder / 'findings.csv')}"
        )


def _print_labels(findings: Findings) -> None:
    """Prints how many labels are in doubt, and which classes they are taken for."""
    errors = findings.of("label")
    if not errors:
        _print("No label is probably wrong.")
        return
    splits = Counter(one.split for one in errors)
    where = ", ".join(f"{splits[split]:,} in {split}" for split in findings.pictures if splits[split])
    _print(f"{plural(len(errors), 'label')} {'is' if len(errors) == 1 else 'are'} probably wrong ({where}); at least "
           "half of them should be, the surest come first:")  # fmt: skip
    pairs = Counter((one.label, one.likely) for one in errors)
    rows = [
        (escape(printable(label)), escape(printable(likely)), f"{count:,}")
        for (label, likely), count in pairs.most_common(ROWS)
    ]
    if (more := len(pairs) - len(rows)) > 0:
        rows.append((f"and {plural(more, 'other pair')}", "", ""))
    print_table(("labelled", "is probably", "pictures"), rows, 2)


def _in_two(findings: Findings, kind: Kind, so: str) -> str:
    """Returns how many pairs of a kind are in two classes, and what that means; nothing where none is."""
    count = sum(bool(one.likely) for one in findings.of(kind))
    return f", {count:,} of them in two classes: {so}" if count else ""


def mended_report(mended: Mended) -> None:
    """Prints where the data with other labels are, and what to do with them."""
    _print(
        f"{plural(mended.changed, 'label')} mended, {plural(mended.pictures, 'picture')} in all; none was touched.",
        f"Train on it: muslin fit {printable(mended.path)}",
    )


def _print(*lines: str) -> None:
    console = Console()
    console.print(folded("\n".join(lines), console, "  "), highlight=False, soft_wrap=True, markup=False)
