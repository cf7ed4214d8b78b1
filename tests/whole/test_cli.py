"""What a person types, what they see, and the exit codes; each in a process of its own where that matters."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

QUICK = ["--model", "mlp", "--epochs", "2", "--batch-size", "32"]
SETTINGS = ["--set", "optimizer=sgd", "--set", "lr=0.02", "--set", "flip=alternate", "--set", "shift=0"]


@pytest.fixture
def run_folder(here, idx_folder, type_):
    code, out, _ = type_("fit", idx_folder, "--quiet", *QUICK, *SETTINGS)
    assert code == 0
    return out.strip()


def test_fit_prints_a_line_an_epoch_into_a_pipe(here, idx_folder, type_):
    code, out, err = type_("fit", idx_folder, *QUICK, *SETTINGS)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("Recipe coffee: mlp, ")
    assert lines[1].startswith("bars: 270 pictures to train, 30 to validate, 60 to test, 3 classes; on ")
    assert lines[2].startswith("epoch 1: loss ")
    assert lines[4].startswith("Test accuracy ")
    assert lines[5].startswith("(each with its mirror image")
    assert lines[6].startswith("Try next (")
    folder = next((here / "runs").iterdir())
    assert lines[-1] == f"Why, with the pictures: open runs/{folder.name}/report.html"
    assert (here / lines[-1].rpartition("open ")[2]).is_file()


def test_fit_prints_json_for_programs(here, idx_folder, type_):
    code, out, _ = type_("fit", idx_folder, "--json", *QUICK, *SETTINGS)
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [event["event"] for event in events] == ["start", "epoch", "epoch", "end"]
    assert events[-1]["test_accuracy"] > 0.9
    assert events[-1]["test_accuracy_one_view"] > 0.9
    assert events[-1]["views"] == 10
    assert Path(events[-1]["report"]).is_file()
    assert events[-1]["findings"]


def test_evaluate(run_folder, type_):
    code, out, _ = type_("evaluate", "latest")
    assert code == 0
    assert "test accuracy" in out
    assert "95 % interval" in out
    assert "calibrated: " in out
    code, out, _ = type_("evaluate", run_folder, "--json")
    values = json.loads(out)
    assert set(values["per_class"]) == {"0", "1", "2"}
    assert values["views"] == 10
    assert 0 < values["accuracy_one_view"] <= 1


def test_both_accuracies_are_printed(run_folder, type_):
    _, out, _ = type_("evaluate", run_folder)
    several, one = out.splitlines()[:2]
    assert "(each with its mirror image, unsure ones also shifted by a pixel)" in several
    assert one.startswith("with one view: ")
    assert one.endswith("(each picture once)")
    _, out, _ = type_("evaluate", run_folder, "--views", "1")
    assert "(each picture once)" in out.splitlines()[0]
    assert out.splitlines()[1].startswith("95 % interval")


def test_views_are_chosen(here, run_folder, type_):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (12, 12), np.uint8)).save(here / "noise.png")
    said = {views: json.loads(type_("predict", run_folder, "noise.png", "--json", *views)[1]) for views in
            ((), ("--views", "1"), ("--views", "2"), ("--views", "10"))}  # fmt: skip
    assert [answer["views"] for answer in said.values()] == [10, 1, 2, 10]
    assert said[()] == said["--views", "10"]
    assert said["--views", "1"]["probability"] != said["--views", "2"]["probability"]
    for command in (("predict", run_folder, "noise.png"), ("evaluate", run_folder)):
        code, out, err = type_(*command, "--views", "3")
        assert (code, out) == (2, "")
        assert err.startswith("Error: views is 3; it must be 1 (the picture), 2 (with its mirror image), 10")


def test_predict_goes_on_after_a_picture_that_is_none(here, run_folder, type_):
    bar = np.zeros((24, 24), np.uint8)
    bar[8:16] = 200
    Image.fromarray(bar).save(here / "bar.png")
    (here / "text.png").write_text("hello")
    code, out, err = type_("predict", run_folder, "text.png", "bar.png", "--top", "2")
    assert code == 1
    assert err.startswith("Error: text.png is damaged at its start, or not a picture")
    assert out.startswith("bar.png: 1 ")
    assert out.count("%") == 2
    code, out, _ = type_("predict", run_folder, "bar.png", "--json")
    assert (code, json.loads(out)["label"]) == (0, "1")


def test_runs_and_doctor(run_folder, type_):
    code, out, _ = type_("runs")
    assert code == 0
    assert run_folder in out
    code, out, _ = type_("runs", "--json")
    assert json.loads(out)["epochs"] == 2
    code, out, _ = type_("doctor")
    assert code == 0
    assert "GFLOP/s" in out
    assert "fit computes in" in out
    code, out, _ = type_("doctor", "--json")
    assert json.loads(out)["threads"] >= 1


def test_no_runs_yet(here, type_):
    assert type_("runs")[:2] == (0, "No runs in runs/ yet; make one with: muslin fit\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["fit", "nowhere"], 1, "Error: no data at nowhere; give 'fashion-mnist'"),
        (["fit", "--recipe", "cofee"], 2, "Error: unknown recipe 'cofee'. Did you mean 'coffee'?"),
        (["fit", "--model", "resnet43"], 2, "Error: unknown model 'resnet43'. Did you mean 'resnet34'?"),
        (["fit", "--model", "own.py:net"], 2, "Error: model 'own.py:net': there is no Python file 'own.py'"),
        (["fit", "--set", "learning_rate=1"], 2, "Error: unknown setting 'learning_rate'."),
        (["fit", "--set", "lr"], 2, "Error: --set 'lr': write it as NAME=VALUE"),
        (["fit", "--batch-size", "0"], 2, "Error: batch_size is 0; it must be at least 1"),
        (["fit", "--epochs", "-1"], 2, "Error: epochs is -1; it must be at least 1"),
        (["fit", "--epochs", "many"], 2, "Error: epochs is 'many'; a whole number is needed"),
        (["fit", "--time-budget", "soon"], 2, "Error: --time-budget is 'soon'; write it as 90s, 3m or 1.5h"),
        (["fit", "--time-budget", "-3m"], 2, "Error: time_budget is -180.0; it must be at least 0"),
        (["fit", "--device", "tpu"], 2, "Error: unknown device 'tpu'"),
        (["fit", "--recpie", "x"], 2, "No such option '--recpie'. (Did you mean one of: "),
        (["evaluate", "latest"], 1, "Error: no runs in runs/ here"),
        (["predict", "nothing", "a.png"], 1, "Error: no run at nothing"),
        (["predict", "latest"], 2, "Missing argument 'PICTURE...'"),
        (["brew"], 2, "No such command 'brew'"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(here, type_, arguments, code, message):
    got, out, err = type_(*arguments)
    assert (got, out) == (code, "")
    assert message in err
    assert "Traceback" not in err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(("rank", "tells"), [("0", True), ("1", False)])
def test_one_of_several_processes_tells_of_a_wrong_option(type_, monkeypatch, rank, tells):
    monkeypatch.setenv("LOCAL_RANK", rank)
    code, _, err = type_("fit", "--epoch", "3")
    assert (code, "No such option" in err) == (2, tells)


def test_help_names_everything(type_):
    code, out, _ = type_("--help")
    assert code == 0
    for command in ("fit", "evaluate", "predict", "runs", "doctor", "ladder"):
        assert command in out
    assert "espresso" in type_("fit", "--help")[1]


def test_ctrl_c_ends_cleanly(here, idx_folder):
    command = [sys.executable, "-m", "muslin", "fit", str(idx_folder), "--json", "--model", "mlp", "--epochs", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if json.loads(line)["event"] == "epoch":
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate()
    assert (process.returncode, err) == (130, "")
    assert json.loads(out.splitlines()[-1])["ended"] == "interrupted"
    assert (here / "runs").exists()


STOPPED_EARLY = """
import os, signal, sys
import muslin.cli, muslin.pipeline.prepare
muslin.pipeline.prepare.load_splits = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT)
sys.argv = ["muslin", "fit"]
muslin.cli.main()
"""


def test_ctrl_c_before_training_ends_cleanly_too(here):
    done = subprocess.run([sys.executable, "-c", STOPPED_EARLY], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (130, "Stopped.")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("page", ["cp1252", "ascii", "utf-8"])
def test_a_terminal_of_another_code_page(here, page):
    for label, name in enumerate(("猫", "Zürich")):
        (here / "photos" / name).mkdir(parents=True)
        for number in range(4):
            noise = np.random.default_rng(label * 9 + number).integers(0, 255, (12, 12), np.uint8)
            Image.fromarray(noise).save(here / "photos" / name / f"{number}.png")
    (here / "photos" / "猫" / "5.png").write_bytes(b"damaged")
    command = [sys.executable, "-m", "muslin", "data", "scan"]
    environment = {**os.environ, "PYTHONIOENCODING": page}
    scanned = subprocess.run([*command, "photos"], env=environment, capture_output=True, check=False)
    text = scanned.stdout.decode(page)
    mark, cat = ("✗", "猫") if page == "utf-8" else ("x", r"\u732b")
    assert scanned.returncode == 1, scanned.stderr
    assert f"\n{mark} 1 " in text
    assert f"\n{cat} " in text
    assert ("Z\\xfcrich" if page == "ascii" else "Zürich") in text
    missing = subprocess.run([*command, "猫猫"], env=environment, capture_output=True, check=False)
    assert missing.stderr.decode(page).startswith(f"Error: no data at {cat}{cat};")
    unknown = subprocess.run([*command, "--猫"], env=environment, capture_output=True, check=False)
    assert f"--{cat}" in unknown.stderr.decode(page)


@pytest.mark.parametrize(
    "command",
    [["fit"], ["evaluate"], ["predict", "latest"], ["data", "scan"], ["data", "info"], ["data", "pack"], ["runs"]],
)
def test_a_name_that_is_too_long_is_one_line(here, type_, command):
    code, out, err = type_(*command, "a" * 300)
    assert "Traceback" not in out + err
    assert len(err.splitlines()) <= 1
    assert len(err) < 600
    assert code or command == ["runs"]


@pytest.mark.parametrize(
    "start", [["-m", "muslin"], ["-m", "torch.distributed.run", "--nproc-per-node", "1", "-m", "muslin"]]
)
def test_files_of_the_current_folder_are_not_run(here, start):
    for name in ("random", "numpy", "json", "PIL", "click"):
        (here / f"{name}.py").write_text("open('was-run', 'w').close()\nraise SystemExit('not mine')\n")
    rng = np.random.default_rng(0)
    for kind in ("cat", "dog"):
        (here / "photos" / kind).mkdir(parents=True)
        for number in range(12):
            picture = Image.fromarray(rng.integers(0, 255, (8, 8, 3), np.uint8))
            picture.save(here / "photos" / kind / f"{number}.tif", compression="tiff_lzw")
    safe = ["-P"] if "torch.distributed.run" in start else []  # that is another program's process
    done = subprocess.run(
        [sys.executable, *safe, *start, "data", "pack", "photos"], cwd=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not (here / "was-run").exists()
