"""What the commands other than `fit` print, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape

from muslin.config import VIEWS
from muslin.pipeline import Evaluation
from muslin.prediction.classifier import Prediction
from muslin.run.folder import RunSummary
from muslin.terminal.layout import folded, print_table
from muslin.text import duration, printable

__all__ = [
    "evaluation_json", "evaluation_table", "prediction_json", "prediction_line",
    "runs_json", "runs_table",
]  # fmt: skip


def evaluation_table(evaluation: Evaluation) -> None:
    """Prints accuracy, calibration and the classes."""
    score = evaluation.metrics
    name, pictures = {
        "test": ("test accuracy", f"{score.count:,} pictures"),
        "all": ("accuracy", f"all its {score.count:,} pictures"),
    }[evaluation.part]
    console = Console()
    summary = (
        f"{evaluation.run} on {evaluation.data}: {name} {100 * score.accuracy:.2f} % of {pictures}, "
        f"loss {score.loss:.4f}{f' ({VIEWS[evaluation.views]})' if evaluation.views > 1 else ''}\n"
        f"calibration: {100 * score.confidence.mean():.1f} % sure on average; expected calibration error "
        f"{100 * evaluation.calibration_error:.1f} points"
    )
    console.print(folded(summary, console), highlight=False, soft_wrap=True, markup=False)
    rows = [
        (escape(printable(name)), f"{count:,}", f"{100 * recall:.2f} %" if count else "–")
        for name, count, recall in zip(
            evaluation.classes, score.confusion.sum(1).tolist(), score.per_class, strict=True
        )
    ]
    print_table(("class", "pictures", "said right"), rows)


def evaluation_json(evaluation: Evaluation) -> str:
    """Returns the same as JSON."""
    test = evaluation.metrics
    per_class = {name: r if r == r else None for name, r in zip(evaluation.classes, test.per_class, strict=True)}
    return json.dumps({
        "run": str(evaluation.run), "data": evaluation.data, "part": evaluation.part,
        "accuracy": test.accuracy, "loss": test.loss, "count": test.count, "views": evaluation.views,
        "per_class": per_class, "expected_calibration_error": evaluation.calibration_error,
        "confusion": test.confusion.tolist(), "notes": evaluation.notes,
    })  # fmt: skip


def prediction_line(picture: str, prediction: Prediction, top: int) -> str:
    """Returns one line: the picture and its most probable classes."""
    best = list(prediction.probabilities.items())[:top]
    return f"{picture}: " + ", ".join(f"{name} {100 * p:.1f} %" for name, p in best)


def prediction_json(picture: str, prediction: Prediction) -> str:
    """Returns the same as JSON."""
    return json.dumps({"picture": picture} | asdict(prediction))


def runs_table(runs: Sequence[RunSummary]) -> None:
    """Prints a row a run."""
    rows = [
        (
            str(run.path), run.recipe, run.model, run.data, str(run.epochs),
            "–" if run.test_accuracy is None else f"{100 * run.test_accuracy:.2f} %",
            "unfinished" if run.seconds is None else duration(run.seconds),
        )
        for run in runs
    ]  # fmt: skip
    print_table(("run", "recipe", "model", "data", "epochs", "test", "time"), rows, left=4)


def runs_json(runs: Sequence[RunSummary]) -> str:
    """Returns the same as JSON, an object a line."""
    return "\n".join(json.dumps(asdict(run) | {"path": str(run.path)}) for run in runs)
