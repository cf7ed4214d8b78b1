"""The whole job on small pictures: what a run's folder holds, and what happens when something goes wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

import muslin
from muslin import pipeline
from muslin.data.sources.idx import read_idx
from muslin.errors import DataError, DiskFullError, RunError, SettingError, TrainingError
from muslin.evaluation.evaluate import evaluate_run
from muslin.machine.device import Machine
from muslin.pipeline.events import EpochResult, Notice, Progress
from muslin.recipes import RECIPES
from muslin.run import journal
from muslin.run.folder import list_runs, read_config
from tests.samples import QUICK


def test_a_run_is_a_folder_that_a_person_can_read(here, idx_folder):
    run = muslin.fit(idx_folder, "espresso", out=here / "out", **QUICK)
    assert run.ended == "done"
    assert run.test.accuracy > 0.9
    assert sorted(p.name for p in run.folder.iterdir()) == [
        "README.md", "SHA256SUMS", "answers.safetensors", "checkpoints", "config.json", "curves.png",
        "known.safetensors", "metrics.jsonl",
        "model.json", "model.py", "model.safetensors", "predictions.png", "report.html",
    ]  # fmt: skip
    assert "  answers.safetensors\n" in (run.folder / "SHA256SUMS").read_text()
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=run.folder, check=True)
    for picture in run.folder.glob("*.png"):
        Image.open(picture).verify()
    config = json.loads((run.folder / "config.json").read_text())
    assert config["settings"]["model"] == "mlp"
    assert config["settings"]["augmentation"]["flip"] == "alternate"
    assert len(config["data"].pop("labels")) == 64
    assert config["data"].pop("rule") == "threshold"
    assert config["data"] == {"name": "bars", "source": str(idx_folder), "train": 270, "validation": 30, "test": 60}
    assert config["versions"]["torch"] == torch.__version__
    events = journal.read(run.folder)
    assert [event["event"] for event in events] == ["epoch", "epoch", "test", "end"]
    assert events[2]["accuracy"] == run.test.accuracy
    assert events[2]["accuracy_one_view"] == run.test.accuracy_one_view
    assert json.loads((run.folder / "model.json").read_text())["views"] == 10
    assert events[1]["validation_accuracy"] == run.epochs[1].validation_accuracy
    card = (run.folder / "README.md").read_text()
    assert f"**{100 * run.test.accuracy:.2f} %** of 60 pictures (each with its mirror image, unsure" in card
    assert "270 to train, 30 to validate, 60 to test" in card


def test_a_saved_run_scores_the_same_again(here, idx_folder):
    run = muslin.fit(idx_folder, "espresso", precision="fp32", tta=1, **QUICK)
    again = evaluate_run("latest")
    assert again.metrics.accuracy == run.test.accuracy
    assert again.metrics.loss == pytest.approx(run.test.loss, abs=0.02)  # `evaluate` may compute in bfloat16
    assert 0 <= again.figures.after.calibration_error <= 1
    classifier = muslin.load(run.folder)
    picture = here / "bar.png"
    Image.fromarray(evaluate_picture(idx_folder)).save(picture)
    assert classifier.predict(picture).label == "0"


def evaluate_picture(folder):
    return pictures_of(folder)[0]


def pictures_of(folder):
    return list(read_idx(folder / "t10k-images-idx3-ubyte.gz"))


@pytest.mark.parametrize("views", [None, 1, 2, 10])
def test_predict_is_right_as_often_as_evaluate_says(here, idx_folder, views):
    """With one and with several views; the run is stopped early, so that they differ."""
    run = muslin.fit(
        idx_folder, "espresso", precision="fp32", tta=10, **QUICK | {"model": "resnet_slim", "epochs": 1, "lr": 0.001}
    )
    evaluation = evaluate_run(run.folder, views=views)
    scores = evaluation.metrics
    answers = muslin.load(run.folder).predict(pictures_of(idx_folder), views=views)
    labels = read_idx(idx_folder / "t10k-labels-idx1-ubyte").tolist()
    assert [int(answer.label) for answer in answers] == scores.predicted.tolist()
    assert sum(int(a.label) == label for a, label in zip(answers, labels, strict=True)) / 60 == scores.accuracy
    by_class = [answer.probabilities[str(label)] for answer, label in zip(answers, labels, strict=True)]
    assert evaluation.figures.before.log_loss == pytest.approx(scores.loss, rel=1e-3)
    assert -np.log(by_class).mean() == pytest.approx(evaluation.figures.after.log_loss, rel=1e-3)  # kept as float16
    assert {answer.views for answer in answers} == {views or 10}
    if views in (None, 10):
        assert scores.figures() == pytest.approx(run.test.figures())
        assert scores.loss != pytest.approx(scores.loss_one_view, rel=1e-3)
    if views == 1:
        assert scores.accuracy == run.test.accuracy_one_view


def test_the_same_seed_gives_the_same_files(here, idx_folder):
    folders = [muslin.fit(idx_folder, "espresso", seed=3, **QUICK).folder for _ in range(2)]
    for name in ("model.safetensors", "model.json"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    assert len(list_runs()) == 2


def test_one_view_is_reported_as_such(here, idx_folder):
    run = muslin.fit(idx_folder, "espresso", **QUICK | {"tta": 1, "epochs": 1})
    assert "of 60 pictures (each picture once)" in (run.folder / "README.md").read_text()
    assert next(e for e in journal.read(run.folder) if e["event"] == "test")["views"] == 1


def test_another_data_set_must_have_the_same_classes(here, idx_folder):
    run = muslin.fit(idx_folder, "espresso", **QUICK | {"epochs": 1})
    with pytest.raises(DataError, match="has classes that .* was not trained on: T-shirt"):
        evaluate_run(run.folder, "fashion-mnist")


def test_a_time_budget_ends_annealed(here, idx_folder, monkeypatch):
    monkeypatch.setattr("muslin.training.plan.FINISHING", 0.0)
    run = muslin.fit(idx_folder, "espresso", **QUICK | {"time_budget": 3.0, "schedule": "linear"})
    assert run.ended == "done"
    assert run.epochs[-1].learning_rate_factor < 0.15
    assert run.epochs[-1].seconds == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize(
    ("recipe", "budget", "expected"),
    [(None, 2.0, "espresso"), (None, 0.0, "coffee"), ("coffee", 2.0, "coffee"), ("lunch", 2.0, "lunch")],
)
def test_a_short_time_calls_for_the_short_recipe_unless_one_was_named(here, idx_folder, recipe, budget, expected):
    events = []
    run = muslin.fit(idx_folder, recipe, report=events.append, **QUICK | {"epochs": 1, "time_budget": budget})
    config = json.loads((run.folder / "config.json").read_text())
    assert config["recipe"] == expected
    assert config["settings"]["augmentation"]["erase"] == round(RECIPES[expected].settings.augmentation.erase * 12 / 28)
    assert config["settings"]["lr"] == QUICK["lr"], "what was told stays"
    told = [event.text for event in events if isinstance(event, Notice) and event.text.startswith("recipe ")]
    short = "recipe espresso: the time is short for recipe coffee on this machine"
    assert told == ([short] if expected != (recipe or "coffee") else [])


def test_an_interrupted_run_keeps_its_weights_and_is_not_tested(here, idx_folder):
    def interrupt(event):
        if isinstance(event, EpochResult):
            os.kill(os.getpid(), signal.SIGINT)

    run = muslin.fit(idx_folder, "espresso", report=interrupt, **QUICK)
    assert (run.ended, run.test, len(run.epochs)) == ("interrupted", None, 1)
    assert [event["event"] for event in journal.read(run.folder)] == ["epoch", "end"]
    assert muslin.load(run.folder).classes == ("0", "1", "2")
    assert evaluate_run(run.folder).metrics.count == 60
    with pytest.raises(KeyboardInterrupt):  # the handler is back to what it was
        os.kill(os.getpid(), signal.SIGINT)


def test_a_second_interruption_quits(here, idx_folder):
    def insist(event):
        if isinstance(event, Progress):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        muslin.fit(idx_folder, "espresso", report=insist, **QUICK | {"batch_size": 4})


def test_divergence_keeps_the_last_finite_weights_and_says_where(here, idx_folder):
    with pytest.raises(TrainingError, match=r"training diverged.* They are in runs/"):
        muslin.fit(idx_folder, "espresso", **QUICK | {"lr": 1e38, "warmup": 0.0})
    (folder,) = (here / "runs").iterdir()
    assert all(t.isfinite().all() for t in muslin.load(folder).model.state_dict().values())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"data": "nowhere"}, DataError),
        ({"recipe": "tea"}, SettingError),
        ({"model": "resnet43"}, SettingError),
        ({"device": "tpu"}, SettingError),
        ({"batch_size": 0}, SettingError),
    ],
)
def test_a_mistake_leaves_nothing(here, idx_folder, arguments, error):
    with pytest.raises(error):
        muslin.fit(**{"data": idx_folder} | arguments)
    assert not (here / "runs").exists()


def test_a_full_disk_says_so_and_leaves_no_part(here, idx_folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    def fill(event):
        if isinstance(event, EpochResult):
            monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(DiskFullError, match="No space left on device; free some space"):
        muslin.fit(idx_folder, "espresso", out=here / "out", report=fill, **QUICK)
    left = sorted(str(p.relative_to(here / "out")) for p in (here / "out").rglob("*"))
    assert left == ["checkpoints", "config.json", "known.safetensors", "metrics.jsonl"]


def test_a_model_without_anything_to_learn_is_refused(here, idx_folder):
    (here / "own.py").write_text("""
