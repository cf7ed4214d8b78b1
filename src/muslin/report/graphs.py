"""The charts of a report: how the model learnt, and how sure it may be."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from muslin.web.charts import Axis, Line, line_chart

__all__ = ["curves", "sureness_charts"]


def curves(epochs: list[dict[str, Any]]) -> list[Markup]:
    """Returns the charts of training; none of a single epoch."""
    if len(epochs) < 2:
        return []

    def points(key: str) -> list[tuple[float, float]]:
        return [(each["epoch"], each[key]) for each in epochs if each[key] is not None]

    x = Axis("epoch", low=1, whole=True, written=lambda value: f"{value:.0f}")
    charts = (
        ("Loss", [Line("training (augmented, smoothed labels)", points("train_loss"), 2),
                  Line("validation", points("validation_loss"), 1)], Axis("nats")),
        ("Validation accuracy", [Line("validation", points("validation_accuracy"), 1)],
         Axis("answered right", written=share)),
        ("Learning rate", [Line("share of the highest", points("learning_rate_factor"), 3)],
         Axis("share of the highest", low=0)),
        ("Speed", [Line("pictures/s", points("pictures_per_second"), 4)],
         Axis("pictures/s", low=0, written=lambda value: f"{value:,.0f}")),
    )  # fmt: skip
    return [line_chart(title, lines, x, y) for title, lines, y in charts if any(line.points for line in lines)]


def sureness_charts(facts: Mapping[str, Any]) -> list[Markup]:
    """Returns the reliability diagram and accuracy against coverage; none where probabilities are not known."""
    figures = facts["figures"]
    if not figures or not figures["before"]:
        return []

    lines = [Line("as sure as right", [(0, 0), (1, 1)], dashed=True)]
    for key, name, colour in (("before", "as trained", 2), ("after", "calibrated", 1)):
        if figures[key]:
            bins = figures[key]["bins"]
            lines.append(Line(name, [(each["confidence"], each["accuracy"]) for each in bins], colour))
    reliable = line_chart(
        "Reliability", lines, Axis("mean probability of what was said", 0, 1, written=share),
        Axis("answered right", 0, 1, written=share),
    )  # fmt: skip
    sure = figures["sure"]
    threshold = share(facts["calibration"]["threshold"])
    coverage = line_chart(
        "Accuracy against coverage",
        [Line("answered right", sorted((each["coverage"], each["accuracy"]) for each in figures["coverage"]))],
        Axis("pictures answered, the surest first", high=1, written=share),
        Axis("answered right", high=1, written=share),
        (sure["coverage"], sure["accuracy"], f"the run's threshold, {threshold}") if sure else None,
    )
    return [reliable, coverage]


def share(value: float) -> str:
    """Returns a share in per cent, as short as it can be."""
    return f"{100 * value:.4g} %"
