"""A person's own pictures from the first look to a prediction, as typed: folders, CSV, .npz; damaged and skewed."""

import csv
import errno
import json
import os
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from muslin.data.decoding import worker
from muslin.data.packs import plan
from tests.bad_pictures import CASES

QUICK = ["--model", "mlp", "--batch-size", "32", "--set", "optimizer=sgd", "--set", "lr=0.02"]
UNCHANGED = ["--set", "flip=none", "--set", "shift=0"]
LEARNT = 0.9
ORIENTATION = 0x0112  # the EXIF tag
LANDSCAPES = ("forest", "sea", "sunset")


def digit(label: int, seed: int) -> Image.Image:
    """A grey 28 x 28 picture in MNIST's manner: a bright stroke on black, whose place tells the class."""
    generator = np.random.default_rng([label, seed])
    image = Image.new("L", (28, 28))
    x, y = generator.integers(-2, 3, 2)
    strokes = [(6 + x, 4, 6 + x, 23), (4, 14 + y, 23, 14 + y), (4 + x, 4, 23 + x, 23)]
    ImageDraw.Draw(image).line(strokes[label], 225, int(generator.integers(2, 5)))
    noise = generator.integers(0, 30, (28, 28), dtype=np.uint8)
    return Image.fromarray(np.asarray(image) + noise)


def digits(root: Path, train: int = 40, test: int = 15) -> Path:
    """MNIST as a folder of PNG files: train/0/..., test/2/..."""
    for split, first, count in (("train", 0, train), ("test", 1000, test)):
        for label in range(3):
            where = root / split / str(label)
            where.mkdir(parents=True)
            for seed in range(first, first + count):
                digit(label, seed).save(where / f"{seed}.png")
    return root


def landscape(kind: str, seed: int) -> Image.Image:
    """A colourful picture of its own size, wide or high; what is up matters."""
    generator = np.random.default_rng([LANDSCAPES.index(kind), seed])
    width, height = generator.integers(60, 120, 2)
    sky, ground = {
        "forest": ((150, 190, 220), (30, 90, 40)),
        "sea": ((170, 210, 245), (20, 70, 150)),
        "sunset": ((240, 140, 60), (60, 30, 50)),
    }[kind]
    image = Image.new("RGB", (int(width), int(height)), sky)
    draw, horizon = ImageDraw.Draw(image), int(height * generator.uniform(0.4, 0.6))
    draw.rectangle((0, horizon, width, height), ground)
    x = int(generator.integers(10, width - 10))
    if kind == "forest":
        for trunk in range(x % 12, int(width), 12):
            draw.polygon((trunk - 5, horizon + 8, trunk + 5, horizon + 8, trunk, horizon - 18), (20, 70, 30))
    elif kind == "sea":
        draw.polygon((x, horizon - 20, x, horizon + 4, x + 14, horizon + 4), (250, 250, 250))
    else:
        draw.ellipse((x - 9, horizon - 14, x + 9, horizon + 4), (255, 230, 120))
    pixels = np.asarray(image).astype(int) + generator.normal(0, 8, (int(height), int(width), 1)).astype(int)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def save_turned(image: Image.Image, path: Path) -> None:
    """Saves a photo as a phone does that was held sideways: pixels turned, and a note of it."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    image.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)


def landscapes(root: Path, count: int = 50, first: int = 0, kinds: tuple[str, ...] = LANDSCAPES) -> Path:
    """Photos: a folder a class, JPEG files of many sizes, every fifth turned, one with CMYK colours."""
    for kind in kinds:
        (root / kind).mkdir(parents=True)
        for seed in range(first, first + count):
            path = root / kind / f"{seed}.jpg"
            if seed % 5 == 0:
                save_turned(landscape(kind, seed), path)
            else:
                landscape(kind, seed).save(path)
    landscape(kinds[0], first + 1).convert("CMYK").save(root / kinds[0] / f"{first + 1}.jpg")
    return root


def fitted(type_, *arguments) -> str:
    """Trains; gives the run's folder."""
    code, out, _ = type_("fit", *arguments, "--quiet", *QUICK)
    assert code == 0
    return out.strip()


