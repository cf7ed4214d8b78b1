"""`muslin ladder`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from muslin.ladder.climb import Course
    from muslin.terminal.ladder import PlainClimb

__all__ = ["ladder"]


@click.command()
@click.argument("data", default="fashion-mnist")
@click.option("--rungs", metavar="NAME,NAME", help="Climb these alone.  [default: all]")
@click.option("--limit", type=int, help="Learn from that many pictures alone, for a quick look.")
@click.option(
    "--out", type=click.Path(path_type=Path), default="ladder", show_default=True, help="Folder for table and plot."
)
@click.option("--plane", "on_plane", is_flag=True, help="Climb on coloured points of the plane instead of DATA.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Fixes all that is random.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a rung, for programs.")
def ladder(data: str, rungs: str | None, limit: int | None, out: Path, on_plane: bool, seed: int, as_json: bool) -> int:
    """Climb from guessing to a residual network: every classifier of the lecture on DATA.

    Shows for each its test accuracy, its size and its time, and what it cannot do that the next one can.
    """
    from muslin.ladder import RUNGS, find_rungs
    from muslin.ladder.climb import Failed, climb
    from muslin.ladder.plane import point_rungs

    named = [name.strip() for name in rungs.split(",")] if rungs is not None else []
    found = find_rungs(named or RUNGS)
    course = _make_plane(seed, limit) if on_plane else _make_pictures(data, seed, limit)
    if on_plane:
        found = point_rungs(found, named)
    with _climb_display(course, out, as_json=as_json) as display:
        outcomes = climb(course, found, out, display)
        display.end()
    return int(any(isinstance(outcome, Failed) and not outcome.unsuited for outcome in outcomes))


def _make_plane(seed: int, limit: int | None) -> "Course[Any]":
    from muslin.ladder.plane import make_plane

    return make_plane(seed, limit)


def _make_pictures(data: str, seed: int, limit: int | None) -> "Course[Any]":
    from muslin.data.sources.registry import load_splits
    from muslin.ladder.pictures import Pictures, make_task

    return Pictures(make_task(load_splits(data, seed=seed), limit, seed))


def _climb_display(course: "Course[Any]", out: Path, *, as_json: bool) -> "PlainClimb":
    from rich.console import Console

    from muslin.terminal.ladder import JsonClimb, LiveClimb, PlainClimb, headings_of

    console, headings = Console(), headings_of(course)
    files = [out / f"{course.name}.json", out / f"{course.name}.png"]
    if as_json:
        return JsonClimb(headings, files)
    return LiveClimb(headings, files, console) if console.is_terminal else PlainClimb(headings, files)
