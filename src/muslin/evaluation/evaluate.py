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
from muslin.data.sources.registry import load_sample
from muslin.data.sources.source import Data, Origin, Sample, read_origin
from muslin.errors import DataError
from muslin.evaluation.calibration import expected_calibration_error
from muslin.machine.device import computing, prepare
from muslin.prediction.classifier import load
from muslin.prediction.metrics import Metrics
from muslin.prediction.scoring import score
from muslin.prediction.views import check_views
from muslin.run.folder import find_run, read_config
from muslin.text import join_first, printable

__all__ = ["Evaluation", "evaluate_run"]


@dataclass(frozen=True)
class Evaluation:
    """How a saved run scores on a data set.

    Attributes:
        run: the run's folder.
        data: the data's name.
        part: `test`, or `all` where another source has no test pictures of its own.
        classes: the K class names, in the order of the model.
        metrics: the scores over those pictures, by the run's views (or those that were asked for) and by one.
        calibration_error: expected calibration error, in [0, 1].
        notes: what a person should be told of how the data were read.
    """

    run: Path
    data: str
    part: str
    classes: tuple[str, ...]
    metrics: Metrics
    calibration_error: float
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns all figures by name, for `json.dumps`; the recall of a class without pictures is None."""
        recalls = zip(self.classes, self.metrics.per_class, strict=True)
        return {
            "run": str(self.run), "data": self.data, "part": self.part,
            **self.metrics.figures(), "count": self.metrics.count,
            "per_class": {name: None if recall != recall else recall for name, recall in recalls},
            "expected_calibration_error": self.calibration_error,
            "confusion": self.metrics.confusion.tolist(), "notes": list(self.notes),
        }  # fmt: skip


def evaluate_run(
    run: str | Path,
    data: Data | None = None,
    factory: str | None = None,
    *,
    views: int | None = None,
    best: bool = False,
    cache: Path | None = None,
    on_bad: str | None = None,
    progress: ReportProgress = lambda *_: None,
) -> Evaluation:
    """Scores a saved run on the test pictures of a data set.

    Picture files are brought to the size and colours of those that the model was trained on. A source without a test
    split of its own is scored whole, unless the run was trained on it: then on the part that was cut off for testing.
    Classes are told by their names, whatever their order.

    >>> from muslin.evaluation.evaluate import evaluate_run
    >>> scores = evaluate_run("latest", views=2).metrics  # doctest: +SKIP
    >>> scores.accuracy, scores.accuracy_one_view  # doctest: +SKIP
    (0.9427, 0.9392)

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        data: data as `muslin.fit` takes them; by default those that the run was made for.
        factory: `file.py:factory`, for a run with a model of one's own.
        views: views of each picture: 1, 2 or 10; by default those that the run was tested with.
        best: whether to take the weights of the epoch with the lowest validation loss, not the last.
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
    check_views(views)
    config = read_config(folder)
    spec, own = classifier.spec, config["data"]["source"]
    origin = own if data is None else read_origin(data)
    sample = load_sample(
        origin,
        (spec.channels, spec.height, spec.width),
        cut=is_same_source(origin, own),
        reading=Reading(
            cache=cache or cache_folder(),
            on_bad=on_bad or config["settings"].get("on_bad", "stop"),
            progress=progress,
        ),
    )
    test = ImageData(sample.images, labels_of(sample, classifier.classes, folder), spec, sample.file)
    with computing():
        machine = prepare("auto", "auto")
        model = classifier.model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload]
        metrics = score(model, test, machine, views)
    error = expected_calibration_error(metrics.confidence, metrics.predicted == test.labels)
    return Evaluation(folder, sample.name, sample.part, classifier.classes, metrics, error, sample.notes)


def is_same_source(data: Origin, own: str) -> bool:
    """Whether data that a person names are those that a run was made for."""
    if fashion_mnist.NAME in (data, own):
        return data == own
    return os.path.realpath(str(data)) == os.path.realpath(own)


def labels_of(sample: Sample, classes: tuple[str, ...], run: Path) -> torch.Tensor:
    """Returns (N,) int64 labels as indices into the model's classes.

    Raises:
        DataError: the data have a class that the model does not know.
    """
    place_of = {unicodedata.normalize("NFC", name): place for place, name in enumerate(classes)}
    names = [unicodedata.normalize("NFC", name) for name in sample.classes]
    unknown = [name for name in names if name not in place_of]
    if unknown:
        raise DataError(
            f"{sample.name} has classes that {run} was not trained on: {join_first(map(printable, unknown))}; "
            f"it knows {join_first(map(printable, classes))}; rename the classes, or leave those out"
        )
    places = torch.tensor([place_of[name] for name in names])
    return places[sample.labels]
