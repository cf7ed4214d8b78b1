"""Score a saved run."""

from dataclasses import dataclass
from pathlib import Path

from muslin.data.images import ImageData
from muslin.data.sources import load_splits
from muslin.errors import DataError
from muslin.evaluation.calibration import expected_calibration_error
from muslin.metrics import Metrics
from muslin.run import bundle
from muslin.run.folder import find_run, read_config
from muslin.training.machine import computing, prepare
from muslin.training.scoring import score

__all__ = ["Evaluation", "evaluate_run"]


@dataclass(frozen=True)
class Evaluation:
    """How a saved run scores on a test set.

    Attributes:
        run: its folder.
        data: the data's name.
        classes: K names.
        views: of each picture, whose logits were averaged, as when the run was made.
        metrics: over the test pictures.
        calibration_error: expected calibration error, in [0, 1].
    """

    run: Path
    data: str
    classes: tuple[str, ...]
    views: int
    metrics: Metrics
    calibration_error: float


def evaluate_run(
    run: str | Path,
    data: str | Path | None = None,
    factory: str | None = None,
    *,
    best: bool = False,
    cache: Path | None = None,
) -> Evaluation:
    """Scores a saved run on the test pictures of a data set.

    Args:
        run: a run's folder, its name under `runs/`, or `latest`.
        data: as in `run_recipe`; by default what the run was made for.
        factory: `file.py:factory`, for a run with a model of one's own.
        best: take the weights of the epoch with the lowest validation loss, not the last.
        cache: the folder for decoded pictures; by default `~/.cache/muslin`.

    Raises:
        MuslinError: the run or the data cannot be read, or do not fit each other.
    """
    folder = find_run(run)
    classifier = bundle.load(folder, factory, best=best)
    config = read_config(folder)
    views = config["settings"]["tta"]
    spec = classifier.spec
    splits = load_splits(
        data if data is not None else config["data"]["source"],
        size=spec.height if spec.height == spec.width else 0,
        cache=cache,
        on_bad=config["settings"].get("on_bad", "stop"),
    )
    if splits.spec.classes != classifier.classes:
        raise DataError(
            f"{splits.name} has the classes {splits.spec.classes}, but {folder} was made for {classifier.classes}"
        )
    test = ImageData(splits.test.images, splits.test.labels, spec, splits.test.file)
    with computing():
        machine = prepare("auto", "auto")
        model = classifier.model.to(machine.device, memory_format=machine.memory_format)  # type: ignore[call-overload]
        metrics = score(model, test, machine, views)
    error = expected_calibration_error(metrics.confidence, metrics.predicted == test.labels)
    return Evaluation(folder, splits.name, classifier.classes, views, metrics, error)
