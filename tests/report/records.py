"""Records of runs that never were."""

from pathlib import Path
from typing import Any

import torch

from muslin.config import FitSettings
from muslin.prediction.calibration import Calibration
from muslin.prediction.metrics import Score
from muslin.report.record import RunRecord
from muslin.run.answers import Answers
from muslin.training.state import EpochResult


def make_record(**changes: Any) -> RunRecord:
    """A run of two epochs on six pictures of three classes, the last of which has none."""
    values: dict[str, Any] = {
        "folder": Path("runs/a"),
        "started": "2026-01-02T10:00:00+00:00",
        "recipe": "coffee",
        "settings": FitSettings(model="mlp", seed=7),
        "data": "bars",
        "source": "bars",
        "labels": "0123",
        "rule": "threshold",
        "notes": (),
        "sizes": {"train": 270, "validation": 30, "test": 6},
        "classes": ("0", "1", "2"),
        "input": (1, 9, 9),
        "parameters": 12345,
        "calibration": Calibration(),
        "versions": {"muslin": "0", "torch": "2", "python": "3"},
        "machine": "2 CPU threads, fp32; PyTorch 2, Muslin 0",
        "training": "2 epochs",
        "epochs": make_epochs(2),
        "ended": "done",
        "seconds": 61.4,
        "test": make_score(),
        "answers": make_answers(torch.zeros(6, 1, 9, 9, dtype=torch.uint8)),
    }
    return RunRecord(**values | changes)


def make_epochs(count: int) -> tuple[EpochResult, ...]:
    """Epochs whose losses fall and whose accuracies rise."""
    falling = [1 / (n + 1) for n in range(count)]
    return tuple(EpochResult(n + 1, 9 * n, loss, 1 + loss, 1 - loss, 1.0, 1e3, n) for n, loss in enumerate(falling))


def make_score(**changes: Any) -> Score:
    """Four of six right, three by one view."""
    confusion = torch.tensor([[2, 0, 1], [1, 2, 0], [0, 0, 0]])
    values = {"accuracy": 4 / 6, "loss": 0.5, "views": 10, "accuracy_one_view": 3 / 6, "loss_one_view": 0.6}
    return Score(**values | {"confusion": confusion} | changes)


def make_answers(pictures: torch.Tensor, wrong: int = 0) -> Answers:
    """All pictures are shown, and called class 0; the last few are of class 1."""
    labels = (torch.arange(len(pictures)) >= len(pictures) - wrong).long()
    shown = torch.arange(len(pictures))
    return Answers(labels, torch.zeros_like(labels), None, shown, pictures)