import torch
class Nothing(torch.nn.Module):
    def forward(self, images):
        return torch.zeros(len(images), 3)
def nothing(spec):
    return Nothing()
""")
    with pytest.raises(SettingError, match="has no parameters to learn"):
        muslin.fit(idx_folder, model=f"{here}/own.py:nothing")


def test_a_model_of_ones_own_from_fit_to_evaluate(here, idx_folder):
    (here / "own.py").write_text("""
from torch import nn
def tiny(spec):
    return nn.Sequential(nn.Flatten(), nn.Linear(spec.channels * spec.height * spec.width, len(spec.classes)))
""")
    own = f"{here}/own.py:tiny"
    run = muslin.fit(idx_folder, "espresso", **QUICK | {"model": own})
    assert evaluate_run(run.folder, factory=own).metrics.accuracy == pytest.approx(run.test.accuracy, abs=0.02)


def test_unknown_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'fitt'"):
        muslin.fitt  # noqa: B018
    assert pipeline.run_recipe is muslin.fit


def test_an_epoch_whose_checkpoint_did_not_follow_is_logged_once(here, idx_folder):
    """Killed after the epoch's line, and before the checkpoint that holds its validation."""

    def die(event):
        if isinstance(event, EpochResult):
            raise KeyboardInterrupt

    often = QUICK | {"checkpoint_every": 1e-9}
    with pytest.raises(KeyboardInterrupt):
        muslin.fit(idx_folder, "espresso", out=here / "killed", report=die, **often)
    assert [e["event"] for e in journal.read(here / "killed")] == ["epoch"]
    resumed = muslin.fit(resume=here / "killed")
    whole = muslin.fit(idx_folder, "espresso", out=here / "whole", **often)
    logs = [[e for e in journal.read(run.folder) if e["event"] == "epoch"] for run in (resumed, whole)]
    assert [e["epoch"] for e in logs[0]] == [1, 2]
    assert [e["train_loss"] for e in logs[0]] == [e["train_loss"] for e in logs[1]]
    models = [(run.folder / "model.safetensors").read_bytes() for run in (resumed, whole)]
    assert models[0] == models[1]
    with pytest.raises(RunError, match="is done: nothing is left to resume"):
        muslin.fit(resume=here / "killed")
    with pytest.raises(RunError, match=r"muslin fit DATA --init \S+killed --epochs N"):
        muslin.fit(resume=here / "killed", epochs=9)


