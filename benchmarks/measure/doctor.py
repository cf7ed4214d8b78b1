"""The data doctor: 2 % of the labels are exchanged, and it is asked which.

Fashion-MNIST, 1,000 photographs, and as the hard case 1,000 drawn pictures like photographs; beside it, how long the
shortest recipe trains on the same data, and what cleanlab finds with its example network.

    python -m benchmarks.measure.doctor                # all of it: half an hour on two cores
    python -m benchmarks.measure.doctor --only photos  # that part; what was saved of the others stays
    python -m benchmarks.measure.doctor --only photographs --photographs FOLDER
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.measure import photographs
from benchmarks.measure.photo_like import CLASSES, draw_photo
from benchmarks.measure.results import load_results, save_result, surroundings
from benchmarks.rivals.cleanlab_example import label_issues
from PIL import Image
from rich.console import Console
from rich.table import Table
from torch import Tensor

from muslin.data.sources import fashion_mnist

SHARE = 0.02  # of the labels
PHOTOS = 1000
OF_EACH = 100  # photographs of each class
SEED = 7  # of what is planted, and of the drawn pictures; settings were chosen with others
SEEDS = range(31, 36)  # of photographs, of what is planted among them, and of the doctor; likewise
Figures = dict[str, Any]


def main() -> None:
    """Measures, prints a table, and saves after each part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=tuple(PARTS), action="append", help="measure this; the rest stays")
    parser.add_argument("--photographs", type=Path, metavar="FOLDER", help=f"of the photographs: {photographs.HOW}")
    asked = parser.parse_args()
    figures = load_results().get("doctor", {})
    figures.pop("measured_on", None)
    for name in asked.only or list(PARTS):
        if name == "photographs" and asked.photographs is None:
            print(f"left out: the photographs; to measure with them: {photographs.HOW}")
            continue
        load = os.getloadavg()[0]
        with tempfile.TemporaryDirectory(prefix="muslin-doctor-") as place:
            found = PARTS[name](Path(place), asked.photographs)
        figures[name] = found | {"load_before": load, "measured_on": surroundings()}
        show(name, found)
        save_result("doctor", **figures)


def show(name: str, figures: Figures) -> None:
    """Prints figures as a table."""
    table = Table(name, "figure")
    for what, value in figures.items():
        if what == "runs":
            continue
        table.add_row(what.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else str(value))
    Console().print(table)


def planted(true: Tensor, classes: int, seed: int = SEED) -> tuple[Tensor, Tensor]:
    """Returns (N,) labels of which some were set to any other class, and the rows of these."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(true), generator=generator)[: round(SHARE * len(true))]
    labels = true.clone()
    labels[rows] = (true[rows] + torch.randint(1, classes, (len(rows),), generator=generator)) % classes
    return labels, rows


def in_fashion_mnist(place: Path, _: Path | None) -> Figures:
    """Examines all of Fashion-MNIST as a .npz file."""
    images, labels, rows, true = exchanged_fashion_mnist()
    names = [f"{part}[{row}]" for part, count in PARTS_OF_IT.items() for row in range(count)]
    arrays = {"classes": np.array(fashion_mnist.CLASSES)}
    ends = zip(NPZ, images.split([*PARTS_OF_IT.values()]), labels.split([*PARTS_OF_IT.values()]), strict=True)
    for key, its_images, its_labels in ends:
        arrays |= {f"{key}_images": its_images[:, 0].numpy(), f"{key}_labels": its_labels.numpy()}
    np.savez(place / "exchanged.npz", **arrays)
    answers = [(names[row], fashion_mnist.CLASSES[int(true[row])]) for row in rows.tolist()]
    return examined(place / "exchanged.npz", place, dict(answers))


NPZ = ("train", "val", "test")
PARTS_OF_IT = {"train": 58_000, "validation": 2_000, "test": 10_000}


def exchanged_fashion_mnist() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Returns all 70,000 pictures, their labels after the exchange, the rows that are wrong, and the true labels."""
    splits = fashion_mnist.load(validation=PARTS_OF_IT["validation"], seed=0)
    parts = splits.train, splits.validation, splits.test
    true = torch.cat([part.labels for part in parts])
    return torch.cat([part.images for part in parts]), *planted(true, len(fashion_mnist.CLASSES)), true


def in_photographs(place: Path, package: Path | None) -> Figures:
    """Examines folders of photographs, one for each seed."""
    assert package is not None
    runs = []
    for seed in SEEDS:
        drawn = list(photographs.draw_photographs(package, OF_EACH, seed))
        its_place = place / str(seed)
        answers = write_planted(its_place / "photographs", drawn, photographs.CLASSES, seed, ".png")
        runs.append({"seed": seed} | examined(its_place / "photographs", its_place, answers, seed))
        show(f"photographs, seed {seed}", runs[-1])
    return over_seeds(runs)


