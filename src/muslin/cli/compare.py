"""`muslin compare`."""

import json

import click

__all__ = ["compare"]


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compare(runs: tuple[str, ...], as_json: bool) -> None:
    """Say what differs between runs, and whether it means anything.

    Shows the settings that differ, what each run reached, and, where all were tested on the same pictures, where their
    answers differ. Runs that differ in the seed alone are taken together, with mean and standard deviation. The first
    is what the others are held against.
    """
    from muslin.report.compare.comparison import compare_runs
    from muslin.terminal.compare import print_comparison
    from muslin.terminal.layout import write_aside

    facts = compare_runs(*runs).as_json()
    if as_json:
        click.echo(json.dumps(facts, allow_nan=False))
        return
    print_comparison(facts)
    for note in facts["notes"]:
        write_aside(f"Note: {note}")
