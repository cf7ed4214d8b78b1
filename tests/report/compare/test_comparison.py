import json
import math
import os
import shutil

import pytest

import muslin
from muslin.errors import BundleError, RunError, SettingError
from muslin.report.compare.comparison import names_of
from muslin.run import journal
from muslin.run.keeping import name_run, note_run
from tests.report.records import make_record
from tests.samples import QUICK


@pytest.fixture
def runs(here, idx_folder):
    """Two seeds of one setting, and one of another that learns worse."""
    fit = {name: QUICK | changes for name, changes in
           {"a": {}, "b": {"seed": 1}, "c": {"seed": 1, "epochs": 1, "lr": 0.0001}}.items()}  # fmt: skip
    return [muslin.fit(idx_folder, "espresso", out=f"runs/{name}", **settings) for name, settings in fit.items()]


def test_a_comparison_tells_what_the_runs_reached(here, runs, idx_folder):
    name_run(here / "runs" / "b", "second <seed>")
    note_run(here / "runs" / "c", "too slow")
    facts = muslin.compare("c", "a", "b").as_json()
    text = json.dumps(facts, allow_nan=False)
    assert str(here) not in text
    assert str(idx_folder) not in text
    assert [(run["run"], run["name"], run["note"]) for run in facts["runs"]] == [
        ("A", "c", "too slow"), ("B1", "a", ""), ("B2", "second <seed>", ""),
    ]  # fmt: skip
    by_letter = dict(zip(("B1", "B2", "A"), runs, strict=True))
    for run in facts["runs"]:
        made = by_letter[run["run"]]
        assert run["test_accuracy"] == made.test.accuracy
        assert run["interval"][0] < run["test_accuracy"] <= run["interval"][1]
        assert [epoch["validation_loss"] for epoch in run["epochs"]] == [e.validation_loss for e in made.epochs]
    assert {each["name"]: each["values"] for each in facts["settings"]} == {"epochs": [1, 2], "lr": [0.0001, 0.02]}
    (pair,) = facts["pairs"]
    assert pair["runs"] == ["A", "B2"]  # of one seed
    answers, (worse, better) = pair["answers"], (by_letter["A"].test, by_letter["B2"].test)
    labels = muslin.report.record.read_record(runs[0].folder).answers.labels
    assert answers["only"] == [
        int(((worse.predicted == labels) & (better.predicted != labels)).sum()),
        int(((better.predicted == labels) & (worse.predicted != labels)).sum()),
    ]
    assert answers["only"][1] > 10
    assert pair["verdict"].startswith("B2 is better than A")


def test_two_seeds_are_a_group(runs):
    facts = muslin.compare("a", "b").as_json()
    (group,) = facts["groups"]
    assert (group["runs"], group["seeds"]) == (["A1", "A2"], [0, 1])
    assert group["figures"]["test_accuracy"]["count"] == 2
    assert facts["settings"] == []
    assert facts["pairs"][0]["answers"]["count"] == 60


def test_two_different_runs_are_needed(here, runs):
    (here / "link").symlink_to(here / "runs" / "a")
    for names in ((), ("a",), ("a", "runs/a", "link")):
        with pytest.raises(SettingError, match="two different runs"):
            muslin.compare(*names)
    with pytest.raises(RunError, match="no run at nothing"):
        muslin.compare("a", "nothing")
    os.truncate(here / "runs" / "b" / "model.json", 9)
    with pytest.raises(BundleError, match="is not JSON"):
        muslin.compare("a", "b")


def test_runs_that_lack_something_are_compared_as_far_as_that_goes(here, runs):
    events = [event for event in journal.read(here / "runs" / "b") if event["event"] == "epoch"]
    lines = (json.dumps(event | {"validation_loss": None}) for event in events)
    (here / "runs" / "b" / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    for name in ("answers", "known"):
        (here / "runs" / "c" / f"{name}.safetensors").unlink()
    facts = muslin.compare("a", "b", "c").as_json()
    json.dumps(facts, allow_nan=False)
    assert facts["notes"] == ["A2 was not tested: the test's means of A are without it"]
    assert (facts["runs"][1]["test_accuracy"], facts["runs"][1]["interval"]) == (None, None)
    assert facts["runs"][1]["best_epoch"] is None
    (pair,) = facts["pairs"]
    assert (pair["runs"], pair["answers"], pair["p_value"]) == (["A1", "B"], None, None)
    assert "B keeps no answers" in pair["why_not"]
    (here / "runs" / "c" / "known.safetensors").write_bytes(b"damaged")
    assert muslin.compare("a", "c").as_json()["pairs"][0]["answers"] is None


def test_copies_of_a_run_are_the_same_seed(here, runs):
    shutil.copytree(here / "runs" / "a", here / "runs" / "again")
    facts = muslin.compare("a", "again", "b").as_json()
    assert facts["notes"] == ["A2 has the seed of another run of A: it counts in no mean"]
    assert facts["groups"][0]["figures"]["test_accuracy"]["count"] == 2
    assert facts["pairs"][0]["answers"]["only"] == [0, 0]
    assert not math.isnan(facts["pairs"][0]["p_value"])


def test_folders_of_one_name_are_told_apart(here):
    records = [make_record(folder=here / name) for name in ("x/a", "y/a", "z/y/a", "b")]
    assert names_of(records) == ("x/a", f"{here.name}/y/a", "z/y/a", "b")
