"""What is printed of a comparison, from its plain values alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from muslin.report.compare.groups import FIGURES, setting, written
from muslin.terminal.layout import folded, print_table
from muslin.text import percent, plural, printable, shortened

__all__ = ["print_comparison"]

Facts = Mapping[str, Any]

STAGES = (0.25, 0.5, 0.75, 1.0)  # of a training
CLASSES = 10  # of a table
VALUE = 40  # letters of a setting


def print_comparison(facts: Facts) -> None:
    """Prints runs, what differs, what they reached, and whether the difference means anything.

    Args:
        facts: as `Comparison.as_json` gives them.
    """
    print_runs(facts["runs"])
    _heading("Settings that differ")
    if facts["settings"]:
        letters = [group["group"] for group in facts["groups"]]
        rows = [
            (each["name"], *(escape(shortened(setting(value), VALUE)) for value in each["values"]))
            for each in facts["settings"]
        ]
        print_table(("setting", *letters), rows)
    else:
        _say("The seed alone.")
    _heading("What they reached")
    print_reached(facts["groups"], facts["runs"])
    print_curves(facts["runs"])
    for pair in facts["pairs"]:
        print_pair(pair)


def print_runs(runs: Sequence[Facts]) -> None:
    """Prints a row a run."""
    rows = [
        (
            run["run"], *(escape(printable(run[key])) for key in ("name", "recipe", "model", "data")), str(run["seed"]),
            known("test_accuracy", run["test_accuracy"]),
            " to ".join(percent(end, 2) for end in run["interval"]) if run["interval"] else "–",
        )
        for run in runs
    ]  # fmt: skip
    print_table(("", "run", "recipe", "model", "data", "seed", "test", "95 % interval"), rows, left=5)


def known(figure: str, value: float | None) -> str:
    """Returns a value as it is read; a dash for one that is not there."""
    return "–" if value is None else written(figure, value)


def print_reached(groups: Sequence[Facts], runs: Sequence[Facts]) -> None:
    """Prints what each group reached, with the deviation over its seeds; of a single group, what each run did."""
    columns = {run["run"]: [known(name, run[name]) for name in FIGURES] for run in runs if len(groups) == 1}
    for group in groups:
        seeds = len(group["seeds"])
        heading = group["group"] if seeds == 1 else f"{group['group']}, {plural(seeds, 'seed')}"
        columns[heading] = [reached(name, group["figures"][name], seeds) for name in FIGURES]
    cells = zip(FIGURES.values(), *columns.values(), strict=True)
    print_table(("", *columns), [row for row in cells if set(row[1:]) != {"–"}])


def reached(figure: str, spread: Facts | None, seeds: int) -> str:
    """Returns mean and deviation, with their number where it is not that of the seeds."""
    if spread is None:
        return "–"
    fewer = f" (of {spread['count']})" if spread["count"] != seeds else ""
    return written(figure, spread["mean"], spread["deviation"]) + fewer


def print_curves(runs: Sequence[Facts]) -> None:
    """Prints the validation accuracy as each training went on; nothing where none has two epochs."""
    rows = []
    for run in runs:
        epochs = run["epochs"]
        if len(epochs) > 1:
            rows.append((run["run"], *(known("accuracy", at(epochs, stage)) for stage in STAGES), str(len(epochs))))
    if rows:
        _heading("Validation accuracy after each quarter of the epochs")
        print_table(("", *(percent(stage, 0) for stage in STAGES), "epochs"), rows)


def at(epochs: Sequence[Facts], stage: float) -> float | None:
    """Returns the validation accuracy at a share of the epochs."""
    value: float | None = epochs[max(1, round(stage * len(epochs))) - 1]["validation_accuracy"]
    return value


def print_pair(pair: Facts) -> None:
    """Prints whether two differ, and where."""
    first, second = pair["runs"]
    _heading(f"{' against '.join(pair['groups'] if len(set(pair['groups'])) > 1 else pair['runs'])}")
    _say(pair["verdict"])
    if pair["reasons"]:
        _say(pair["reasons"])
    answers = pair["answers"]
    if not answers:
        if pair["p_value"] is not None:
            _say(f"Where their answers differ cannot be told: {pair['why_not']}.")
        return
    counts = {
        "both right": answers["both_right"], f"{first} alone right": answers["only"][0],
        f"{second} alone right": answers["only"][1], "both wrong": answers["both_wrong"],
        "in the same way": answers["same_mistake"],
    }  # fmt: skip
    _say(f"\nThe answers of {first} and {second} to the same {plural(answers['count'], 'test picture')}:")
    print_table(tuple(counts), [tuple(f"{count:,}" for count in counts.values())], left=0)
    apart = [each for each in answers["classes"] if sum(each["only"])][:CLASSES]
    if not apart:
        return
    _say("\nWhere they differ, the most apart first:")
    print_table(
        ("class", "pictures", f"{first} right", f"{second} right", f"{first} alone", f"{second} alone"),
        [
            (escape(printable(each["name"])), *(f"{n:,}" for n in (each["count"], *each["right"], *each["only"])))
            for each in apart
        ],
    )


def _heading(text: str) -> None:
    _say(f"\n{text}", style="bold")


def _say(text: str, style: str = "") -> None:
    console = Console()
    console.print(folded(text, console), style=style, highlight=False, soft_wrap=True, markup=False)
