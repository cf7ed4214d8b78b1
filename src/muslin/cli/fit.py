"""`muslin fit`."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from muslin.cli.options import SIGNALLED, cache_option, named_values, on_bad_option
from muslin.errors import SettingError
from muslin.recipes import DEFAULT, RECIPES, SHORT, Recipe
from muslin.text import percent

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from muslin.terminal.progress import Quiet

__all__ = ["fit"]


def _recipe_help() -> str:
    return "; ".join(f"{recipe.name}: {recipe.summary}{_measured(recipe)}" for recipe in RECIPES.values())


def _measured(recipe: Recipe) -> str:
    seconds = recipe.seconds
    time = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} minutes"
    return f" ({percent(recipe.accuracy, 2)} on Fashion-MNIST in {time}, on 2 cores)"


def _seconds(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    number, unit = (text[:-1], text[-1]) if text[-1:] in "smh" else (text, "s")
    try:
        return float(number) * {"s": 1, "m": 60, "h": 3600}[unit]
    except (KeyError, ValueError):
        raise SettingError(f"--time-budget is {text!r}; write it as 90s, 3m or 1.5h") from None


@click.command()
@click.argument("data", required=False)
@click.option("--recipe", help=f"{_recipe_help()}.  [default: {DEFAULT}, or {SHORT} where --time-budget is short]")
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
    "--time-budget", callback=_seconds, help="Time in all, such as 90s, 3m, 1h; fits recipe and schedule to it."
)
@click.option("--patience", help="Stop after this many epochs without a better validation loss.  [default: never]")
@click.option("--balance", help="none, weights or sample: what to do about classes of different size.  [default: none]")
@click.option("--size", help="Side in pixels that picture files are brought to.  [default: by the pictures]")
@on_bad_option
@cache_option
@click.option("--device", help="auto, cpu, cuda or mps.  [default: auto]")
@click.option(
    "--set", "changes", metavar="NAME=VALUE", multiple=True, callback=named_values, help="Change any other setting."
)
@click.option("--log", "logger", metavar="LOGGER", help="tensorboard, mlflow or trackio: log there too.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line, for programs.")
@click.option("--quiet", is_flag=True, help="Print the run's folder alone.")
def fit(
    data: str | None,
    recipe: str | None,
    out: Path | None,
    resume: str | None,
    cache: Path | None,
    changes: dict[str, Any],
    logger: str | None,
    as_json: bool,
    quiet: bool,
    **named: Any,
) -> int:
    """Train on DATA, test, and write a run's folder.

    DATA is fashion-mnist (bundled, the default), a folder of pictures with a sub-folder a class, a .csv file that names
    pictures (path,label) or holds their pixels, a folder of IDX files (MNIST's format), a .npz file, or a .parquet file
    or a folder of them. A first look at your own: muslin data scan FOLDER.

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
