"""`muslin ladder`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    from muslin.ladder.climb import Failed, climb, take
    from muslin.ladder.plane import climb_plane, make_tasks, point_rungs
    from muslin.terminal.ladder import HEADINGS, plane_headings

    named = [name.strip() for name in rungs.split(",")] if rungs is not None else []
    found = find_rungs(named or RUNGS)
    if on_plane:
        tasks, suited = make_tasks(seed, limit), point_rungs(found, named)
        files = [out / "plane.json", out / "plane.png"]
        with _climb_display(plane_headings(list(tasks)), files, as_json=as_json) as display:
            outcomes: Sequence[object] = climb_plane(tasks, suited, out, display)
            display.end()
    else:
        from muslin.data.sources.registry import load_splits

        task = take(load_splits(data, seed=seed), limit, seed)
        files = [out / "ladder.json", out / "ladder.png"]
        with _climb_display(HEADINGS, files, as_json=as_json) as display:
            outcomes = climb(task, found, out, display)
            display.end()
    return int(any(isinstance(outcome, Failed) and not outcome.unsuited for outcome in outcomes))


def _climb_display(headings: "Sequence[str]", files: "Sequence[Path]", *, as_json: bool) -> "PlainClimb":
    from rich.console import Console

    from muslin.terminal.ladder import JsonClimb, LiveClimb, PlainClimb

    console = Console()
    if as_json:
        return JsonClimb(headings, files)
    return LiveClimb(headings, files, console) if console.is_terminal else PlainClimb(headings, files)
