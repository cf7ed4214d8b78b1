"""Data as nobody would think them up: layouts, arrays and tables drawn at random, each met without a traceback."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.proofs.processes import Ended, Outcome, muslin, spread
from PIL import Image
from tests.bad_pictures import CASES

__all__ = ["HOSTILE", "meet_hostile_data", "write_hostile"]

FIT = ("--model", "linear", "--epochs", "1", "--json")
MOST_NOTES = 16  # lines on standard error: what more is there than kinds of notes?
LONGEST = 1000  # letters of a line
CODES = (0, 1, 2)

WORDS = (
    "train", "training_set", "Train2", "seg_train", "val", "valid", "validation", "dev", "test", "testing", "test-set",
    "images", "data", "cat", "dog", "bird", "a", "b", "0", "1", "10", "label", "path", "none", "nan", "NULL", "True",
)  # fmt: skip
ODD_NAMES = (
    "$", "$$", "a|b", "<i>", "two\nlines", "猫", "قط", "é", "e\u0301", " ", "  x", "x.", "-x", "--out", "%s", "{0}",
    "x" * 200, "'", '"', "`", "#1", "~", "a\tb", "\u202egpj", "*", "?", "CON", ".hidden", "a.png", "\\", "_", "\x01",
)  # fmt: skip
COMPANIONS = (
    "Thumbs.db", ".DS_Store", "desktop.ini", "notes.txt", "labels.json", "x.xmp", "x.mov", "x.npy", "README.md",
    "a.png:Zone.Identifier", "model.pt", "x.zip", "index.html", "x.svg", "annotations.xml",
)  # fmt: skip
FORMATS = (("PNG", ".png"), ("JPEG", ".jpg"), ("BMP", ".BMP"), ("GIF", ".gif"), ("TIFF", ".tif"), ("WEBP", ".webp"))


def meet_hostile_data(folder: Path, count: int) -> Outcome:
    """Gives each of so many data sets to `data scan`, `data info`, `fit`, `evaluate` and `fit` once more."""
    trials = [(folder / f"{seed}", seed) for seed in range(count)]
    found = spread(lambda trial: problems_with(*trial), trials)
    trained = sum(was_trained for was_trained, _ in found)
    problems = [problem for _, some in found for problem in some]
    return Outcome(count, problems, f"{trained} trained, {count - trained} refused")


def problems_with(folder: Path, seed: int) -> tuple[bool, list[str]]:
    """Whether data of a seed were trained on, and what went otherwise than it should."""
    folder.mkdir(parents=True)
    kind, data = write_hostile(folder, seed)
    cache, out = folder / "cache", folder / "out"
    kept = ("--cache", cache)
    commands: list[tuple[object, ...]] = [
        ("data", "scan", data, "--json"),
        ("data", "info", data),
        ("fit", data, "--out", out, *kept, *FIT),
    ]
    problems: list[str] = []
    for command in commands:
        problems += [f"{kind} {seed}: {problem}" for problem in wrong_with(muslin(*command), command)]
    trained = (out / "model.safetensors").exists()
    if not trained:
        problems += [f"{kind} {seed}: fit left {path}" for path in (out, *cache.rglob(".*.tmp")) if path.exists()]
        return False, problems
    for command in (("evaluate", out, *kept, "--json"), ("evaluate", out, data, *kept), ("predict", out, data)):
        problems += [f"{kind} {seed}: {problem}" for problem in wrong_with(muslin(*command), command)]
    if not (out / "README.md").exists():
        problems.append(f"{kind} {seed}: no README.md")
    json.loads((out / "config.json").read_text(encoding="utf-8"))
    shutil.rmtree(folder, ignore_errors=True)
    return True, problems


def wrong_with(ended: Ended, command: tuple[object, ...]) -> list[str]:
    """Says what is wrong with how a command ended: a traceback, another exit code, or more words than one reads."""
    name = " ".join(str(word) for word in command[:2]) if command[0] == "data" else str(command[0])
    told = [line for line in ended.text.splitlines() if not line.startswith("{")]
    notes = [line for line in told if line.startswith("Note")]
    wrong = []
    is_told = "Error: " in ended.text or name == "data scan"  # which tells what it found
    if "Traceback" in ended.text or ended.code not in CODES or (ended.code and not is_told):
        wrong.append(f"exit code {ended.code}: {ended.text[-600:]}")
    if "Warning" in ended.text:
        wrong.append(f"a warning of a library: {ended.text[-600:]}")
    if len(notes) > MOST_NOTES:
        wrong.append(f"{len(notes)} notes")
    if name in ("fit", "evaluate") and any(len(line) > LONGEST for line in told):
        wrong.append(f"a line of {max(map(len, told))} letters: {max(told, key=len)[:300]}")
    return [f"{name}: {one}" for one in wrong]


def write_hostile(folder: Path, seed: int) -> tuple[str, Path]:
    """Writes the data set of a seed.

    Returns:
        Its kind, and its path.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    kind = list(HOSTILE)[seed % len(HOSTILE)]
    return kind, HOSTILE[kind](folder, chance)


