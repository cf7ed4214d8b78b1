"""The table of how many planted wrong labels the data doctor finds, from what `doctor.py` saved."""

import textwrap
from typing import Any

from benchmarks.tables.scaling_table import markdown

from muslin.text import duration

__all__ = ["doctor_table"]

PARTS = {
    "fashion_mnist": "Fashion-MNIST",
    "photographs": "photographs: CIFAR-10's test set, 100 of each class",
    "photos": "drawn pictures like photographs, eight shapes on cluttered grounds",
    "cleanlab_fashion_mnist": "Fashion-MNIST, cleanlab with its example network",
}


def doctor_table(result: dict[str, Any]) -> str:
    """A row for each part that was measured, where that was, and which parts were not."""
    there = [name for name in PARTS if name in result]
    rows = [["data", "planted", "agree", "found", "of those on the list", "likely class right", "took"]]
    rows += [row_of(PARTS[name], result[name]) for name in there]
    lines = [markdown(rows), "", how_measured([result[name] for name in there])]
    if missing := [title for name, title in PARTS.items() if name not in result]:
        lines += ["", textwrap.fill(f"Not measured with this version yet: {'; '.join(missing)}.", 120)]
    return "\n".join(lines)


def row_of(title: str, figures: dict[str, Any]) -> list[str]:
    """The cells of one part; where several seeds were measured, means with their deviations."""
    seeds = len(figures.get("seeds", ())) or 1
    many = f", {seeds} times" if seeds > 1 else ""
    shares = [share(figures, name) for name in ("models_agree", "recall", "precision", "likely_class_right")]
    shares[2] += f" of {figures['flagged']:,.0f}"
    took = seconds(figures, "seconds")
    if "espresso_seconds" in figures:
        took += f" (`espresso` {seconds(figures, 'espresso_seconds')})"
    return [title, f"{figures['wrong_labels']:,.0f} of {figures['pictures']:,.0f}{many}", *shares, took]


def share(figures: dict[str, Any], name: str) -> str:
    """A share in percent, with its deviation over the seeds if there were several; empty where it was not measured."""
    if name not in figures:
        return ""
    spread = f" ± {100 * figures['deviation'][name]:.1f}" if "deviation" in figures else ""
    return f"{100 * figures[name]:.1f}{spread} %"


def seconds(figures: dict[str, Any], name: str) -> str:
    """A time; of several seeds the shortest and the longest, for other work makes most of what lies between."""
    times = [run[name] for run in figures.get("runs", [figures])]
    return " to ".join(dict.fromkeys(duration(each) for each in (min(times), max(times))))


def how_measured(parts: list[dict[str, Any]]) -> str:
    """Says where the parts were measured, when, and how busy the machine was with other work."""
    places = {
        f"{where['processor']}, {where['threads']} cores, PyTorch {where['torch']}, {where['date']}"
        for where in (part["measured_on"] for part in parts)
    }
    busiest = max((part["load_before"] for part in parts), default=0.0)
    words = (
        f"Measured on {'; '.join(sorted(places))}. When a part began, the load of other work was {busiest:.1f} at "
        "most; what comes meanwhile moves the times alone. "
        "± is the deviation over the seeds."
    )
    return textwrap.fill(words, 120)
