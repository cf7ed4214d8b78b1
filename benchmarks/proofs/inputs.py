"""Every bad input gets a message, an exit code, and leaves nothing half-done."""

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.proofs.processes import Ended, Outcome, muslin, spread
from benchmarks.proofs.runs import write_data
from PIL import Image
from tests.bad_pictures import CASES, BadPicture
from tests.samples import bars

__all__ = ["give_bad_inputs"]

FIT = ("--model", "linear", "--epochs", "1", "--size", "12", "--json")
REFUSED = (1, 2)  # exit codes


def give_bad_inputs(folder: Path, count: int) -> Outcome:
    """Returns each kind of odd picture, and each kind of damaged data, to `fit`, `evaluate` and `predict`."""
    run, good = folder / "run", write_pictures(folder / "good")
    ended = muslin("fit", good, "--out", run, "--cache", folder / "cache", *FIT)
    assert ended.code == 0, ended.text
    pictures = [Given(folder, run, good, name, case) for name, case in CASES.items()]
    trials: list[Callable[[], list[str]]] = [one.problems for one in pictures]
    for number, (name, make) in enumerate(DATA.items()):
        trials.append(DamagedData(folder / f"data-{number}", run, name, make).problems)
    trials = trials[:: max(1, len(trials) // count)]
    found = spread(lambda trial: trial(), trials)
    return Outcome(
        len(trials), [problem for problems in found for problem in problems], "each in fit, evaluate, predict"
    )


def write_pictures(folder: Path) -> Path:
    """Writes bars as picture files, with a folder a class; 12 to train, 6 to test."""
    for part, count in (("train", 12), ("test", 6)):
        for number, (image, label) in enumerate(zip(*bars(count, 1, 12, 3, count), strict=True)):
            path = folder / part / f"bar {label}" / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image[0].numpy()).save(path)
    return folder


@dataclass(frozen=True)
class Given:
    """One odd picture among good ones."""

    folder: Path
    run: Path
    good: Path
    name: str
    case: BadPicture

    def problems(self) -> list[str]:
        """Says what went otherwise than it should."""
        where = self.folder / f"picture-{list(CASES).index(self.name)}"
        cache, out = where / "cache", where / "run"
        train, test = where / "train", where / "test"
        for source, part in ((train, "train"), (test, "test")):
            shutil.copytree(self.good, source)
            self.case.write(source / part / "bar 0", "odd")
        picture = self.case.write(where)
        problems = self.met("fit", muslin("fit", train, "--out", out, "--cache", cache, *FIT))
        problems += self.met("evaluate", muslin("evaluate", self.run, test, "--cache", cache, "--json"))
        problems += self.met("predict", muslin("predict", self.run, picture, "--json"))
        if self.case.refused and (out.exists() or list(cache.rglob("*.tmp*"))):
            problems.append(f"{self.name}: fit left something behind")
        return problems

    def met(self, command: str, ended: Ended) -> list[str]:
        """Whether a command met the picture as is stated."""
        codes = REFUSED if self.case.refused else (0,)
        as_stated = ended.code in codes and self.case.refused in ended.text and "Traceback" not in ended.text
        return [] if as_stated else [f"{self.name}, {command}: exit code {ended.code}: {ended.text[-500:]}"]


@dataclass(frozen=True)
class DamagedData:
    """One damaged or misleading data set, whose test pictures may nevertheless be scored."""

    folder: Path
    run: Path
    name: str
    make: Callable[[Path], Path]

    def problems(self) -> list[str]:
        """Says what went otherwise than it should: it must be refused where it is needed whole, and leave nothing."""
        self.folder.mkdir()
        data, out, cache = self.make(self.folder), self.folder / "run", self.folder / "cache"
        commands = {
            "fit": ("fit", data, "--out", out, "--cache", cache, *FIT),
            "evaluate": ("evaluate", self.run, data, "--cache", cache, "--json"),
            "predict": ("predict", self.run, data, "--json"),
        }
        problems = []
        for command, arguments in commands.items():
            ended = muslin(*arguments)
            is_scored = command == "evaluate" and self.name in SCORED
            is_refused = ended.code in REFUSED and "Error: " in ended.text
            if "Traceback" in ended.text or not (ended.code == 0 if is_scored else is_refused):
                problems.append(f"{self.name}, {command}: exit code {ended.code}: {ended.text[-500:]}")
        return [*problems, f"{self.name}: fit left a run behind"] if out.exists() else problems


def write_idx(folder: Path, **changed: Callable[[bytes], bytes]) -> Path:
    """Writes an IDX folder of bars; some of its four files (`train_images` and so on) changed."""
    for part, word, count in (("train", "train", 30), ("test", "t10k", 9)):
        images, labels = bars(count, 1, 12, 3, count)
        arrays = {"images-idx3": images[:, 0].numpy(), "labels-idx1": labels.numpy().astype(np.uint8)}
        for kind, values in arrays.items():
            shape = b"".join(n.to_bytes(4, "big") for n in values.shape)
            content = bytes([0, 0, 8, values.ndim]) + shape + values.tobytes()
            change = changed.get(f"{part}_{kind.split('-')[0]}", bytes)
            (folder / f"{word}-{kind}-ubyte").write_bytes(change(content))
    return folder


def write_npz(folder: Path, **changed: Any) -> Path:
    """Writes a .npz file of bars, some of its arrays changed or (None) left out."""
    with np.load(write_data(folder)) as archive:
        arrays = {name: archive[name] for name in archive.files} | changed
    (folder / "bars.npz").unlink()
    np.savez(folder / "odd.npz", **{name: array for name, array in arrays.items() if array is not None})
    return folder / "odd.npz"


def noise(*shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Returns (300, *shape) random numbers in [0, 1)."""
    return np.random.default_rng(0).random((300, *shape))


def cut_npz(folder: Path) -> Path:
    """Writes half of a .npz file."""
    path = write_data(folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def flipped_npz(folder: Path) -> Path:
    """Writes a .npz file with a flipped bit among the pixels."""
    path = write_data(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path


def written(name: str, text: str) -> Callable[[Path], Path]:
    """Writes one file of text."""

    def write(folder: Path) -> Path:
        (folder / name).write_text(text, encoding="utf-8")
        return folder / name

    return write


def pictures_without(*parts: str) -> Callable[[Path], Path]:
    """Writes folders of pictures, some of which are then emptied."""

    def write(folder: Path) -> Path:
        data = write_pictures(folder / "data")
        for part in parts:
            for path in list((data / part).rglob("*.png")):
                path.unlink()
        return data

    return write


def empty(folder: Path) -> Path:
    """Makes an empty folder."""
    (folder / "empty").mkdir()
    return folder / "empty"


def one_class(folder: Path) -> Path:
    """Writes pictures of a single class."""
    data = write_pictures(folder / "data")
    for label in (1, 2):
        for part in ("train", "test"):
            shutil.rmtree(data / part / f"bar {label}")
    return data


PIXELS = ",".join(f"p{number}" for number in range(64))  # the header of a table of 8 x 8 pixels

DATA: dict[str, Callable[[Path], Path]] = {
    "nothing there": lambda folder: folder / "nowhere",
    "an empty folder": empty,
    "folders without pictures": pictures_without("train", "test"),
    "no training pictures": pictures_without("train"),
    "one class": one_class,
    "IDX, wrong magic number": lambda folder: write_idx(folder, train_images=lambda b: b"\1" + b[1:]),
    "IDX, half a header": lambda folder: write_idx(folder, train_images=lambda b: b[:7]),
    "IDX, cut short": lambda folder: write_idx(folder, train_images=lambda b: b[:-1]),
    "IDX, a byte too many": lambda folder: write_idx(folder, test_images=lambda b: b + b"\0"),
    "IDX, more labels than pictures": lambda folder: write_idx(
        folder, train_labels=lambda b: b[:4] + (31).to_bytes(4, "big") + b[8:] + b"\0"
    ),
    "IDX, a class in the test alone": lambda folder: write_idx(folder, test_labels=lambda b: b[:-1] + b"\7"),
    "IDX, empty file": lambda folder: write_idx(folder, test_labels=lambda _: b""),
    "IDX, gzip cut short": lambda folder: write_idx(folder, train_images=lambda b: gzip.compress(b)[:-20]),
    "IDX, gzip with a flipped bit": lambda folder: write_idx(folder, train_images=lambda b: flipped(gzip.compress(b))),
    "IDX, a compression bomb": lambda folder: write_idx(
        folder, train_images=lambda b: gzip.compress(b + bytes(1 << 26))
    ),
    "IDX, no pictures": lambda folder: write_idx(
        folder, train_images=lambda b: b[:4] + bytes(4) + b[8:16], train_labels=lambda b: b[:4] + bytes(4)
    ),
    ".npz cut short": cut_npz,
    ".npz with a flipped bit": flipped_npz,
    ".npz that is text": written("odd.npz", "no archive"),
    ".npz with Python objects": lambda folder: write_npz(folder, train_labels=np.array([object()] * 300)),
    ".npz, pictures that are all alike": lambda folder: write_npz(
        folder, train_images=np.zeros((300, 12, 12), np.uint8)
    ),
    ".npz, numbers in no known range": lambda folder: write_npz(
        folder, train_images=noise(12, 12) - 0.5, test_images=noise(12, 12)[:60]
    ),
    ".npz, NaN in a picture": lambda folder: write_npz(folder, train_images=np.where(noise(12, 12) > 0.9, np.nan, 0.5)),
    ".npz, seven channels": lambda folder: write_npz(folder, train_images=noise(7, 12, 12)),
    ".npz, rows of pixels": lambda folder: write_npz(folder, train_images=noise(144)),
    ".npz, several labels a picture": lambda folder: write_npz(folder, train_labels=np.ones((300, 3), int)),
    ".npz, labels missing": lambda folder: write_npz(folder, test_labels=None),
    ".npz, test pictures alone": lambda folder: write_npz(folder, train_images=None, train_labels=None),
    ".npz, label -100": lambda folder: write_npz(folder, train_labels=np.full(300, -100)),
    ".npz, other sizes in the test": lambda folder: write_npz(folder, test_images=np.zeros((60, 9, 9), np.uint8)),
    ".csv that is empty": written("odd.csv", ""),
    ".csv without a label": written("odd.csv", "path,label\na.png\n"),
    ".csv that names what is not there": written("odd.csv", "path,label\na.png,x\nb.png,y\n"),
    ".csv of a header that never ends": written("odd.csv", "x" * 99_999),
    ".csv with two labels": written("odd.csv", "path,class,category\na.png,x,y\n"),
    ".csv of paths on another machine": written("odd.csv", "path,label\nC:\\a.png,x\nC:\\b.png,y\n"),
    ".csv of pixels, cut short": written("odd.csv", f"label,{PIXELS}\n1,0,0\n"),
    ".csv of pixels, no square": written("odd.csv", f"label,{PIXELS},p64\n1{',0' * 65}\n2{',1' * 65}\n"),
    ".csv of pixels, no number": written("odd.csv", f"label,{PIXELS}\n1{',0' * 63},x\n"),
    ".csv of pixels, no label": written("odd.csv", f"{PIXELS}\n0{',0' * 63}\n"),
    ".parquet that is text": written("odd.parquet", "no table"),
    ".parquet, a shard missing": written("train-00000-of-00002.parquet", "no table"),
    "a file of another kind": written("notes.txt", "no pictures"),
}


SCORED = {  # only training needs what is wrong with these
    "no training pictures",
    "one class",
    "IDX, no pictures",
    ".npz, pictures that are all alike",
    ".npz, numbers in no known range",
    ".npz, NaN in a picture",
    ".npz, seven channels",
    ".npz, rows of pixels",
    ".npz, several labels a picture",
    ".npz, test pictures alone",
    ".npz, label -100",
    ".npz, other sizes in the test",
}


def flipped(content: bytes) -> bytes:
    """Flips a bit in the middle."""
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    return bytes(changed)
