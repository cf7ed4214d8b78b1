"""What explanations are worth, by deletion, and how fast they and the report are.

Worth: test pictures are blanked patch by patch, the most important first by each explanation, and in random order; the
less the area under the curve of the explained class's probability, the more the explanation tells. Layers were compared
on validation pictures, by which Grad-CAM's was chosen.

python -m benchmarks.measure.explanations [--runs DIR]
"""

import argparse
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from benchmarks.measure.results import save_result
from captum.attr import LayerGradientXActivation
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from muslin.data.images import Splits
from muslin.data.sources.registry import load_splits
from muslin.errors import SettingError
from muslin.evaluation.explain.attribution import Attribution, scaled
from muslin.evaluation.explain.deletion import deletion_curve
from muslin.evaluation.explain.grad_cam import enlarged, grad_cam
from muslin.evaluation.explain.neighbours import features_of, nearest
from muslin.evaluation.explain.occlusion import occlusion
from muslin.evaluation.explain.pictures import prepared
from muslin.evaluation.explain.templates import template_scores
from muslin.machine.device import computing
from muslin.models.backbone import as_backbone
from muslin.prediction.classifier import Classifier, load
from muslin.report.record import read_record

RUNS = {  # name: recipe and model
    "coffee": ("coffee", "resnet_narrow"),
    "espresso": ("espresso", "resnet_slim"),
    "convnet": ("espresso", "convnet"),
    "mlp": ("espresso", "mlp"),
    "linear": ("espresso", "linear"),
}
TEST, VALIDATION = 1000, 400  # pictures: for what explanations are worth, and for the layers
GROUPS, STEPS = 10, 12
ROUNDS = 5
EXPLAINED = 500  # pictures for each round of Grad-CAM


def main() -> None:
    """Trains what is not there yet, measures and saves."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, help="a folder with these runs; those that it lacks are trained into it")
    with tempfile.TemporaryDirectory(prefix="muslin-explanations-") as place:
        folder = parser.parse_args().runs or Path(place)
        classifiers = {name: run_of(folder / name, *how) for name, how in RUNS.items()}
        report = report_speed(folder / "coffee")
    data = load_splits("fashion-mnist")
    with computing():
        speeds = grad_cam_speed(classifiers["coffee"], data) | neighbour_speed(classifiers["coffee"], data)
        worth = [row for name, classifier in classifiers.items() for row in worth_of(name, classifier, data)]
        layers = [row for name, classifier in classifiers.items() for row in layers_of(name, classifier, data)]
    save_result(
        "explanations",
        test_pictures=TEST, validation_pictures=VALIDATION, steps=STEPS, worth=worth, layers=layers, **speeds, **report,
    )  # fmt: skip


def run_of(folder: Path, recipe: str, model: str) -> Classifier:
    """Loads a run, once it was trained."""
    if not folder.exists():
        command = ["-m", "muslin", "fit", "--recipe", recipe, "--model", model, "--seed", "0", "--out", folder]
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL, env=os.environ)
    return load(folder)


def worth_of(run: str, classifier: Classifier, data: Splits) -> Iterator[dict[str, Any]]:
    """Yields what each explanation of a model's answers to test pictures is worth."""
    explanations = {"grad_cam": grad_cam, "occlusion": occlusion, "template_scores": template_map}
    for name, explain in explanations.items():
        try:
            attribution = explain(classifier, data.test.images[:TEST])
        except SettingError:  # the model lacks what it needs
            continue
        figures = measured(classifier, data.test.images[:TEST], attribution)
        print(run, name, attribution.layer, figures)
        yield {"run": run, "explanation": name, "layer": attribution.layer, **figures}


def template_map(classifier: Classifier, images: Tensor) -> Attribution:
    """Returns what speaks for the likeliest class, pixel by pixel, in a linear model."""
    scores = template_scores(classifier, images)
    classes = scores.scores.argmax(1)
    return Attribution(scaled(scores.contributions[torch.arange(len(images)), classes].sum(1)), classes, "pixels")


def layers_of(run: str, classifier: Classifier, data: Splits) -> Iterator[dict[str, Any]]:
    """Yields what each map is worth on validation pictures, by cells' own slopes and by channels' means."""
    images = data.validation.images[:VALIDATION]
    model = as_backbone(classifier.model, "Grad-CAM")
    pixels = prepared(classifier, images).requires_grad_()
    maps, features = model.feature_maps(pixels)
    logits: Tensor = model.head(features)
    classes = logits.argmax(1)
    for name, each in maps.items():
        (slopes,) = torch.autograd.grad(logits.gather(1, classes[:, None]).sum(), each, retain_graph=True)
        row: dict[str, Any] = {"run": run, "layer": f"{name}, {each.shape[2]} x {each.shape[3]}"}
        for way, weights in (("own_slopes", slopes), ("mean_slopes", slopes.mean((2, 3), keepdim=True))):
            evidence = (weights * each).sum(1).relu().detach()
            found = Attribution(scaled(enlarged(evidence, *images.shape[2:])), classes, name)
            row[way] = measured(classifier, images, found)
        print(row)
        yield row


