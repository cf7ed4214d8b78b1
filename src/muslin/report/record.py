"""What a run is once it has ended: one record, read from its folder alone, of which all reports are made.

Legend: K classes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from muslin.config import FitSettings
from muslin.errors import RunError
from muslin.prediction.calibration import Calibration
from muslin.prediction.metrics import Score
from muslin.run import journal
from muslin.run.answers import Answers, read_answers
from muslin.run.description import read_description
from muslin.run.folder import read_config
from muslin.text import plural
from muslin.training.state import EpochResult

__all__ = ["RunRecord", "read_record"]

Event = Mapping[str, Any]


@dataclass(frozen=True)
class RunRecord:
    """A run as its folder tells of it.

    Attributes:
        folder: the run's folder.
        started: local time of the start with its zone, ISO 8601.
        recipe: the recipe's name.
        settings: what training did.
        data: the data's name.
        source: where the data lie: `fashion-mnist`, a path on the machine that trained, or what names arrays.
        labels: a digest of the classes and of every picture's label.
        rule: how the test set was cut off, where the data brought none.
        notes: what was said of how the data were read.
        sizes: number of pictures by split: `train`, `validation`, `test`.
        classes: the K class names, in the order of the labels.
        input: what the model takes: channels, height and width.
        parameters: how many numbers the model learnt.
        calibration: the temperature and the threshold that were chosen on the validation set.
        versions: the versions that bits can depend on, by name.
        machine: the hardware and the versions in one line.
        training: what was trained and for how long, in words.
        epochs: one result for each finished epoch.
        ended: `done`, `early`, `interrupted` or `diverged`; None for a run that was killed.
        seconds: time from the start to the test's end, or to the end of a run that was not tested; None for a run that
            was killed.
        test: how well the last weights answered on the test set; None for a run that was not tested.
        answers: the last weights' answer to each test picture; None for a run that was not tested, or of 0.1.0.
    """

    folder: Path
    started: str
    recipe: str
    settings: FitSettings
    data: str
    source: str
    labels: str
    rule: str
    notes: tuple[str, ...]
    sizes: Mapping[str, int]
    classes: tuple[str, ...]
    input: tuple[int, int, int]
    parameters: int
    calibration: Calibration
    versions: Mapping[str, str]
    machine: str
    training: str
    epochs: tuple[EpochResult, ...]
    ended: str | None
    seconds: float | None
    test: Score | None
    answers: Answers | None


def read_record(folder: Path) -> RunRecord:
    """Returns a run's record from `config.json`, `metrics.jsonl`, `model.json` and its answers to the test set.

    Raises:
        RunError: one of these files is missing, damaged, or of a newer version.
        BundleError: the model's description is missing or damaged.
    """
    config, description, events = read_config(folder), read_description(folder), journal.read(folder)
    test, end = last_event(events, "test"), last_event(events, "end")
    outcome = {**end, **test}  # what stands in both is the test's; in runs of 0.1.0 much stood in `end` alone
    try:
        epochs = tuple(epoch_of(event) for event in events if event["event"] == "epoch")
        return RunRecord(
            folder=folder,
            started=config["started"],
            recipe=config["recipe"],
            settings=FitSettings.restored(config["settings"]),
            data=config["data"]["name"],
            source=config["data"]["source"],
            labels=config["data"].get("labels", ""),
            rule=config["data"].get("rule", "rank"),
            notes=tuple(config.get("notes", ())),
            sizes={name: config["data"][name] for name in ("train", "validation", "test")},
            classes=tuple(description["data"]["classes"]),
            input=tuple(description["data"][name] for name in ("channels", "height", "width")),
            parameters=description["parameters"],
            calibration=Calibration(**description.get("calibration", {})),  # which 0.1.0 did not have
            versions=config["versions"],
            machine=outcome.get("machine") or machine_of(config),
            training=outcome.get("training") or plural(len(epochs), "epoch"),
            epochs=epochs,
            ended=outcome.get("ended"),
            seconds=outcome.get("seconds"),
            test=score_of(test) if test else None,
            answers=read_answers(folder) if test else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{folder}: its files lack something, or are of a newer muslin: {error!r}") from error


def last_event(events: list[dict[str, Any]], name: str) -> Event:
    """Returns the last event of a name; empty if there is none."""
    return next((event for event in reversed(events) if event["event"] == name), {})


def epoch_of(event: Event) -> EpochResult:
    """Returns an epoch's result from its line in the journal."""
    return EpochResult(**{name: number_of(value) for name, value in event.items() if name != "event"})


def score_of(event: Event) -> Score:
    """Returns the test's score from its line in the journal; runs of 0.1.0 know nothing of one view."""
    return Score(
        accuracy=event["accuracy"],
        loss=number_of(event["loss"]),
        views=event["views"],
        accuracy_one_view=event.get("accuracy_one_view"),
        loss_one_view=number_of(event["loss_one_view"]) if "loss_one_view" in event else None,
        confusion=torch.tensor(event["confusion"], dtype=torch.int64),
    )


def number_of(value: Any) -> Any:
    """Returns a number as it was before the journal, where null stands for one that JSON lacks."""
    return math.nan if value is None else value


def machine_of(config: Event) -> str:
    """Returns the machine in one line for a run whose test did not say it."""
    machine, versions = config["machine"], config["versions"]
    precision = "bf16" if machine["bf16"] else "fp32"
    where = plural(machine["threads"], "CPU thread")
    where = where if machine["device"] == "cpu" else machine["device"]
    return f"{where}, {precision}; PyTorch {versions['torch']}, Muslin {versions['muslin']}"
