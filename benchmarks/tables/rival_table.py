"""The table of Muslin and what people use instead, from what `peers.py` saved."""

import textwrap
from typing import Any

from muslin.text import duration

__all__ = ["rival_rows", "rival_sentence", "rival_table"]

LEVELS = (0.90, 0.92, 0.93, 0.94)
LATE = 1.02  # times its budget from which on a process's time is told
Runs = dict[str, dict[str, Any]]


def rival_table(result: dict[str, Any]) -> str:
    """The table in Markdown, and what it was measured with."""
    head, *rows = rival_rows(result["rivals"])
    where = result["measured_on"]
    runs = [run for rival in result["rivals"].values() for run in rival["runs"].values()]
    versions = {name: version for run in runs for name, version in run["versions"].items()}
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    table = "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
    return f"{table}\n\nOn {where['processor']}, {where['threads']} cores, {where['date']}; {libraries}."


def rival_sentence(result: dict[str, Any]) -> str:
    """Says what Muslin reaches within each budget, and what the best of the others does."""
    rivals = dict(result["rivals"])
    ours = rivals.pop("muslin")["runs"]
    budgets = sorted({int(budget) for rival in rivals.values() for budget in rival["runs"] if budget in ours})
    best = [
        max(rival["runs"][str(budget)]["accuracy"] for rival in rivals.values() if str(budget) in rival["runs"])
        for budget in budgets
    ]
    reached = percents([ours[str(budget)]["accuracy"] for budget in budgets])
    words = (
        f"Within {listed(budgets)} seconds on the same two cores, imports and all, `muslin fit --time-budget` reaches "
        f"{reached}; the best of Keras, Lightning, skorch, plain PyTorch and scikit-learn {percents(best)}."
    )
    return textwrap.fill(words, 120)


def percents(accuracies: list[float]) -> str:
    """Lists accuracies in per cent."""
    return listed([f"{100 * accuracy:.2f}" for accuracy in accuracies]) + " %"


def listed(values: list[Any]) -> str:
    """Lists values as one says them."""
    *first, last = map(str, values)
    return f"{', '.join(first)} and {last}" if first else last


def rival_rows(rivals: dict[str, Any]) -> list[list[str]]:
    """A heading and a row a rival: its accuracy within each budget, and its time to each level of accuracy."""
    budgets = sorted({budget for rival in rivals.values() for budget in rival["runs"]}, key=int)
    rows = [["", *(f"in {budget} s" for budget in budgets), *(f"to {100 * level:.0f} %" for level in LEVELS)]]
    for rival in rivals.values():
        accuracies = [within(rival["runs"], budget) for budget in budgets]
        rows.append([rival["title"], *accuracies, *(time_to(rival["runs"], level) for level in LEVELS)])
    return rows


def within(runs: Runs, budget: str) -> str:
    """The accuracy that a budget gave, and the time that it took where that was longer."""
    if budget not in runs:
        return ""
    run = runs[budget]
    late = f" ({duration(run['seconds'])})" if run["seconds"] > LATE * int(budget) else ""
    return f"{100 * run['accuracy']:.2f} %{late}"


def time_to(runs: Runs, level: float) -> str:
    """The first time at which any of the processes had reached an accuracy."""
    points = [point for run in runs.values() for point in (*run["curve"], (run["seconds"], run["accuracy"]))]
    times = [seconds for seconds, accuracy in points if accuracy >= level]
    return duration(min(times)) if times else ""