def evaluation(type_, *arguments) -> dict:
    code, out, _ = type_("evaluate", *arguments, "--json")
    assert code == 0
    return json.loads(out)


def predicted(type_, run: str, *pictures: Path) -> list[str]:
    code, out, _ = type_("predict", run, *pictures, "--json")
    assert code == 0
    return [json.loads(line)["label"] for line in out.splitlines()]


def refuse_to_decode(monkeypatch) -> None:
    """Makes every look into a picture file an error."""
    monkeypatch.setattr(plan, "look_at", None)
    monkeypatch.setattr(worker, "do_task", None)


def test_digits_from_the_first_look_to_a_prediction(here, type_, monkeypatch):
    digits(here / "digits")
    code, out, err = type_("data", "scan", "digits")
    assert (code, err) == (0, "")
    assert out.startswith("digits: 165 pictures of 3 classes")
    assert "all 28 x 28 pixels; all grey" in out
    run = fitted(type_, "digits", "--epochs", "6", *UNCHANGED)
    refuse_to_decode(monkeypatch)
    scores = evaluation(type_, run)
    assert (scores["count"], scores["part"]) == (45, "test")
    assert scores["accuracy"] > LEARNT
    again = fitted(type_, "digits", "--epochs", "6", *UNCHANGED)
    assert evaluation(type_, again)["loss"] == scores["loss"]
    digit(1, 2000).save(here / "one.png")
    digit(2, 2000).resize((90, 90)).convert("RGB").save(here / "two.jpg")
    assert predicted(type_, run, "one.png", "two.jpg") == ["1", "2"]


def test_photos_of_many_sizes_turned_and_in_odd_colours(here, type_):
    landscapes(here / "photos")
    code, out, _ = type_("data", "scan", "photos", "--sheet", "sheet.png", "--json")
    told = json.loads(out)
    assert (code, told["pictures"], told["damaged"]) == (0, 150, [])
    assert told["notes"] == [{
        "note": "has CMYK colours: converted to RGB", "pictures": 1, "examples": ["forest/1.jpg"],
    }]  # fmt: skip
    with Image.open("sheet.png") as sheet:
        assert sheet.width > 1000
    run = fitted(type_, "photos", "--epochs", "6", "--size", "24")
    scores = evaluation(type_, run)
    assert (15 < scores["count"] < 45, scores["part"]) == (True, "test")
    assert scores["accuracy"] > LEARNT
    save_turned(landscape("sea", 900), here / "turned.jpg")
    landscape("sunset", 900).convert("CMYK").save(here / "ink.jpg")
    assert predicted(type_, run, "turned.jpg", "ink.jpg") == ["sea", "sunset"]


def test_another_folder_is_scored_whole_whatever_its_size_and_order(here, type_):
    landscapes(here / "photos")
    run = fitted(type_, "photos", "--epochs", "6", "--size", "24")
    landscapes(here / "more" / "all", 12, 500)
    scores = evaluation(type_, run, "more/all")
    assert (scores["count"], scores["part"]) == (36, "all")
    assert scores["accuracy"] > LEARNT
    assert "accuracy 100.00 % of all its 36 pictures" in type_("evaluate", run, "more/all")[1]

    shutil.rmtree(here / "more" / "all" / "forest")  # labels of the others become 0 and 1
    fewer = evaluation(type_, run, "more/all")
    assert fewer["count"] == 24
    assert fewer["per_class"]["forest"] is None
    assert fewer["accuracy"] > LEARNT

    (here / "more" / "all" / "sea").rename(here / "more" / "all" / "lake")
    code, _, err = type_("evaluate", run, "more/all")
    assert code == 1
    assert "all has classes that" in err
    assert "was not trained on: lake (12 pictures); it knows forest, sea, sunset; rename the classes" in err


def test_the_same_folder_by_another_name_is_scored_on_its_test_part(here, type_):
    landscapes(here / "photos", 20)
    (here / "link").symlink_to("photos")
    run = fitted(type_, "photos", "--epochs", "1", "--size", "24")
    assert evaluation(type_, run, "link")["part"] == "test"
    assert evaluation(type_, run, here / "photos")["count"] == evaluation(type_, run)["count"] < 30


