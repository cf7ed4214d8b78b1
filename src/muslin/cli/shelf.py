"""`muslin runs`: the runs that there are, listed, named, described and deleted."""

import json
import os
from pathlib import Path
from typing import Any

import click

from muslin.cli.options import named_values

__all__ = ["runs"]


class ListedByDefault(click.Group):
    """A group of commands that lists where no other command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts `list` before what names no command and asks for no help."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=ListedByDefault)
def runs() -> None:
    """List, name, describe and delete runs; `muslin runs` alone lists those in runs/, newest first.

    What can be listed, and how, is told by: muslin runs list --help
    """


@runs.command("list")
@click.argument("folder", default="runs", type=click.Path(path_type=Path))
@click.option(
    "--sort", default="time", show_default=True, metavar="ORDER",
    help="time, accuracy, seconds, epochs, name, data, recipe or model.",
)  # fmt: skip
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option("--data", help="Only runs on data of this name.")
@click.option("--recipe", help="Only runs of this recipe.")
@click.option("--model", help="Only runs with this model.")
@click.option(
    "--where", metavar="NAME=VALUE", multiple=True, callback=named_values, help="Only runs with this setting."
)
@click.option("--finished/--unfinished", default=None, help="Only runs that came to their end, or that did not.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a run.")
def list_(folder: Path, sort: str, reverse: bool, where: dict[str, str], as_json: bool, **chosen: Any) -> None:
    """List the runs in FOLDER."""
    from muslin.run.folder import list_runs
    from muslin.run.listing import Choice, sort_runs
    from muslin.terminal.layout import write_line
    from muslin.terminal.runs import print_runs
    from muslin.text import plural, printable

    choice = Choice(settings=where, **chosen)
    found = list_runs(folder)
    shown = sort_runs([run for run in found if choice.fits(run)], sort, reverse=reverse)
    if as_json:
        for summary in shown:
            click.echo(json.dumps(summary.as_json()))
    elif shown:
        print_runs(shown)
    elif found:
        write_line(f"None of the {plural(len(found), 'run')} in {printable(folder)}/ fits; ask for less")
    else:
        write_line(f"No runs in {printable(folder)}/ yet; make one with: muslin fit")


@runs.command()
@click.argument("run")
@click.argument("name")
def name(run: str, name: str) -> None:
    """Call RUN by a NAME of your own, by which every command finds it; "" takes the name away."""
    from muslin.run.folder import find_run
    from muslin.run.keeping import name_run
    from muslin.terminal.layout import write_line
    from muslin.text import printable

    folder = find_run(run)
    name_run(folder, name)
    called = f"is called {printable(name.strip())} now" if name.strip() else "has no name of yours now"
    write_line(f"{printable(folder)} {called}")


@runs.command()
@click.argument("run")
@click.argument("text")
def note(run: str, text: str) -> None:
    """Keep TEXT as your note on RUN, in place of the one before; "" takes it away."""
    from muslin.run.folder import find_run
    from muslin.run.keeping import note_run
    from muslin.terminal.layout import write_line
    from muslin.text import printable

    folder = find_run(run)
    note_run(folder, text)
    write_line(f"{printable(folder)} has {'your note' if text.strip() else 'no note'} now")


@runs.command()
@click.argument("run", nargs=-1, required=True, metavar="RUN...")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def delete(run: tuple[str, ...], yes: bool) -> int:
    """Delete each RUN, with its model and all else in its folder; asks first.

    A folder in use stays, and so does one that holds files of yours. Links are removed, never followed.
    """
    from muslin.run.folder import find_run
    from muslin.run.keeping import delete_run, held_by, size_in_words
    from muslin.terminal.layout import write_line
    from muslin.text import plural, printable

    folders = {os.path.realpath(folder): folder for folder in map(find_run, run)}.values()
    for held in [held_by(folder) for folder in folders]:
        write_line(f"{printable(held.folder)}: {size_in_words(held)}")
    if not yes and not click.confirm(f"Delete {plural(len(folders), 'run')} for good?"):
        write_line("Nothing was deleted")
        return 1
    for folder in folders:
        write_line(f"Deleted {printable(folder)}: {size_in_words(delete_run(folder))}")
    return 0
