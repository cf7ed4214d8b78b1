"""`muslin predict`: what a run says of pictures."""

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from muslin.cli.options import cache_option, views_option
from muslin.errors import PictureError, SettingError

if TYPE_CHECKING:
    from muslin.prediction.classifier import Classifier
    from muslin.prediction.prediction import Prediction

__all__ = ["predict"]

NEVER_UNSURE = (
    "this run never says that it is not sure: no threshold was chosen for it on validation pictures, as there were "
    "none, or too many, or an earlier version made it; choose one with --threshold, such as 0.8"
)


@click.command()
@click.argument("run")
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...")
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
@click.option("--top", default=2, show_default=True, type=click.IntRange(min=1), help="Classes to name.")
@views_option
@click.option("--invert", is_flag=True, help="Exchange dark and light first.")
@click.option("--best", is_flag=True, help="The epoch with the lowest validation loss, not the last weights.")
@click.option(
    "--threshold", type=float, metavar="P",
    help="Probability below which it says that it is not sure, 0 to 1.  [default: chosen with RUN]",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["csv", "json"]), help="Print one table.")
@click.option("--out", type=click.Path(path_type=Path), help="File for the table, .csv or .json.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a picture, with all probabilities.")
@click.option(
    "--explain", type=click.Path(path_type=Path), metavar="FOLDER|FILE.png",
    help="Draw each picture into FOLDER, or one into a file: where the evidence lies, and the training pictures most "
    "like it.",
)  # fmt: skip
@cache_option
def predict(
    run: str,
    pictures: tuple[str, ...],
    factory: str | None,
    top: int,
    views: int | None,
    invert: bool,
    best: bool,
    threshold: float | None,
    form: str | None,
    out: Path | None,
    as_json: bool,
    explain: Path | None,
    cache: Path | None,
) -> int:
    """Say what RUN sees in each PICTURE, how probable that is, and what else it may be.

    A PICTURE is a file, grey or colour, of any size; a folder, with all that is below it; a pattern in quotes, such as
    'photos/**/*.jpg'; or a .csv whose column path names files.

    RUN looks at a picture by the views that it was tested with, so that it is right as often as its card says; its
    probabilities are calibrated. A picture that cannot be read is reported and the others go on; the exit code is
    then 1.
    """
    from muslin.data.files.asked import find_asked
    from muslin.machine.device import computing
    from muslin.prediction.classifier import load
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_aside
    from muslin.terminal.predictions import MANY, Teller

    teller = Teller(top=top, each=as_json, form=form, file=out)
    classifier = load(run, factory, best=best)
    if threshold is not None:
        classifier.calibration = replace(classifier.calibration, threshold=_checked(threshold))
    asked = find_asked(pictures)
    if explain:
        from muslin.report.explaining import check_place

        check_place(explain, asked.files, asked.folders)
    for note in asked.notes:
        write_aside(f"Note: {note}")
    if threshold is None and not classifier.calibration.pictures:
        write_aside(f"Note: {NEVER_UNSURE}")
    many, start = len(asked.files) >= MANY, time.perf_counter()
    answered: list[tuple[str, Prediction]] = []
    with computing(), FileBar() as bar:
        answers = classifier.predict_many(asked.files, views=views, invert=invert)
        for number, (picture, answer) in enumerate(zip(asked.files, answers, strict=True)):
            teller.tell(picture, answer, many=many)
            if many and teller.is_silent and number % 100 == 0:
                bar("predicting", number, len(asked.files))
            if explain and not isinstance(answer, PictureError):
                answered.append((picture, answer))
    teller.close(time.perf_counter() - start, many=many)
    if explain:
        _explain(answered, classifier, run, explain, invert=invert, cache=cache)
    return 1 if teller.tally.unread else 0


def _explain(
    answered: "list[tuple[str, Prediction]]",
    classifier: "Classifier",
    run: str,
    place: Path,
    *,
    invert: bool,
    cache: Path | None,
) -> None:
    from muslin.data.reading import Reading, cache_folder
    from muslin.report.explaining import explain_answers
    from muslin.terminal.bars import FileBar
    from muslin.terminal.layout import write_aside
    from muslin.text import plural, printable

    with FileBar() as bar:
        reading = Reading(cache=cache or cache_folder(), progress=bar)
        for problem in explain_answers(answered, classifier, run, place, invert=invert, reading=reading):
            write_aside(f"Note: {problem}")
    write_aside(f"Why, in {plural(len(answered), 'drawing')}: {printable(place)}")


def _checked(threshold: float) -> float:
    if not 0 <= threshold <= 1:
        raise SettingError(f"--threshold is {threshold}; a probability from 0 to 1 is needed, such as 0.8 for 80 %")
    return threshold
