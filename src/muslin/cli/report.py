"""`muslin report`."""

import json
from pathlib import Path

import click

from muslin.cli.options import cache_option

__all__ = ["report"]


@click.command()
@click.argument("run")
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@cache_option
@click.option("--json", "as_json", is_flag=True, help="Print all that the report says as one JSON object.")
def report(run: str, factory: str | None, cache: Path | None, as_json: bool) -> None:
    """Write the report of RUN again: one HTML file that asks for nothing else, to be mailed as it is.

    It says how good the model is and how far that can be believed, what it confuses and with what pictures, how sure it
    may be, and what to try next. `muslin fit` writes it at the end of each run.
    """
    from muslin.data.reading import Reading, cache_folder
    from muslin.files import renew_sums
    from muslin.report.write import FILES, write_report
    from muslin.run.folder import find_run
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_aside, write_line
    from muslin.text import printable

    folder = find_run(run)
    with FileBar() as bar:
        made = write_report(folder, factory=factory, reading=Reading(cache=cache or cache_folder(), progress=bar))
    renew_sums(folder, FILES)
    for problem in made.problems:
        write_aside(f"Note: something is missing in the report: {problem}")
    if as_json:
        click.echo(json.dumps(made.facts, allow_nan=False))
        return
    for line in made.findings:
        write_line(printable(line))
    write_line(f"Why, with the pictures: open {printable(made.path)}")