def write_layout(folder: Path, chance: random.Random) -> Path:
    """Writes a tree of folders with pictures, odd files and odd names in it."""
    root = folder / name_of(chance)
    root.mkdir()
    if chance.random() < 0.3:
        level = [root]
        for _ in range(chance.randint(0, 3)):
            level = [made for parent in level for made in make_folders(parent, chance)][:24]
        sizes: tuple[int, ...] = (0, 1, 2, 5, 12)
    else:
        level, sizes = make_classes(root, chance), (5, 8, 8, 12)
    for place in level:
        fill(place, chance, chance.choice(sizes))
    for place in [p for p in root.rglob("*") if p.is_dir()] + [root]:
        disturb(place, root, chance)
    return root


def make_classes(root: Path, chance: random.Random) -> list[Path]:
    """Makes folders as people have them: one a class, perhaps below splits, perhaps with another folder around all."""
    around = root / chance.choice(("", "", "", "images", "my data"))
    splits = chance.choice(
        (("",), ("",), ("",), ("train", "test"), ("seg_train", "seg_test"), ("Train", "Valid", "Test"))
    )
    classes = {name_of(chance) for _ in range(chance.randint(2, 5))} | {"cat", "dog"}
    made = []
    for split in splits:
        for name in sorted(classes)[chance.random() < 0.1 :]:
            place = around / split / name if chance.random() < 0.97 else around / name / split
            place.mkdir(parents=True, exist_ok=True)
            made.append(place)
    return made


def make_folders(parent: Path, chance: random.Random) -> list[Path]:
    """Makes some folders in one."""
    made = []
    for _ in range(chance.randint(1, 4)):
        place = parent / name_of(chance)
        if not place.exists():
            place.mkdir()
            made.append(place)
    return made


def name_of(chance: random.Random) -> str:
    """Returns a usual name, or one in five times an odd one."""
    return chance.choice(ODD_NAMES) if chance.random() < 0.2 else chance.choice(WORDS)


def fill(place: Path, chance: random.Random, count: int) -> None:
    """Writes pictures of one kind into a folder, now and then an odd one."""
    kind, suffix = chance.choice(FORMATS)
    mode, side = chance.choice(("L", "RGB", "RGB", "P", "1", "RGBA")), chance.choice((1, 3, 8, 8, 16, 40))
    for number in range(count):
        shape = (side, chance.choice((side, side, side + 3)), 4)
        pixels = np.random.default_rng(chance.getrandbits(32)).integers(0, 256, shape, np.uint8)
        image = Image.fromarray(pixels if chance.random() < 0.95 else np.zeros_like(pixels)).convert("RGB")
        image = image.convert(mode) if kind in ("PNG", "TIFF") else image
        image.save(place / f"{number}{suffix}", kind)
    if chance.random() < 0.04:
        CASES[chance.choice(list(CASES))].write(place, "odd")


