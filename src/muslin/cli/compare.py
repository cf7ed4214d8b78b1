"""`muslin compare`."""

import json
from pathlib import Path

import click

from muslin.errors import SettingError

__all__ = ["compare"]


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@click.option(
    "--out", metavar="FILE.html", type=click.Path(path_type=Path), help="Write a page with curves and pictures, too."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compare(runs: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Say what differs between runs, and whether it means anything.

    Shows the settings that differ, what each run reached, and, where all were tested on the same pictures, where their
    answers differ. Runs that differ in the seed alone are taken together, with mean and standard deviation. The first
    is what the others are held against.
    """
    from muslin.report.compare.comparison import compare_runs
    from muslin.terminal.compare import print_comparison
    from muslin.terminal.layout import write_aside, write_line
    from muslin.text import printable

    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise SettingError(f"--out {out}: the page is written as HTML; name it FILE.html")
    comparison = compare_runs(*runs)
    facts = comparison.as_json()
    if out is not None:
        from muslin.report.compare.html import write_page

        write_page(comparison, out)
    if as_json:
        click.echo(json.dumps(facts, allow_nan=False))
        return
    print_comparison(facts)
    for note in facts["notes"]:
        write_aside(f"Note: {note}")
    hint = "See curves, and pictures where they differ: add --out FILE.html"
    write_line(f"\nThe page is {printable(out)}." if out else f"\n{hint}")
