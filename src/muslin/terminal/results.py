"""What is printed of evaluations and predictions."""

from rich.console import Console
from rich.markup import escape

from muslin.config import VIEWS
from muslin.evaluation.evaluate import Evaluation
from muslin.evaluation.figures import Figures
from muslin.prediction.metrics import Metrics
from muslin.terminal.layout import folded, print_table
from muslin.text import percent, plural, printable

__all__ = ["print_evaluation"]


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
        f"{figures_lines(evaluation.figures)}"
    )
    console.print(folded(summary, console), highlight=False, soft_wrap=True, markup=False)
    rows = [
        (escape(printable(name)), f"{each.count:,}", *map(share, (each.recall, each.precision, each.f1)))
        for name, each in zip(evaluation.classes, evaluation.figures.per_class, strict=True)
    ]
    print_table(("class", "pictures", "said right", "precision", "F1"), rows)


def share(value: float | None) -> str:
    """Returns a share in per cent; a dash for one that is not defined."""
    return "–" if value is None else percent(value, 2)


def figures_lines(figures: Figures) -> str:
    """Returns in a few lines how far the accuracy may be off, and how well the model knows how sure it is."""
    low, high = figures.interval
    lines = [f"95 % interval of the accuracy: {percent(low, 2)} to {percent(high, 2)}"]
    for name, sureness in (("as trained", figures.before), ("calibrated", figures.after)):
        if sureness:
            lines.append(
                f"{name}: {percent(sureness.confidence, 1)} sure on average; expected calibration error "
                f"{100 * sureness.calibration_error:.1f} points, Brier score {sureness.brier:.4f}, "
                f"log-loss {sureness.log_loss:.4f}"
            )
    if figures.sure:
        lines.append(
            f"sure ({percent(figures.sure.threshold, 1)} or more) of {percent(figures.sure.coverage, 1)} of them; "
            f"{percent(figures.sure.accuracy, 2)} of these answers are right"
        )
    return "\n".join(lines)


def _trained_on(evaluation: Evaluation) -> str:
    return f", of which {evaluation.trained_on:,} were trained on" if evaluation.trained_on else ""


def one_view_line(score: Metrics) -> str:
    """Returns a line with the score by one view; nothing where that is the score."""
    if score.views == 1 or score.accuracy_one_view is None:
        return ""
    return f"with one view: {percent(score.accuracy_one_view, 2)}, loss {score.loss_one_view:.4f} ({VIEWS[1]})\n"
