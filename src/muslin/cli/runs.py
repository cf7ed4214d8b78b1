"""`muslin evaluate`, `muslin predict` and `muslin runs`: what is done with runs that there are."""

from pathlib import Path

import click

from muslin.cli.options import cache_option, on_bad_option

__all__ = ["evaluate", "predict", "runs"]


@click.command()
@click.argument("run")
@click.argument("data", required=False)
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@click.option("--best", is_flag=True, help="The epoch with the lowest validation loss, not the last weights.")
@cache_option
@on_bad_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def evaluate(
    run: str,
    data: str | None,
    factory: str | None,
    best: bool,
    cache: Path | None,
    on_bad: str | None,
    as_json: bool,
) -> None:
    """Score RUN on the test pictures of DATA (by default those it was made for).

    Shows accuracy, each class, and how well the model knows how sure it is. DATA may be another folder of pictures of
    the same classes: they are brought to the size that RUN takes, and all are scored if the folder has no test/.
    """
    from muslin.pipeline import evaluate_run
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_aside
    from muslin.terminal.tables import evaluation_json, evaluation_table

    with FileBar() as bar:
        evaluation = evaluate_run(run, data, factory, best=best, cache=cache, on_bad=on_bad, progress=bar)
    if as_json:
        click.echo(evaluation_json(evaluation))
        return
    evaluation_table(evaluation)
    for note in evaluation.notes:
        write_aside(f"Note: {note}")


@click.command()
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
    from muslin.prediction.classifier import load
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


@click.command()
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
