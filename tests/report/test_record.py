"""All that is made of a run is made of its folder."""

import json
import math
import shutil

import pytest
import torch

import muslin
from muslin.config import FitSettings
from muslin.errors import BundleError, RunError
from muslin.machine.cores import available_threads
from muslin.report.record import read_record
from muslin.report.write import write_report
from muslin.run import journal
from muslin.run.description import DESCRIPTION
from tests.samples import QUICK

MADE = ("README.md", "curves.png", "predictions.png")


@pytest.fixture
def run(here, idx_folder):
    return muslin.fit(idx_folder, "espresso", **QUICK)


def rewrite(folder, change):
    """Changes the journal's events, each a dict."""
    events = journal.read(folder)
    (folder / journal.NAME).unlink()
    for event in events:
        change(event)
        journal.append(folder, event.pop("event"), **event)


def test_a_record_holds_what_the_run_was(run):
    record = read_record(run.folder)
    assert record.epochs == run.epochs
    assert (record.ended, record.training, record.data) == ("done", "2 epochs", "bars")
    assert record.settings.changed(seed=1) == FitSettings.restored(
        json.loads((run.folder / "config.json").read_text())["settings"]
    ).changed(seed=1)
    assert record.sizes == {"train": 270, "validation": 30, "test": 60}
    assert record.classes == ("0", "1", "2")
    assert 0 < record.seconds <= run.seconds
    assert record.test.figures() == run.test.figures()
    assert torch.equal(record.test.confusion, run.test.confusion)
    assert torch.equal(record.answers.predicted, run.test.predicted)
    assert torch.equal(record.answers.probabilities, run.test.probabilities)
    assert len(record.answers.pictures) == 36


def test_a_report_comes_from_the_folder_alone_and_is_the_same_again(run, idx_folder):
    before = {name: (run.folder / name).read_bytes() for name in MADE}
    shutil.rmtree(idx_folder)
    for name in MADE:
        (run.folder / name).unlink()
    moved = run.folder.rename(run.folder.with_name("moved"))
    assert write_report(moved).record.folder == moved
    assert {name: (moved / name).read_bytes() for name in MADE} == before


def test_a_run_of_an_older_version_has_no_answers(run):
    later = ("accuracy_one_view", "loss_one_view", "training", "ended", "seconds", "machine")
    rewrite(run.folder, lambda e: [e.pop(name, None) for name in later] if e["event"] == "test" else None)
    (run.folder / "answers.safetensors").unlink()
    record = read_record(run.folder)
    assert record.answers is None
    assert record.test.accuracy_one_view is record.test.loss_one_view is None
    assert record.ended == "done"
    assert record.seconds == pytest.approx(run.seconds, abs=1)
    threads = available_threads()
    assert record.machine.startswith(f"{threads} CPU thread{'s' * (threads > 1)}, fp32; PyTorch")
    (run.folder / "predictions.png").unlink()
    write_report(run.folder)
    assert not (run.folder / "predictions.png").exists()
    assert "None" not in (run.folder / "README.md").read_text()


def test_a_run_that_was_not_tested(run):
    rewrite(run.folder, lambda _: None)
    events = [e for e in journal.read(run.folder) if e["event"] == "epoch"]
    (run.folder / journal.NAME).write_text("".join(json.dumps(e) + "\n" for e in events))
    record = read_record(run.folder)
    assert (record.test, record.answers, record.ended, record.seconds) == (None, None, None, None)
    with pytest.raises(RunError, match="was not tested: .*; go on: muslin fit --resume"):
        write_report(run.folder)


def test_a_loss_that_json_lacks_comes_back(run):
    rewrite(run.folder, lambda e: e.update(validation_loss=math.nan) if e["event"] == "epoch" else None)
    assert all(math.isnan(epoch.validation_loss) for epoch in read_record(run.folder).epochs)


def test_damage_is_named(run):
    config = run.folder / "config.json"
    whole = json.loads(config.read_text())
    config.write_text(json.dumps(whole | {"data": {"name": "bars", "source": "bars"}}))
    with pytest.raises(RunError, match="its files lack something, or are of a newer muslin: KeyError"):
        read_record(run.folder)
    config.write_text(json.dumps(whole | {"settings": whole["settings"] | {"tempo": 1}}))
    with pytest.raises(RunError, match="of a newer muslin: SettingError"):
        read_record(run.folder)
    config.write_text(json.dumps(whole))
    (run.folder / DESCRIPTION).unlink()
    with pytest.raises(BundleError, match="model.json is missing"):
        read_record(run.folder)
