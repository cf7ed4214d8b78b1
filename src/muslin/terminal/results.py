"""What is printed of evaluations and predictions."""

from rich.console import Console
from rich.markup import escape

from muslin.config import VIEWS
from muslin.evaluation.evaluate import Evaluation
from muslin.prediction.classifier import Prediction
from muslin.prediction.metrics import Metrics
from muslin.terminal.layout import folded, print_table
from muslin.text import percent, plural, printable

__all__ = ["prediction_line", "print_evaluation"]


def print_evaluation(evaluation: Evaluation) -> None:
    """Prints accuracy, by the views that were asked for and by one, calibration and the classes."""
    score = evaluation.metrics
    name, pictures = {
        "test": ("test accuracy", plural(score.count, "picture")),
        "all": ("accuracy", f"all its {plural(score.count, 'picture')}{_trained_on(evaluation)}"),
        "unseen": ("accuracy", f"{plural(score.count, 'picture')} that it was not trained on"),
    }[evaluation.part]
    console = Console()
    summary = (
        f"{printable(evaluation.run)} on {printable(evaluation.data)}: {name} {percent(score.accuracy, 2)} "
        f"of {pictures}, loss {score.loss:.4f} ({VIEWS[score.views]})\n{one_view_line(score)}"
        f"calibration: {percent(float(score.confidence.mean()), 1)} sure on average; expected calibration error "
        f"{100 * evaluation.calibration_error:.1f} points"
    )
    console.print(folded(summary, console), highlight=False, soft_wrap=True, markup=False)
    rows = [
        (escape(printable(name)), f"{count:,}", percent(recall, 2) if count else "–")
        for name, count, recall in zip(
            evaluation.classes, score.confusion.sum(1).tolist(), score.per_class, strict=True
        )
    ]
    print_table(("class", "pictures", "said right"), rows)


def _trained_on(evaluation: Evaluation) -> str:
    return f", of which {evaluation.trained_on:,} were trained on" if evaluation.trained_on else ""


def one_view_line(score: Metrics) -> str:
    """Returns a line with the score by one view; nothing where that is the score."""
    if score.views == 1 or score.accuracy_one_view is None:
        return ""
    return f"with one view: {percent(score.accuracy_one_view, 2)}, loss {score.loss_one_view:.4f} ({VIEWS[1]})\n"


def prediction_line(picture: str, prediction: Prediction, top: int) -> str:
    """Returns one line: the picture and its most probable classes."""
    best = list(prediction.probabilities.items())[:top]
    return f"{printable(picture)}: " + ", ".join(f"{printable(name)} {percent(p, 1)}" for name, p in best)