def in_photos(place: Path, _: Path | None) -> Figures:
    """Examines a folder of pictures like photographs."""
    drawn = [
        (draw_photo(number % len(CLASSES), SEED * 1_000_003 + number), number % len(CLASSES))
        for number in range(PHOTOS)
    ]
    answers = write_planted(place / "photos", drawn, CLASSES, SEED, ".jpg")
    return examined(place / "photos", place, answers)


def write_planted(
    root: Path, drawn: Sequence[tuple[Image.Image, int]], classes: Sequence[str], seed: int, suffix: str
) -> dict[str, str]:
    """Writes pictures into a folder for each class, some into a wrong one.

    Args:
        root: the folder to make.
        drawn: pictures, each with the class that it is of.
        classes: the classes' names.
        seed: of what is planted.
        suffix: the kind of the files.

    Returns:
        The true class of each wrong label, by the picture's name.
    """
    true = torch.tensor([label for _, label in drawn])
    labels, rows = planted(true, len(classes), seed)
    names = [f"{classes[label]}/{number:05}{suffix}" for number, label in enumerate(labels.tolist())]
    for name, (picture, _) in zip(names, drawn, strict=True):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        picture.save(root / name, quality=85)  # which a .png has no use for
    return {names[row]: classes[int(true[row])] for row in rows.tolist()}


def over_seeds(runs: list[Figures]) -> Figures:
    """Returns the mean of each figure, the deviation of it under `deviation`, and the runs themselves."""
    names = [name for name in runs[0] if name != "seed"]
    columns = {name: [run[name] for run in runs] for name in names}
    means = {name: statistics.mean(column) for name, column in columns.items()}
    deviation = {name: statistics.stdev(column) for name, column in columns.items()}
    return means | {"seeds": [run["seed"] for run in runs], "deviation": deviation, "runs": runs}


def examined(data: Path, place: Path, answers: dict[str, str], seed: int = 0) -> Figures:
    """Runs the doctor and the shortest recipe as a person types them.

    Args:
        data: what to look at.
        place: an empty folder.
        answers: the true class of each wrong label, by the picture's name.
        seed: the doctor's.
    """
    cache = "--cache", place / "cache"
    seconds = timed("data", "doctor", data, "--out", place / "found", "--seed", seed, *cache)
    fit_seconds = timed("fit", data, "--recipe", "espresso", "--out", place / "runs", *cache, "--quiet")
    found = json.loads((place / "found" / "findings.json").read_text(encoding="utf-8"))
    likely = {one["name"]: one["likely"] for one in found["findings"] if one["kind"] == "label"}
    return {
        "pictures": sum(found["pictures"].values()),
        **scores(likely, answers),
        "estimated_noise": found["noise"],
        "models_agree": found["accuracy"],
        "seconds": seconds,
        "espresso_seconds": fit_seconds,
        "times_espresso": seconds / fit_seconds,
    }


def scores(likely: dict[str, str], answers: dict[str, str]) -> Figures:
    """Returns how well the flagged pictures, each with its likely class, meet those that are wrong."""
    right = likely.keys() & answers.keys()
    return {
        "wrong_labels": len(answers),
        "flagged": len(likely),
        "recall": len(right) / len(answers),
        "precision": len(right) / max(1, len(likely)),
        "likely_class_right": sum(likely[name] == answers[name] for name in right) / max(1, len(right)),
    }


def by_cleanlab(_: Path, __: Path | None) -> Figures:
    """Asks cleanlab the same of Fashion-MNIST."""
    images, labels, rows, true = exchanged_fashion_mnist()
    start = time.monotonic()
    is_issue, likely = label_issues(images, labels)
    seconds = time.monotonic() - start
    flagged = named(is_issue.nonzero().flatten().tolist(), likely)
    return {"pictures": len(labels), **scores(flagged, named(rows.tolist(), true)), "seconds": seconds}


def named(rows: Iterable[int], classes: Tensor) -> dict[str, str]:
    """Returns the class of each row, both as text."""
    return {str(row): str(int(classes[row])) for row in rows}


def timed(*arguments: object) -> float:
    """Runs a command of muslin; returns its seconds.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    start = time.monotonic()
    command = [sys.executable, "-m", "muslin", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


PARTS = {
    "fashion_mnist": in_fashion_mnist,
    "photographs": in_photographs,
    "photos": in_photos,
    "cleanlab_fashion_mnist": by_cleanlab,
}

if __name__ == "__main__":
    main()