@pytest.fixture
def stopped(here, idx_folder):
    """A run that was stopped after its first epoch."""

    def stop(event):
        if isinstance(event, EpochResult):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        muslin.fit(idx_folder, "espresso", out=here / "stopped", report=stop, checkpoint_every=1e-9, **QUICK)
    return here / "stopped"


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"recipe": "lunch"}, r"recipe lunch \(there espresso\);"),
        (
            {"epochs": 9, "flip": "random", "lr": QUICK["lr"]},
            r"epochs 9 \(there 2\) and flip random \(there alternate\);",
        ),
        ({"epochs": "9", "recipe": "espresso"}, r"not with epochs 9 \(there 2\);"),
        ({"out": "other"}, r"out other \(there "),
        ({"data": "fashion-mnist"}, "not with fashion-mnist;"),
    ],
)
def test_what_is_named_beside_a_run_to_resume_and_differs_is_told(stopped, named, told):
    with pytest.raises(SettingError, match=told):
        muslin.fit(resume=stopped, **named)
    assert len(journal.read(stopped)) == 1


def test_a_run_to_resume_goes_on_with_the_mirror_images_that_were_measured(stopped):
    done = muslin.fit(resume=stopped, flip="auto")
    assert done.ended == "done"
    assert read_config(stopped)["settings"]["augmentation"]["flip"] == "alternate"