def measured(classifier: Classifier, images: Tensor, attribution: Attribution) -> dict[str, float]:
    """Returns the areas under both curves, how much less the map's is, and the standard error of that."""
    areas, random_areas = [], []
    for group in torch.arange(len(images)).chunk(GROUPS):
        part = Attribution(attribution.maps[group], attribution.classes[group], attribution.layer)
        curve = deletion_curve(classifier, images[group], part, steps=STEPS)
        areas.append(curve.area)
        random_areas.append(curve.random_area)
    less = [at_random - by_map for by_map, at_random in zip(areas, random_areas, strict=True)]
    return {
        "area": round(statistics.mean(areas), 4),
        "random_area": round(statistics.mean(random_areas), 4),
        "less": round(statistics.mean(less), 4),
        "error": round(statistics.stdev(less) / len(less) ** 0.5, 4),
    }


def grad_cam_speed(classifier: Classifier, data: Splits) -> dict[str, Any]:
    """Takes turns with captum, and with pytorch-grad-cam where it is installed, at the same layer."""
    images = data.test.images[:EXPLAINED]
    layer = classifier.model.groups[0]
    assert grad_cam(classifier, images[:1]).layer.startswith("group 1,")

    def by_captum() -> None:
        pixels = prepared(classifier, images)
        targets = classifier.model(pixels).argmax(1)
        found = LayerGradientXActivation(classifier.model, layer).attribute(pixels.requires_grad_(), target=targets)
        enlarged(found.sum(1).relu().detach(), *images.shape[2:])

    ways: dict[str, Callable[[], Any]] = {"grad_cam": lambda: grad_cam(classifier, images), "captum": by_captum}
    if importlib.util.find_spec("pytorch_grad_cam"):
        from pytorch_grad_cam import HiResCAM

        def by_pytorch_grad_cam() -> None:
            with HiResCAM(classifier.model, [layer]) as method:
                method(prepared(classifier, images), None)

        ways["pytorch_grad_cam"] = by_pytorch_grad_cam
    seconds = take_turns(ways)
    rates = {f"{name}_pictures_per_second": round(EXPLAINED / statistics.median(seconds[name])) for name in ways}
    others = [name for name in ways if name != "grad_cam"]
    return rates | {f"grad_cam_to_{name}": ratio(seconds[name], seconds["grad_cam"]) for name in others}


def neighbour_speed(classifier: Classifier, data: Splits) -> dict[str, Any]:
    """Takes turns with scikit-learn's brute search: 10,000 test pictures among all others."""
    among = features_of(classifier, torch.cat([data.train.images, data.validation.images]))
    features = features_of(classifier, data.test.images)
    search = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(among.numpy())
    seconds = take_turns({"own": lambda: nearest(features, among), "sklearn": lambda: search.kneighbors(features)})
    return {
        "neighbours_features": among.shape[1],
        "neighbours_seconds": round(statistics.median(seconds["own"]), 2),
        "sklearn_seconds": round(statistics.median(seconds["sklearn"]), 2),
        "neighbours_to_sklearn": ratio(seconds["sklearn"], seconds["own"]),
    }


def report_speed(run: Path) -> dict[str, float]:
    """Times `muslin report` as whole processes on a copy of a run, beside what the run itself took."""
    fit = read_record(run).seconds
    assert fit is not None
    with tempfile.TemporaryDirectory(prefix="muslin-report-") as place:
        copied = shutil.copytree(run, Path(place) / "run")
        command = [sys.executable, "-m", "muslin", "report", copied]
        seconds = take_turns({"report": lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)})
    return {"report_seconds": round(statistics.median(seconds["report"]), 1), "report_fit_seconds": round(fit, 1)}


def take_turns(ways: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """Returns the seconds of each way, round by round, after one round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            start = time.monotonic()
            way()
            seconds[name].append(time.monotonic() - start)
    return {name: each[1:] for name, each in seconds.items()}


def ratio(theirs: list[float], ours: list[float]) -> float:
    """Returns how many times as fast ours is, in the median over the rounds."""
    return round(statistics.median(a / b for a, b in zip(theirs, ours, strict=True)), 2)


if __name__ == "__main__":
    main()
