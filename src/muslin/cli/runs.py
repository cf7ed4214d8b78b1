"""`muslin evaluate` and `muslin predict`: what a run that there is says of pictures."""

import json
from pathlib import Path

import click

from muslin.cli.options import cache_option, on_bad_option, views_option

__all__ = ["evaluate", "predict"]


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


@click.command()
@click.argument("run")
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...")
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@click.option("--top", default=3, show_default=True, type=click.IntRange(min=1), help="Classes to name.")
@views_option
@click.option("--invert", is_flag=True, help="Exchange dark and light first.")
@click.option("--best", is_flag=True, help="The epoch with the lowest validation loss, not the last weights.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a picture.")
def predict(
    run: str,
    pictures: tuple[str, ...],
    factory: str | None,
    top: int,
    views: int | None,
    invert: bool,
    best: bool,
    as_json: bool,
) -> int:
    """Say what RUN sees in each PICTURE: any picture files, grey or colour, of any size.

    RUN looks at a picture by the views that it was tested with, so that it is right as often as its card says. A
    picture that cannot be read is reported and the others go on; the exit code is then 1.
    """
    from muslin.errors import PictureError
    from muslin.machine.device import computing
    from muslin.prediction.classifier import load
    from muslin.terminal.layout import write_aside, write_line
    from muslin.terminal.results import prediction_line
    from muslin.text import printable

    classifier = load(run, factory, best=best)
    failures = 0
    for picture in pictures:
        try:
            with computing():
                prediction = classifier.predict(picture, views=views, invert=invert)
        except PictureError as error:
            failures += 1
            write_aside(f"Error: {error}")
            continue
        if as_json:
            click.echo(json.dumps({"picture": picture} | prediction.as_json()))
            continue
        write_line(prediction_line(picture, prediction, top))
        for note in prediction.notes:
            write_aside(f"  note: {printable(picture)} {note}")
    return 1 if failures else 0
