"""The data doctor: 2 % of the labels are exchanged, and it is asked which.

Fashion-MNIST, and a folder of 1,000 pictures like photographs; beside it, how long the shortest recipe trains on the
same data, and what cleanlab finds with its example network.

    python -m benchmarks.measure.doctor                # all of it: half an hour on two cores
    python -m benchmarks.measure.doctor --only photos
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from benchmarks.measure.photo_like import CLASSES, draw_photo
from benchmarks.measure.results import load_results, save_result
from benchmarks.rivals.cleanlab_example import label_issues
from rich.console import Console
from rich.table import Table
from torch import Tensor

from muslin.data.sources import fashion_mnist

SHARE = 0.02  # of the labels
PHOTOS = 1000
SEED = 7  # of what is planted, and of the photos; settings were chosen with others
Figures = dict[str, Any]


def main() -> None:
    """Measures, prints a table, and saves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=tuple(PARTS), action="append", help="measure this; the rest stays")
    chosen = parser.parse_args().only or list(PARTS)
    figures = load_results().get("doctor", {})
    figures.pop("measured_on", None)
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="muslin-doctor-") as place:
            figures[name] = PARTS[name](Path(place))
        show(name, figures[name])
        save_result("doctor", **figures)


def show(name: str, figures: Figures) -> None:
    """Prints figures as a table."""
    table = Table(name, "figure")
    for what, value in figures.items():
        table.add_row(what.replace("_", " "), f"{value:,.4g}" if isinstance(value, float) else str(value))
    Console().print(table)


def planted(true: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Returns (N,) labels of which some were set to any other class, and the rows of these."""
    generator = torch.Generator().manual_seed(SEED)
    rows = torch.randperm(len(true), generator=generator)[: round(SHARE * len(true))]
    labels = true.clone()
    labels[rows] = (true[rows] + torch.randint(1, classes, (len(rows),), generator=generator)) % classes
    return labels, rows


def in_fashion_mnist(place: Path) -> Figures:
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


def in_photos(place: Path) -> Figures:
    """Examines a folder of pictures like photographs."""
    true = torch.arange(PHOTOS) % len(CLASSES)
    labels, rows = planted(true, len(CLASSES))
    root = place / "photos"
    names = []
    for number, (label, drawn) in enumerate(zip(labels.tolist(), true.tolist(), strict=True)):
        names.append(f"{CLASSES[label]}/{number:05}.jpg")
        path = root / names[-1]
        path.parent.mkdir(parents=True, exist_ok=True)
        draw_photo(drawn, SEED * 1_000_003 + number).save(path, quality=85)
    return examined(root, place, {names[row]: CLASSES[int(true[row])] for row in rows.tolist()})


def examined(data: Path, place: Path, answers: dict[str, str]) -> Figures:
    """Runs the doctor and the shortest recipe as a person types them.

    Args:
        data: what to look at.
        place: an empty folder.
        answers: the true class of each wrong label, by the picture's name.
    """
    cache = "--cache", place / "cache"
    seconds = timed("data", "doctor", data, "--out", place / "found", *cache)
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


def by_cleanlab(_: Path) -> Figures:
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


PARTS = {"fashion_mnist": in_fashion_mnist, "photos": in_photos, "cleanlab_fashion_mnist": by_cleanlab}

if __name__ == "__main__":
    main()
