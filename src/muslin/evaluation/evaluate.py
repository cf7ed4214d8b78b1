"""Score a saved run.

Legend: N pictures, K classes.
"""

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from muslin.data.decoding.pool import ReportProgress
from muslin.data.images import ImageData
from muslin.data.reading import Reading, cache_folder
from muslin.data.sources import fashion_mnist
from muslin.data.sources.source import Data, Origin, Sample, read_origin
from muslin.errors import DataError
from muslin.evaluation.figures import Figures, figures_of
from muslin.evaluation.unseen import choose_scored
from muslin.machine.device import computing, prepare
from muslin.prediction.classifier import load
from muslin.prediction.metrics import Metrics
from muslin.prediction.scoring import score
from muslin.prediction.views import check_views
from muslin.run.folder import find_run, read_config
from muslin.text import join_first, percent, plural, printable
from muslin.web.notebook import table

__all__ = ["Evaluation", "evaluate_run"]


@dataclass(frozen=True)
class Evaluation:
    """How a saved run scores on a data set.

    Attributes:
        run: the run's folder.
        data: the data's name.
        part: `test`; `all` where the data do not tell which pictures are for testing, or all were asked for; `unseen`
            where those were left out that the run was trained on.
        trained_on: how many pictures of the data the run was trained on or watched by, left out unless all were asked
            for; None where the run does not tell.
        classes: the K class names, in the order of the model.
        metrics: the scores over those pictures, by the run's views (or those that were asked for) and by one.
        figures: all that the answers say together, calibrated as the run is.
        notes: what a person should be told of how the data were read.
    """

    run: Path
    data: str
    part: str
    trained_on: int | None
    classes: tuple[str, ...]
    metrics: Metrics
    figures: Figures
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns all figures by name, for `json.dumps`; the recall of a class without pictures is None."""
        recalls = zip(self.classes, self.metrics.per_class, strict=True)
        return {
            "run": str(self.run), "data": self.data, "part": self.part, "trained_on": self.trained_on,
            **self.metrics.figures(), "count": self.metrics.count,
            "per_class": {name: None if recall != recall else recall for name, recall in recalls},
            "figures": self.figures.as_json(self.classes),
            "confusion": self.metrics.confusion.tolist(), "notes": list(self.notes),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        """Returns what a notebook shows: the accuracy with its interval, and the classes."""
        low, high = self.figures.interval
        title = (
            f"{percent(self.figures.accuracy, 2)} of {plural(self.figures.count, 'picture')} of {printable(self.data)} "
            f"(95 % interval {percent(low, 2)} to {percent(high, 2)})"
        )
        rows = [
            (printable(name), f"{each.count:,}", *(_share(part) for part in (each.recall, each.precision, each.f1)))
            for name, each in zip(self.classes, self.figures.per_class, strict=True)
        ]
        return table(title, ("class", "pictures", "recall", "precision", "F1"), rows)


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value, 2)


def evaluate_run(
    run: str | Path,
    data: Data | None = None,
    factory: str | None = None,
    *,
    views: int | None = None,
    best: bool = False,
    everything: bool = False,
    cache: Path | None = None,
    on_bad: str | None = None,
    progress: ReportProgress = lambda *_: None,
) -> Evaluation:
    """Scores a saved run on pictures that it was not trained on.

    Of the run's own data that is their test set. Of other data it is their test split where they have one, else all of
    them, but without what the run was trained on or watched by: known by content, wherever it lies now. Any number of
    pictures will do, of any of the run's classes, which are told by their names; they are brought to the size and
    colours of those that the model was trained on.

    >>> from muslin.evaluation.evaluate import evaluate_run
    >>> scores = evaluate_run("latest", views=2).metrics  # doctest: +SKIP
    >>> scores.accuracy, scores.accuracy_one_view  # doctest: +SKIP
    (0.9427, 0.9392)

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        data: data as `muslin.fit` takes them; by default those that the run was made for.
        factory: `file.py:factory`, for a run with a model of one's own.
        views: views of each picture: 1, 2, 5 or 10; by default those that the run was tested with.
        best: whether to take the weights of the epoch with the lowest validation loss, not the last.
        everything: whether to score all pictures of the data, those that the run was trained on too.
        cache: the folder for decoded pictures; by default `~/.cache/muslin`.
        on_bad: `stop` at a damaged picture, or `skip` it; by default as when the run was made.
        progress: told of each stage while pictures are decoded.

    Raises:
        MuslinError: the run or the data cannot be read, or do not fit each other.

    >>> evaluation = evaluate_run("latest")  # doctest: +SKIP
    >>> evaluation.data, evaluation.metrics.count, round(evaluation.metrics.accuracy, 2)  # doctest: +SKIP
    ('fashion-mnist', 10000, 0.93)
    """
    folder = find_run(run)
    classifier = load(folder, factory, best=best)
    views = classifier.views if views is None else views
    check_views(views, mirrors=classifier.mirrors)
    config = read_config(folder)
    spec, own = classifier.spec, config["data"]["source"]
    origin = own if data is None else read_origin(data)
    reading = Reading(
        cache=cache or cache_folder(),
        rule=config["data"].get("rule", "rank"),
        levels=spec.levels,
        on_bad=on_bad or config["settings"].get("on_bad", "stop"),
        progress=progress,
    )
    scored = choose_scored(
        origin, folder, (spec.channels, spec.height, spec.width), reading,
        is_own=is_same_source(origin, own), everything=everything,
    )  # fmt: skip
    sample, rows = scored.sample, scored.rows
    labels, notes = labels_of(sample, rows, classifier.classes, folder)
    with computing():
        machine = prepare("auto", "auto")
        model = classifier.model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload]
        metrics = score(model, ImageData(sample.images, labels, spec, sample.file), machine, views, rows=rows)
    return Evaluation(
        run=folder,
        data=sample.name,
        part=scored.part,
        trained_on=scored.trained_on,
        classes=classifier.classes,
        metrics=metrics,
        figures=figures_of(
            labels[rows], metrics.predicted, metrics.probabilities, len(classifier.classes), classifier.calibration
        ),
        notes=(*sample.notes, *notes, *scored.notes),
    )


def is_same_source(data: Origin, own: str) -> bool:
    """Whether data that a person names are those that a run was made for."""
    if fashion_mnist.NAME in (data, own):
        return data == own
    return os.path.realpath(str(data)) == os.path.realpath(own)


def labels_of(
    sample: Sample, rows: torch.Tensor, classes: tuple[str, ...], run: Path
) -> tuple[torch.Tensor, list[str]]:
    """Returns (N,) int64 labels as indices into the model's classes, by name, and what was assumed.

    Numbers in place of names count the model's classes, in their order, from 0. Only `rows` are sure to be right: of
    what is not scored, the class need not be one of the model's.

    Raises:
        DataError: a picture is of a class that the model does not know.
    """
    place_of = {unicodedata.normalize("NFC", name): place for place, name in enumerate(classes)}
    names = [unicodedata.normalize("NFC", name) for name in sample.classes]
    counts = sample.labels[rows].bincount(minlength=len(names)).tolist()
    there = {name: count for name, count in zip(names, counts, strict=True) if count}
    notes = []
    if not any(name in place_of for name in there) and all(name in map(str, range(len(classes))) for name in there):
        place_of = {str(place): place for place in range(len(classes))}
        notes.append(f"the labels are numbers: 0 is {printable(classes[0])}, and so on")
    unknown = [f"{printable(name)} ({plural(n, 'picture')})" for name, n in there.items() if name not in place_of]
    if unknown:
        raise DataError(
            f"{sample.name} has classes that {run} was not trained on: {join_first(unknown)}; it knows "
            f"{join_first(map(printable, classes))}; rename the classes, or leave those out"
        )
    places = torch.tensor([place_of.get(name, 0) for name in names])
    return places[sample.labels], notes