def disturb(place: Path, root: Path, chance: random.Random) -> None:
    """Puts into a folder what is found in folders."""
    if chance.random() < 0.3:
        (place / chance.choice(COMPANIONS)).write_bytes(chance.randbytes(chance.choice((0, 10, 100))))
    if chance.random() < 0.02:
        (place / "loop").symlink_to(root, target_is_directory=True)
    if chance.random() < 0.02:
        (place / "gone.png").symlink_to(place / "nowhere.png")
    if chance.random() < 0.02:
        os.mkfifo(place / "pipe.png")
    if chance.random() < 0.02:
        (place / "empty").mkdir(exist_ok=True)
    if chance.random() < 0.02:
        (Path(os.fsdecode(os.fsencode(place) + b"/\xff\xfe"))).mkdir(exist_ok=True)
    if chance.random() < 0.02 and (pictures := [p for p in sorted(place.glob("*.png")) if p.is_file()]):
        shutil.copy(pictures[0], root / f"copy-{chance.randint(0, 9)}.png")


def write_arrays(folder: Path, chance: random.Random) -> Path:
    """Writes a .npz file of pictures and labels, in shapes, types, ranges and names of all sorts."""
    count, classes = chance.choice((0, 1, 30, 60, 60, 60)), chance.choice((1, 2, 3, 3, 30))
    usual = [
        ("x_train", "y_train", "x_test", "y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("images", "labels", "", ""),
    ] * 4
    names = chance.choice([*usual, ("X", "y", "", ""), ("arr_0", "arr_1", "arr_2", "arr_3")])
    arrays: dict[str, Any] = {}
    layout, form = draw_shape(chance), draw_labels(chance)
    for images, labels, size in ((*names[:2], count), (*names[2:], max(1, count // 3))):
        if images and not (images.endswith("test") and chance.random() < 0.2):
            arrays[images] = draw_pixels(chance, (size, *layout))
            arrays[labels] = form(np.arange(size + (chance.random() < 0.03)) % classes, classes)
    if chance.random() < 0.1:
        arrays["extra"] = np.arange(3)
    np.savez(folder / "data.npz", **arrays)
    return folder / "data.npz"


def draw_shape(chance: random.Random) -> tuple[int, ...]:
    """Returns the shape of one picture."""
    shapes = ((8, 8), (8, 8), (8, 8, 1), (8, 8, 3), (1, 8, 8), (3, 8, 8), (4, 8, 8), (8, 8, 4), (8, 8, 2), (64,),
              (3, 3, 3), (8, 1), (0, 8), (2, 8, 8, 3), (), (1, 1), (3, 8, 3))  # fmt: skip
    return chance.choice(shapes)


def draw_pixels(chance: random.Random, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Returns pictures of some type and range."""
    pixels = np.random.default_rng(chance.getrandbits(32)).integers(0, 256, shape)
    changes: list[Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]] = [
        lambda x: x.astype(np.uint8), lambda x: x.astype(np.uint8), lambda x: x.astype(np.uint8),
        lambda x: x / 255, lambda x: x.astype(np.float32), lambda x: x.astype(np.float16) / 255,
        lambda x: x / 127.5 - 1, lambda x: x.astype(np.int64), lambda x: (x * 200).astype(np.uint16),
        lambda x: x > 127, lambda x: x.astype(object), lambda x: x.astype(str), lambda x: x + 1j,
        lambda x: np.where(x > 250, np.nan, x / 255), lambda x: np.where(x > 250, np.inf, x / 255),
        lambda x: np.zeros_like(x, np.uint8), lambda x: np.full_like(x, 7, np.uint8), lambda x: x.astype(">i4"),
    ]  # fmt: skip
    return chance.choice(changes)(pixels)


def draw_labels(chance: random.Random) -> Callable[[np.ndarray[Any, Any], int], np.ndarray[Any, Any]]:
    """Returns how labels are written."""
    forms: list[Callable[[np.ndarray[Any, Any], int], np.ndarray[Any, Any]]] = [
        lambda y, _: y, lambda y, _: y, lambda y, _: y, lambda y, _: y + 1, lambda y, _: y * 10,
        lambda y, _: y[:, None], lambda y, k: np.eye(k)[y], lambda y, k: np.eye(k)[y] * 0.5,
        lambda y, k: np.ones((len(y), k)), lambda y, _: y.astype(float), lambda y, _: y + 0.5, lambda y, _: y - 100,
        lambda y, _: np.array([f"kind {n}" for n in y], str), lambda y, _: np.array([f"k{n}".encode() for n in y]),
        lambda y, _: np.array(list(y), object), lambda y, _: y.astype(bool), lambda y, _: y + 2**40,
        lambda y, _: np.full(len(y), np.nan), lambda y, _: np.array(["$$", "é"])[y % 2], lambda *_: np.array(3),
    ]  # fmt: skip
    return chance.choice(forms)


def write_table(folder: Path, chance: random.Random) -> Path:
    """Writes a .csv file that names pictures, or holds their pixels."""
    (folder / "pictures").mkdir()
    fill(folder / "pictures", chance, 12)
    names = sorted(path.name for path in (folder / "pictures").iterdir())
    mark = chance.choice((",", ",", ",", ";", "\t", ", ", "|"))
    header = chance.choice((
        "path,label", "path,label", "path,label,split", "filename,label", "image,class", "label,path", "a,b", "",
        "id,path,label,split",
        "Path,Label", "path,label,path", "file_name,target,age", "x" * 3000, "path", ",", "label,pixel0,pixel1",
    )).split(",")  # fmt: skip
    rows = [[cell(column, number, names, folder, chance) for column in header] for number in range(len(names) * 2)]
    if header[0] == "label" and len(header) == 3:
        side = chance.choice((4, 8))
        header = ["label", *(f"pixel{n + chance.choice((0, 0, 0, 1))}" for n in range(side**2))]
        rows = [[str(n % 3), *(str(chance.randint(0, 255)) for _ in range(side**2))] for n in range(40)]
    quote = chance.choice(("", "", '"'))
    lines = [mark.join(f"{quote}{one}{quote}" for one in row) for row in ([header] if any(header) else []) + rows]
    if chance.random() < 0.1:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(("", ",,,,,,", "\0", '"', "é" * 500, "x,y,z,w,v")))
    text = chance.choice(("\n", "\n", "\r\n")).join(lines)
    code = chance.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"))
    (folder / "table.csv").write_bytes(text.encode(code, "replace"))
    return folder / "table.csv"


def cell(column: str, number: int, names: list[str], folder: Path, chance: random.Random) -> str:
    """Returns what stands in a column of a row."""
    if column.lower() in ("path", "filename", "image", "file_name", "a", "id"):
        name = names[number % len(names)]
        ways = (f"pictures/{name}",) * 8 + (
            f"pictures\\{name}",
            str(folder / "pictures" / name),
            name,
            "",
            "nowhere.png",
        )
        return chance.choice(ways)
    if column == "split":
        return chance.choice(("train", "test", "dev", "", "elsewhere"))
    return chance.choice(("cat", "dog") * 8 + ("", "Cat", "0"))


def write_idx(folder: Path, chance: random.Random) -> Path:
    """Writes a folder of IDX files, some of whose headers or lengths are wrong."""
    (folder / "idx").mkdir()
    first = chance.choice((0, 0, 0, 1, 200))
    for word, count in (("train", 30), ("t10k", 9)):
        images = np.random.default_rng(chance.getrandbits(32)).integers(0, 256, (count, 8, 8), np.uint8)
        labels = (np.arange(count) % 3 + first).astype(np.uint8)
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            header = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
            content = bytearray(header + values.tobytes())
            if chance.random() < 0.03:
                content[chance.randrange(len(header))] ^= 1 << chance.randrange(8)
            if chance.random() < 0.02:
                del content[chance.randrange(len(content)) :]
            if chance.random() > 0.03:
                (folder / "idx" / f"{word}-{kind}-ubyte").write_bytes(content)
    return folder / "idx"


HOSTILE: dict[str, Callable[[Path, random.Random], Path]] = {
    "layout": write_layout,
    "arrays": write_arrays,
    "table": write_table,
    "another layout": write_layout,
    "idx": write_idx,
}