def test_a_run_goes_on_with_the_same_data_elsewhere(here, stopped, idx_folder):
    elsewhere = idx_folder.rename(here / "elsewhere")
    with pytest.raises(RunError, match=r"are not at .*bars; name where they are: muslin fit PATH --resume"):
        muslin.fit(resume=stopped)
    other = shutil.copytree(elsewhere, here / "other")
    labels = bytearray((other / "t10k-labels-idx1-ubyte").read_bytes())
    labels[8:11] = labels[9:11] + labels[8:9]  # as many of each class as before
    (other / "t10k-labels-idx1-ubyte").write_bytes(labels)
    with pytest.raises(DataError, match="the data of .* have changed since it began"):
        muslin.fit(other, resume=stopped)
    done = muslin.fit(elsewhere, "espresso", resume=stopped, out=stopped, epochs=2, seed=0)
    assert done.ended == "done"
    assert read_config(stopped)["data"]["source"] == str(elsewhere)
    assert evaluate_run(stopped).metrics.accuracy == done.test.accuracy


@pytest.mark.parametrize("chosen", [{}, {"batch_size": 32}])
def test_little_memory_makes_batches_smaller_unless_a_person_chose_them(here, idx_folder, monkeypatch, chosen):
    monkeypatch.setattr(Machine, "room", 2 << 20)
    events = []
    muslin.fit(idx_folder, model="resnet20", epochs=1, report=events.append, **chosen)
    notes = [event.text for event in events if isinstance(event, Notice) and event.text.startswith("large pictures")]
    batch = json.loads(next((here / "runs").glob("*/config.json")).read_text())["settings"]["batch_size"]
    if chosen:
        assert (notes, batch) == ([], 32)
    else:
        assert len(notes) == 1
        assert f"batches of {batch} in place of 32" in notes[0]
        assert 4 <= batch < 32


def test_a_whole_run_imports_no_compiler(here, idx_folder):
    """It would take a second: docs/decisions/0016-own-sgd.md."""
    program = (
        "import sys, muslin; "
        f"muslin.fit({str(idx_folder)!r}, model='resnet_slim', epochs=1, precision='fp32'); "
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=here, check=True)