def test_colour_for_a_grey_model_and_grey_for_a_colour_model(here, type_):
    digits(here / "grey")
    digits(here / "colour")
    for path in (here / "colour").rglob("*.png"):
        Image.open(path).convert("RGB").resize((40, 40)).save(path)
    for mine, other in (("grey", "colour"), ("colour", "grey")):
        run = fitted(type_, mine, "--epochs", "6", *UNCHANGED)
        scores = evaluation(type_, run, other)
        assert (scores["count"], scores["part"]) == (45, "test")
        assert scores["accuracy"] > LEARNT


def test_a_csv_file(here, type_):
    landscapes(here / "photos")
    with (here / "photos" / "list.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["path", "label", "split"])
        for path in sorted((here / "photos").rglob("*.jpg")):
            split = "test" if int(path.stem) >= 40 else "train"
            lines.writerow([path.relative_to(here / "photos"), path.parent.name, split])
    run = fitted(type_, "photos/list.csv", "--epochs", "6", "--size", "24")
    scores = evaluation(type_, run)
    assert scores["count"] == 30
    assert scores["accuracy"] > LEARNT


def test_arrays_in_medmnists_layout(here, type_):
    parts = {"train": (0, 50), "val": (1000, 10), "test": (2000, 15)}
    arrays = {}
    for name, (first, count) in parts.items():
        pairs = [(digit(label, seed), label) for seed in range(first, first + count) for label in range(3)]
        arrays[f"{name}_images"] = np.stack([np.asarray(image) for image, _ in pairs])
        arrays[f"{name}_labels"] = np.array([[label] for _, label in pairs])
    np.savez(here / "cells.npz", **arrays)
    code, out, _ = type_("data", "info", "cells.npz", "--json")
    assert (code, json.loads(out)["counts"]["validation"]) == (0, {"0": 10, "1": 10, "2": 10})
    run = fitted(type_, "cells.npz", "--epochs", "6", *UNCHANGED)
    scores = evaluation(type_, run)
    assert scores["count"] == 45
    assert scores["accuracy"] > LEARNT
    digit(0, 3000).save(here / "cell.png")
    assert predicted(type_, run, "cell.png") == ["0"]
    code, _, err = type_("data", "scan", "cells.npz")
    assert code == 1
    assert "cells.npz is a .npz file, not a folder of pictures" in err


@pytest.mark.parametrize("balance", ["weights", "sample"])
def test_classes_of_different_size(here, type_, balance):
    landscapes(here / "photos", 60, kinds=("forest", "sea"))
    landscapes(here / "few", 12, kinds=("sunset",))
    (here / "few" / "sunset").rename(here / "photos" / "sunset")
    run = fitted(type_, "photos", "--epochs", "8", "--size", "24", "--balance", balance)
    landscapes(here / "even", 15, 500)
    assert evaluation(type_, run, "even")["per_class"]["sunset"] > LEARNT


def test_a_damaged_picture_stops_and_may_be_left_out_if_there_are_few(here, type_):
    landscapes(here / "photos", 40)
    CASES["JPEG cut in half"].write(here / "photos" / "sea", "cut")
    code, out, _ = type_("data", "scan", "photos")
    assert code == 1
    assert "✗ 1 of 121 files cannot be used" in out
    for command in (["fit", "photos", *QUICK, "--size", "24"], ["data", "pack", "photos", "--size", "24"]):
        code, out, err = type_(*command)
        assert (code, out) == (1, "")
        assert "1 of 121 pictures cannot be used (cannot read" in err
        assert "sea/cut.jpg: " in err
        assert "leave them out with --on-bad skip" in err
    run = fitted(type_, "photos", "--on-bad", "skip", "--epochs", "6", "--size", "24")
    assert evaluation(type_, run)["accuracy"] > LEARNT
    CASES["empty file"].write(here / "photos" / "forest", "empty")
    code, _, err = type_("fit", "photos", "--on-bad", "skip", *QUICK)
    assert code == 1
    assert "2 of 122 pictures cannot be used" in err
    assert "at most 1% may be left out" in err
    assert "leave them out" not in type_("data", "scan", "photos")[1]


def test_packs(here, type_, monkeypatch):
    landscapes(here / "photos", 20)
    arguments = ("data", "pack", "photos", "--size", "24", "--cache", "cache")
    made = json.loads(type_(*arguments, "--json")[1])
    assert made["was_made"]
    assert made["pictures"] == 60
    assert made["bytes"] == sum(path.stat().st_size for path in Path(made["folder"]).iterdir())
    refuse_to_decode(monkeypatch)
    found = json.loads(type_(*arguments, "--json")[1])
    assert (found["was_made"], found["folder"]) == (False, made["folder"])
    assert "packed before: nothing was decoded" in type_(*arguments)[1]
    fitted(type_, "photos", "--size", "24", "--cache", "cache", "--epochs", "1")
    out = type_("data", "info", made["folder"])[1]
    assert "a pack of 60 pictures of 3 classes, 24 x 24 pixels, in colour" in out
    assert "· 1 picture has CMYK colours: converted to RGB" in out
    assert json.loads(type_("data", "info", made["folder"], "--json")[1])["shape"] == [60, 3, 24, 24]


@pytest.mark.parametrize("is_packed", [False, True])
def test_info_tells_what_fit_would_read(here, type_, is_packed):
    landscapes(here / "photos", 20)
    if is_packed:
        type_("data", "pack", "photos")
    read = json.loads(type_("data", "info", "photos", "--json")[1])
    assert [*read["counts"]["test"]] == [*LANDSCAPES]
    assert read["shape"][0] == 3
    assert bool(read["pack"]) == is_packed
    _, out, _ = type_("fit", "photos", "--json", *QUICK, "--epochs", "1")
    started = next(event for event in map(json.loads, out.splitlines()) if event["event"] == "start")
    assert {split: sum(read["counts"][split].values()) for split in read["counts"]} == {
        split: started[split] for split in ("train", "validation", "test")
    }


def test_a_sheet_that_cannot_be_written(here, type_):
    digits(here / "digits", 4, 2)
    code, _, err = type_("data", "scan", "digits", "--sheet", "nowhere/sheet.png")
    assert code == 2
    assert f"cannot write --sheet nowhere/sheet.png: {os.strerror(errno.ENOENT)}" in err


@pytest.mark.filterwarnings("error:Glyph")
def test_any_name_of_a_class(here, type_):
    names = [b"$", b"$$", b"$$$", b"a|b", b"two\nlines", b"caf\xe9", "猫".encode(), "Zürich".encode(), b"w" * 200]
    for label, name in enumerate(names):
        folder = here / "odd" / os.fsdecode(name)
        folder.mkdir(parents=True)
        for seed in range(6):
            digit(label % 3, label * 6 + seed).save(folder / f"{seed}.png")
    apart = here / "odd" / unicodedata.normalize("NFD", "Zürich")
    apart.mkdir()
    digit(0, 99).save(apart / "99.png")
    code, out, err = type_("fit", "odd", "--out", "run", *QUICK, "--epochs", "2")
    assert code == 0, err
    assert "9 classes" in out
    assert "names that differ in how their accents are coded alone are one class: 1" in err
    card = (here / "run" / "README.md").read_text(encoding="utf-8")
    for row in (r"| \$\$ | ", r"| a\|b | ", r"| two\\nlines | ", r"| caf\\udce9 | ", "| 猫 | ", "| Zürich | "):
        assert row in card
    assert (here / "run" / "predictions.png").is_file()
    assert type_("evaluate", "run", "odd")[0] == 0
    code, out, _ = type_("predict", "run", "--top", "9", here / "odd" / "two\nlines" / "1.png")
    assert (code, out.count("\n")) == (0, 1)
    assert type_("data", "scan", "odd", "--sheet", "sheet.png")[0] == 0
    assert r"two\nlines" in type_("data", "info", "odd")[1]
