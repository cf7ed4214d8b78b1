import json
import shutil
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image

from muslin.data.files.folders import is_picture_folder, list_folder
from muslin.data.files.written import is_of_muslin
from muslin.data.packs.info import PackInfo
from muslin.ladder import find_rungs
from muslin.ladder.climb import climb
from muslin.ladder.plane import make_plane
from tests.data.files.samples import fill, three_each

RUN = Path(__file__).parents[2] / "fixtures" / "run-0.1.0"


def run_at(folder: Path, *without: str) -> Path:
    shutil.copytree(RUN, folder, ignore=shutil.ignore_patterns(*without))
    return fill(folder, "curves.png", "predictions.png", "tensorboard/events.out.tfevents.1")


def pack_at(folder: Path) -> Path:
    fill(folder, "images.npy", "labels.npy")
    (folder / "pack.json").write_text(json.dumps({field.name: None for field in fields(PackInfo)}))
    return folder


def cache_at(folder: Path) -> Path:
    pack_at(folder / "packs" / "0a1b")
    return fill(folder, "index/12ab", "features/a.safetensors", "machine/cpu.json")


def ladder_at(folder: Path) -> Path:
    climb(make_plane(0, 20), find_rungs(["majority"]), folder)
    shutil.copy(folder / "plane.json", folder / "ladder.json")
    return fill(folder, "ladder.png")


def runs_at(folder: Path) -> Path:
    run_at(folder / "a")
    run_at(folder / "b")
    (folder / "c").mkdir()  # a run that is just beginning
    return fill(folder, "mlflow.db", "mlflow-artifacts/0a/curves.png", "c/.lock")


MAKERS = {
    "run": run_at,
    "early": lambda folder: run_at(folder, "model.*", "metrics.jsonl", "SHA256SUMS", "checkpoints"),
    "model": lambda folder: run_at(folder, "config.json", "metrics.jsonl"),
    "pack": pack_at,
    "cache": cache_at,
    "ladder": ladder_at,
    "runs": runs_at,
    "all": lambda folder: run_at(folder / "deep" / "run").parent and pack_at(folder / "pack").parent,
}


@pytest.mark.parametrize("where", ["", "cat/", "train/", "cat/old/"])
@pytest.mark.parametrize("name", MAKERS)
def test_what_muslin_wrote_is_no_data(tmp_path, name, where):
    folders = ["train/cat", "train/dog"] if where == "train/" else ["cat", "cat/old", "dog"]
    root = three_each(tmp_path / "data", *folders)
    before = list_folder(root)
    MAKERS[name](root / where / name)
    after = list_folder(root)
    assert after.entries == before.entries
    assert after.classes == before.classes
    assert after.notes == (*before.notes, f"passed over because Muslin wrote it: {where}{name}")


def test_an_empty_folder_of_runs_is_no_class(tmp_path):
    root = three_each(tmp_path, "cat", "dog")
    (root / "runs").mkdir()
    assert list_folder(root).classes == ("cat", "dog")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"recipe": 1}', "[" * 100_000])
@pytest.mark.parametrize("name", ["config.json", "model.json", "pack.json", "ladder.json"])
def test_names_alone_do_not_count(tmp_path, name, text):
    root = three_each(tmp_path, "runs", "ladder")
    for folder in ("runs", "ladder"):
        (root / folder / name).write_text(text)
    assert list_folder(root).classes == ("ladder", "runs")
    assert not is_of_muslin(root / "runs")


def test_pictures_beside_a_run_are_data(tmp_path):
    root = three_each(tmp_path, "runs", "walks")
    run_at(root / "runs" / "one")
    listing = list_folder(root)
    assert listing.classes == ("runs", "walks")
    assert len(listing.entries) == 6


def test_a_ladder_among_pictures_is_passed_over(tmp_path):
    root = three_each(tmp_path, "cat", "dog")
    ladder_at(root / "cat")
    listing = list_folder(root)
    assert len(listing.entries) == 6
    assert "passed over because Muslin wrote it: cat/ladder.png, cat/plane.png" in listing.notes


def test_training_again_in_a_folder_of_pictures_finds_the_same_data(here, type_, monkeypatch):
    monkeypatch.setenv("MUSLIN_CACHE", str(here / "cache"))
    for number in range(12):
        path = here / ("dark", "light")[number % 2] / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (8, 8), number + 200 * (number % 2)).save(path)
    before = list_folder(here)
    fit = ("fit", ".", "--model", "linear", "--epochs", 1)
    assert type_(*fit)[0] == 0
    (run,) = (here / "runs").iterdir()
    assert list_folder(here).entries == before.entries
    code, out, err = type_(*fit)
    assert code == 0
    assert "passed over because Muslin wrote it: cache, runs" in out + err
    assert "2 classes" in out + err
    assert len(list((here / "cache" / "packs").glob("[!.]*"))) == 1, "the second run found the first one's pack"
    for name in ("config.json", "model.json"):
        assert is_of_muslin(run)
        (run / name).unlink()
    assert not is_of_muslin(run)


def test_a_folder_of_runs_alone_is_no_picture_folder(tmp_path):
    runs_at(tmp_path / "runs")
    assert not is_picture_folder(tmp_path)
