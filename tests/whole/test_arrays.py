"""Arrays from Python through the whole job: trained on, gone on with, scored."""

import json

import numpy as np
import pytest
from torch.utils.data import TensorDataset

import muslin
from muslin.data.images import ImageData
from muslin.errors import DataError
from muslin.evaluation.evaluate import evaluate_run
from muslin.pipeline.events import EpochResult
from tests.samples import QUICK, bars, make_splits

TRAIN, TEST = bars(300, 1, 12, 3, 0), bars(60, 1, 12, 3, 1)
NAMES = np.array(["low", "mid", "high"])


def test_a_run_on_arrays_goes_on_with_the_same_alone(here):
    def die(event):
        if isinstance(event, EpochResult):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        muslin.fit((TRAIN, TEST), "espresso", out=here / "run", report=die, checkpoint_every=1e-9, **QUICK)
    with pytest.raises(DataError, match=r"begun with arrays in Python, and they are in no file; pass the same again: "):
        muslin.fit(resume=here / "run")
    with pytest.raises(DataError, match="and other arrays are given"):
        muslin.fit(TRAIN, resume=here / "run")
    resumed = muslin.fit((TRAIN, TEST), resume=here / "run")
    whole = muslin.fit((TRAIN, TEST), "espresso", out=here / "whole", checkpoint_every=1e-9, **QUICK)
    models = [(run.folder / "model.safetensors").read_bytes() for run in (resumed, whole)]
    assert models[0] == models[1]
    config = json.loads((whole.folder / "config.json").read_text())
    assert config["data"]["name"] == "arrays"
    assert config["data"]["source"].startswith("arrays:")
    assert config["notes"] == ["pictures are (300, 1, 12, 12): the second number is taken for the channels"]


def test_a_run_on_arrays_is_scored_on_arrays(here):
    pair = TRAIN[0].numpy() / 255, NAMES[TRAIN[1]]
    run = muslin.fit(pair, "espresso", precision="fp32", **QUICK)
    assert run.test.accuracy > 0.9
    again = evaluate_run(run.folder, pair)
    assert (again.part, again.metrics.count, again.classes) == ("test", run.test.count, ("high", "low", "mid"))
    assert again.metrics.accuracy == run.test.accuracy
    with pytest.raises(DataError, match="pass them again"):
        evaluate_run(run.folder)


def test_a_run_on_a_dataset_is_scored_on_a_dataset(here):
    pair = TensorDataset(*TRAIN), TensorDataset(*TEST)
    run = muslin.fit(pair, "espresso", precision="fp32", **QUICK)
    assert evaluate_run(run.folder, pair).metrics.accuracy == run.test.accuracy > 0.9
    same = muslin.fit((TRAIN, TEST), "espresso", precision="fp32", **QUICK)
    models = [(each.folder / "model.safetensors").read_bytes() for each in (run, same)]
    assert models[0] == models[1]


def test_other_things_are_refused_before_anything_is_written(here):
    for data in (ImageData(*TRAIN, make_splits().spec), {"images": TRAIN[0]}, (np.zeros((30, 7, 6, 5)), [0, 1] * 15)):
        with pytest.raises(DataError):
            muslin.fit(data, "espresso", **QUICK)
    assert not list(here.iterdir())
