"""How long one picture takes through ONNX Runtime, against `Classifier.predict`; both by one view, in one thread.

python -m benchmarks.measure.onnx [RUN]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import torch
from benchmarks.measure.results import save_result

from muslin.prediction.classifier import Classifier, load
from muslin.serving.onnx import as_onnx, open_session

ROUNDS, PICTURES = 7, 200


def main() -> None:
    """Measures in turns, and saves the medians."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("run", nargs="?", default="latest", help="a run of recipe coffee on Fashion-MNIST")
    classifier = load(arguments.parse_args().run)
    torch.set_num_threads(1)
    by_one = Classifier(classifier.model, classifier.spec, views=1, calibration=classifier.calibration)
    session = open_session(as_onnx(by_one, {}))
    picture = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    sides: dict[str, Callable[[], object]] = {
        "predict": lambda: by_one.predict(picture),
        "onnx": lambda: session.run(None, {"images": picture[None, None]}),
    }
    seen: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, work in sides.items():
            start = time.perf_counter()
            for _ in range(PICTURES):
                work()
            seen[name].append((time.perf_counter() - start) / PICTURES)
    ratio = statistics.median(slow / fast for slow, fast in zip(seen["predict"], seen["onnx"], strict=True))
    milliseconds = {f"{name}_milliseconds": 1e3 * statistics.median(times) for name, times in seen.items()}
    print(f"{milliseconds}, {ratio:.1f} times faster")
    save_result("onnx", rounds=ROUNDS, predict_over_onnx=ratio, onnxruntime=version("onnxruntime"), **milliseconds)


if __name__ == "__main__":
    main()
