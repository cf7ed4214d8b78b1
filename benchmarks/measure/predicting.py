"""How fast a run answers a folder of small PNG files, against one picture at a time and against decoding alone.

python -m benchmarks.measure.predicting [RUN]
"""

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from benchmarks.measure.results import save_result
from PIL import Image

from muslin.data.sources import fashion_mnist
from muslin.machine.device import computing
from muslin.prediction.classifier import Classifier, load
from muslin.prediction.reading import read_pictures

ALONE = 200  # pictures that are answered one at a time
ROUNDS = 3


def main() -> None:
    """Measures in turns, by one view and by those of the run, and saves."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("run", nargs="?", default="latest", help="a run of recipe coffee on Fashion-MNIST")
    run = arguments.parse_args().run
    classifier = load(run)
    test = fashion_mnist.load(validation=2000, seed=0).test.images
    with tempfile.TemporaryDirectory(prefix="muslin-predicting-") as place, computing():
        files = write_pictures(Path(place), test)
        sides: dict[str, Callable[[], int]] = {
            "decoding_alone": lambda: decode(files),
            "reading_alone": lambda: len(read_pictures([(None, file) for file in files], classifier.spec)[0]),
        }
        for views in dict.fromkeys((1, classifier.views)):
            sides[f"views_{views}"] = lambda views=views: answer(classifier, files, views)
            sides[f"views_{views}_one_by_one"] = lambda views=views: one_by_one(classifier, files[:ALONE], views)
        seen: dict[str, list[float]] = {name: [] for name in sides}
        used: dict[str, list[float]] = {name: [] for name in sides}
        for _, (name, work) in itertools.product(range(ROUNDS), sides.items()):
            start, used_before = time.perf_counter(), time.process_time()
            count = work()
            seen[name].append(count / (time.perf_counter() - start))
            used[name].append((time.process_time() - used_before) / count)
        start_up = statistics.median(whole_process(run, files[0]) for _ in range(ROUNDS))
    figures: dict[str, float] = {"one_picture_whole_process_seconds": start_up}
    print(f"one picture, as a process from its start to its end: {start_up:.1f} s")
    for name, speeds in seen.items():
        figures[f"{name}_pictures_per_second"] = statistics.median(speeds)
        figures[f"{name}_processor_microseconds"] = 1e6 * min(used[name])
        print(
            f"{name:24} {statistics.median(speeds):8,.0f} pictures/s, {1e6 * min(used[name]):6,.0f} µs of a core each"
        )
    for views in dict.fromkeys((1, classifier.views)):
        for other, key in ((f"views_{views}_one_by_one", "one_by_one"), ("decoding_alone", "decoding_alone")):
            ratios = [many / few for many, few in zip(seen[f"views_{views}"], seen[other], strict=True)]
            figures[f"views_{views}_over_{key}"] = statistics.median(ratios)
    save_result("predicting", pictures=len(files), run_views=classifier.views, **figures)


def write_pictures(place: Path, images: torch.Tensor) -> list[Path]:
    """Writes each of (N, 1, 28, 28) pictures as a PNG file."""
    files = [place / f"{number:05}.png" for number in range(len(images))]
    for file, image in zip(files, images, strict=True):
        Image.fromarray(image[0].numpy()).save(file)
    return files


def decode(files: list[Path]) -> int:
    """Decodes all files with Pillow, one after the other, and nothing else."""
    for file in files:
        with Image.open(file) as image:
            image.load()
    return len(files)


def answer(classifier: Classifier, files: list[Path], views: int) -> int:
    """Answers all files, as `muslin predict FOLDER` does."""
    return sum(1 for _ in classifier.predict_many(files, views=views))


def one_by_one(classifier: Classifier, files: list[Path], views: int) -> int:
    """Answers files one at a time, in one thread: of so little work, two wait for each other longer than they save."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for file in files:
        classifier.predict(file, views=views)
    torch.set_num_threads(threads)
    return len(files)


def whole_process(run: str, file: Path) -> float:
    """Times `muslin predict` of a single picture, nearly all of which is the start of Python and PyTorch."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "muslin", "predict", run, str(file)], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
