"""All that a report says, as plain values: what `--json` prints, and what the page is made of."""

import re
from dataclasses import asdict
from typing import Any

from muslin.data.check.doctor import Findings
from muslin.evaluation.figures import Figures, figures_of
from muslin.report.advice import suggestions, worst_confusions
from muslin.report.command import data_name, fit_command, flat_settings
from muslin.report.gallery import Gallery
from muslin.report.materials import Materials
from muslin.report.record import RunRecord

__all__ = ["facts_of", "figures_of_record"]

DOUBT = ("name", "split", "label", "likely", "score")
ABSOLUTE = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:;,]+[\\/])+")


def figures_of_record(record: RunRecord) -> Figures | None:
    """Returns what a run's answers to its test set say; None for a run without stored answers."""
    answers = record.answers
    if answers is None or not len(answers.labels):
        return None
    return figures_of(answers.labels, answers.predicted, answers.probabilities, len(record.classes), record.calibration)


def facts_of(record: RunRecord, gallery: Gallery | None, materials: Materials | None) -> dict[str, Any]:
    """Returns all facts of a tested run by name, ready for `json.dumps`: no nan, no path of anybody's machine.

    Args:
        record: the run.
        gallery: its pictures; None for a run without stored answers.
        materials: what these were made of; None likewise.
    """
    assert record.test is not None
    figures, test = figures_of_record(record), record.test
    train_counts = gallery.train_counts if gallery else None
    missing = list(materials.missing) if materials else []
    findings = materials.findings if materials else None
    doubts = findings.counts["label"] if findings else None
    if figures is None:
        missing.append(
            "This run was made by a version that kept no answers to the test set: pictures, calibration and intervals "
            "are left out. Train it again, and the report has them."
        )
    elif figures.before is None:
        missing.append(
            "There were too many probabilities to keep: calibration, areas under curves and accuracy against coverage "
            "are left out. muslin evaluate RUN tells the calibration."
        )
    elif figures.after is None:
        missing.append(
            "This run was not calibrated: probabilities are as the model gives them, and it has no threshold for “not "
            "sure”. Train it again, and it has."
        )
    if len(record.epochs) < 2:
        missing.append("The run has a single epoch: there are no curves.")
    return {
        "title": f"{record.settings.model} on {record.data}",
        "run": record.folder.name, "started": record.started, "recipe": record.recipe, "data": record.data,
        "seed": record.settings.seed, "command": fit_command(record), "training": record.training,
        "ended": record.ended, "seconds": record.seconds, "machine": record.machine,
        "versions": dict(record.versions), "sizes": dict(record.sizes), "classes": list(record.classes),
        "input": list(record.input), "parameters": record.parameters,
        "operations": gallery.operations if gallery else None,
        "settings": flat_settings(record.settings) | {"init": data_init(record)},
        "notes": [without_folders(note) for note in record.notes],
        "data_name": data_name(record), "calibration": record.calibration.as_json(),
        "test": test.figures() | {"confusion": test.confusion.tolist()},
        "figures": figures.as_json(record.classes) if figures else None,
        "worst": [each.as_json() for each in worst_confusions(record)],
        "advice": [each.as_json() for each in suggestions(record, figures, train_counts, doubts)],
        "epochs": [finite(asdict(epoch)) for epoch in record.epochs],
        "train_counts": train_counts and list(train_counts),
        "exhibits": [asdict(each) for each in gallery.exhibits] if gallery else [],
        "doctor": findings and doctor_facts(findings, gallery),
        "missing": missing,
    }  # fmt: skip


def without_folders(text: str) -> str:
    r"""Returns a sentence with the last names alone of the absolute paths in it: folders tell of a person's machine.

    >>> without_folders("2 pictures of /home/me/photos were left out; see C:\\me\\a.png, and T-shirt/top")
    '2 pictures of photos were left out; see a.png, and T-shirt/top'
    """
    return ABSOLUTE.sub("", text)


def doctor_facts(findings: Findings, gallery: Gallery | None) -> dict[str, Any]:
    """Returns what the data doctor found, with the labels that it doubts most and whose pictures are at hand."""
    shown = gallery.doubted if gallery else ()
    return {
        "counts": dict(findings.counts), "pictures": findings.pictures, "accuracy": findings.accuracy,
        "labels": [{name: getattr(each, name) for name in DOUBT} for each in shown],
    }  # fmt: skip


def data_init(record: RunRecord) -> str:
    """Returns the last name of the run whose weights a run began with; empty where there is none."""
    return record.settings.init.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def finite(values: dict[str, Any]) -> dict[str, Any]:
    """Returns values with None for each number that JSON lacks."""
    return {name: None if value != value or value in (float("inf"), -float("inf")) else value
            for name, value in values.items()}  # fmt: skip
