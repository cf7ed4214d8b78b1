"""The command line."""

import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import muslin
from muslin.errors import MuslinError, SettingError
from muslin.recipes import RECIPES, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from muslin.terminal.ladder import PlainClimb
    from muslin.terminal.progress import Quiet

__all__ = ["main"]

SIGNALLED = 128  # a signal's number more is the exit code, as shells have it


def main() -> None:
    """Runs the command line; a person's mistake is one line on standard error, never a traceback."""
    try:
        result = cli(prog_name="muslin", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(SIGNALLED + signal.SIGINT)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except MuslinError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(result if isinstance(result, int) else 0)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(muslin.__version__, prog_name="muslin")
def cli() -> None:
    """Train an accurate image classifier on the computer you have, and see how it works.

    Start with `muslin fit`: it trains on the bundled Fashion-MNIST in the time of a coffee.
    """


def _recipe_help() -> str:
    return "; ".join(f"{recipe.name}: {recipe.summary}{_measured(recipe)}" for recipe in RECIPES.values())


def _measured(recipe: Recipe) -> str:
    if recipe.seconds is None or recipe.accuracy is None:
        return ""
    return f" ({100 * recipe.accuracy:.1f} % on Fashion-MNIST in {recipe.seconds:.0f} s, on 2 cores with bf16)"


def _changes(_: click.Context, __: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    changes = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingError(f"--set {pair!r}: write it as NAME=VALUE, such as --set lr=0.2")
        changes[name.strip().replace("-", "_")] = value.strip()
    return changes


def _seconds(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    number, unit = (text[:-1], text[-1]) if text[-1:] in "smh" else (text, "s")
    try:
        return float(number) * {"s": 1, "m": 60, "h": 3600}[unit]
    except (KeyError, ValueError):
        raise SettingError(f"--time-budget is {text!r}; write it as 90s, 3m or 1.5h") from None


@cli.command()
@click.argument("data", default="fashion-mnist")
@click.option("--recipe", default="coffee", show_default=True, help=_recipe_help())
@click.option("--model", help="A model's name, or file.py:factory with one of your own.")
@click.option("--seed", help="The same seed gives the same result.  [default: 0]")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder.  [default: a new one in runs/]")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped or killed, as if it never was.")
@click.option("--init", metavar="RUN", help="Start from the weights of a run of your own.")
@click.option(
    "--unfreeze", is_flag=True, default=None, help="Train all of a pretrained model, not its last layer alone."
)
@click.option("--epochs", help="Passes over the training pictures.")
@click.option("--batch-size", help="Pictures a step.")
@click.option(
    "--time-budget", callback=_seconds, help="Time in all, such as 90s, 3m, 1h; the schedule fits itself to it."
)
@click.option("--patience", help="Stop after this many epochs without a better validation loss.  [default: never]")
@click.option("--balance", help="none, weights or sample: what to do about classes of different size.  [default: none]")
@click.option("--size", help="Side in pixels that picture files are brought to.  [default: by the pictures]")
@click.option("--on-bad", help="stop at a damaged picture, or skip it, up to 1 %.  [default: stop]")
@click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder for decoded pictures.  [default: ~/.cache/muslin]"
)
@click.option("--device", help="auto, cpu, cuda or mps.  [default: auto]")
@click.option(
    "--set", "changes", metavar="NAME=VALUE", multiple=True, callback=_changes, help="Change any other setting."
)
@click.option("--log", "logger", metavar="LOGGER", help="tensorboard, mlflow or trackio: log there too.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line, for programs.")
@click.option("--quiet", is_flag=True, help="Print the run's folder alone.")
def fit(
    data: str,
    recipe: str,
    out: Path | None,
    resume: str | None,
    cache: Path | None,
    changes: dict[str, str],
    logger: str | None,
    as_json: bool,
    quiet: bool,
    **named: Any,
) -> int:
    """Train on DATA, test, and write a run's folder.

    DATA is fashion-mnist (bundled), a folder of pictures with a sub-folder a class, a .csv file that names pictures
    (path,label), a folder of IDX files (MNIST's format), or a .npz file. A first look at your own:
    muslin data scan FOLDER.

    Several processes: torchrun --nproc-per-node N -m muslin fit ...
    """
    from muslin.pipeline import run_recipe

    changes |= {name: value for name, value in named.items() if value is not None}
    with _display(as_json=as_json, quiet=quiet) as display, _logger(logger) as log:

        def report(event: Any) -> None:
            display(event)
            log(event)

        run = run_recipe(data, recipe, out=out, resume=resume, cache=cache, report=report, **changes)
    return SIGNALLED + run.signal if run.signal else 0


def _logger(name: str | None) -> "AbstractContextManager[Callable[[Any], object]]":
    if name is None:
        return nullcontext(lambda _: None)
    from muslin.loggers import make_logger

    return make_logger(name)


def _display(*, as_json: bool, quiet: bool) -> "Quiet":
    from rich.console import Console

    from muslin.terminal.progress import JsonLines, LiveTable, PlainLines, Quiet

    console = Console()
    if as_json:
        return JsonLines()
    if quiet:
        return Quiet()
    return LiveTable(console) if console.is_terminal else PlainLines()


@cli.command()
@click.argument("run")
@click.argument("data", required=False)
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@click.option("--best", is_flag=True, help="The epoch with the lowest validation loss, not the last weights.")
@click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder for decoded pictures.  [default: ~/.cache/muslin]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(run: str, data: str | None, factory: str | None, best: bool, cache: Path | None, as_json: bool) -> None:
    """Score RUN on the test pictures of DATA (by default those it was made for).

    Shows test accuracy, each class, and how well the model knows how sure it is.
    """
    from muslin.pipeline import evaluate_run
    from muslin.terminal.tables import evaluation_json, evaluation_table

    evaluation = evaluate_run(run, data, factory, best=best, cache=cache)
    if as_json:
        click.echo(evaluation_json(evaluation))
    else:
        evaluation_table(evaluation)


@cli.command()
@click.argument("run")
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...")
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@click.option("--top", default=3, show_default=True, type=click.IntRange(min=1), help="Classes to name.")
@click.option("--invert", is_flag=True, help="Exchange dark and light first.")
@click.option("--best", is_flag=True, help="The epoch with the lowest validation loss, not the last weights.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a picture.")
def predict(
    run: str, pictures: tuple[str, ...], factory: str | None, top: int, invert: bool, best: bool, as_json: bool
) -> int:
    """Say what RUN sees in each PICTURE: any picture files, grey or colour, of any size.

    A picture that cannot be read is reported and the others go on; the exit code is then 1.
    """
    from muslin.errors import PictureError
    from muslin.run.bundle import load
    from muslin.terminal.tables import prediction_json, prediction_line

    classifier = load(run, factory, best=best)
    failures = 0
    for picture in pictures:
        try:
            prediction = classifier.predict(picture, invert=invert)
        except PictureError as error:
            failures += 1
            click.echo(f"Error: {error}", err=True)
            continue
        click.echo(prediction_json(picture, prediction) if as_json else prediction_line(picture, prediction, top))
        if not as_json:
            for note in prediction.notes:
                click.echo(f"  note: {picture} {note}", err=True)
    return 1 if failures else 0


@cli.command()
@click.argument("folder", default="runs", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a run.")
def runs(folder: Path, as_json: bool) -> None:
    """List the runs in FOLDER, newest first."""
    from muslin.run.folder import list_runs
    from muslin.terminal.tables import runs_json, runs_table

    found = list_runs(folder)
    if as_json:
        click.echo(runs_json(found), nl=bool(found))
    elif found:
        runs_table(found)
    else:
        click.echo(f"No runs in {folder}/ yet; make one with: muslin fit")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Measure this machine, and say what `fit` will do about it."""
    from muslin.terminal.tables import doctor_json, doctor_report
    from muslin.training.machine import computing, prepare

    with computing():
        machine = prepare("auto", "auto")
    if as_json:
        click.echo(doctor_json(machine))
    else:
        doctor_report(machine)


@cli.command()
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
        from muslin.data.sources import load_splits

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
