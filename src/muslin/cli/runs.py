"""`muslin evaluate`: how often a run that there is is right."""

import json
from pathlib import Path

import click

from muslin.cli.options import cache_option, on_bad_option, views_option

__all__ = ["evaluate"]


@click.command()
@click.argument("run")
@click.argument("data", required=False)
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@views_option
@click.option("--best", is_flag=True, help="The epoch with the lowest validation loss, not the last weights.")
@click.option("--all", "everything", is_flag=True, help="Score all pictures, those that RUN was trained on too.")
@cache_option
@on_bad_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(
    run: str,
    data: str | None,
    factory: str | None,
    views: int | None,
    best: bool,
    everything: bool,
    cache: Path | None,
    on_bad: str | None,
    as_json: bool,
) -> None:
    """Score RUN on the test pictures of DATA (by default those it was made for).

    Shows accuracy, by the views that RUN was tested with and by one, each class, and how well the model knows how sure
    it is. DATA may be any other pictures of classes that RUN knows, however few: they are brought to the size that RUN
    takes, and all are scored where DATA does not tell which are for testing, but for those that RUN was trained on,
    wherever they lie now.
    """
    from muslin.evaluation.evaluate import evaluate_run
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_aside
    from muslin.terminal.results import print_evaluation

    with FileBar() as bar:
        evaluation = evaluate_run(
            run, data, factory, views=views, best=best, everything=everything, cache=cache, on_bad=on_bad, progress=bar
        )
    if as_json:
        click.echo(json.dumps(evaluation.as_json()))
        return
    print_evaluation(evaluation)
    for note in evaluation.notes:
        write_aside(f"Note: {note}")
