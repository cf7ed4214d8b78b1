"""main.py, line by line: what each line did to real tensors, on a few pictures."""

import argparse
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import torch

from muslin.data.images import ImageData, Splits
from muslin.data.sources.registry import load_splits
from muslin.lecture.walk import walk_through

__all__ = ["values"]

INSTALLED = Path(__file__).parents[1] / "main.py"  # where a wheel has it
PROGRAM = Path(__file__).parents[4] / "main.py"  # where a clone has it
OPTIONS = {"model": "resnet20", "epochs": 1, "batch_size": 32, "lr": 0.1, "seed": 0}
PICTURES = 64  # of each split


def values() -> dict[str, Any]:
    """Returns the lines of main.py, and the steps of a run of one epoch: line, function, what changed in words."""
    path = INSTALLED if INSTALLED.exists() else PROGRAM
    printed: list[str] = []
    spec = spec_from_file_location("main", path)
    assert spec is not None
    assert spec.loader is not None
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    vars(program).update(
        load_splits=few_pictures, parse_options=lambda: argparse.Namespace(**OPTIONS), print=printed.append
    )
    with torch.random.fork_rng(devices=[]):
        steps = walk_through(program.main, (program.main, program.train, program.evaluate))
    return {
        "lines": path.read_text(encoding="utf-8").splitlines(),
        "steps": [{"line": step.line, "function": step.function, "changed": step.changed} for step in steps],
        "printed": printed,
        "options": OPTIONS,
        "pictures": PICTURES,
    }


def few_pictures(source: str, *, seed: int) -> Splits:
    """Returns the first pictures of each split."""
    splits = load_splits(source, seed=seed)
    train, validation, test = (
        ImageData(part.images[:PICTURES], part.labels[:PICTURES], part.spec)
        for part in (splits.train, splits.validation, splits.test)
    )
    return replace(splits, train=train, validation=validation, test=test)
