"""The picture of docs/explanations.md: one mistake of a trained network, and why it was made."""

import tempfile
from pathlib import Path

import numpy as np
from drawing import BLUE, PAPER, RED, Array, panels
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from pictures import draw_picture

import muslin
from muslin.data.images import ImageData
from muslin.data.sources.registry import load_splits
from muslin.evaluation.explain.attribution import Attribution
from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.maps import filters
from muslin.evaluation.explain.neighbours import features_of, nearest
from muslin.evaluation.explain.occlusion import occlusion
from muslin.prediction.classifier import Classifier

COLUMNS = 7
LOOKED_AT = 2000  # pictures among which a mistake is sought
AMONG = 10_000  # training pictures
HEAT = LinearSegmentedColormap.from_list("evidence", [f"{RED}00", RED])


def draw_explanations() -> Figure:
    """Trains a network for some seconds, always the same one, and draws its first mistake."""
    splits = load_splits("fashion-mnist")
    with tempfile.TemporaryDirectory() as place:
        settings = {"seed": 0, "device": "cpu", "precision": "fp32"}
        run = muslin.fit("fashion-mnist", "espresso", out=Path(place) / "run", **settings)
        return draw_mistake(muslin.load(run.folder), splits.train, splits.validation)


def draw_mistake(classifier: Classifier, train: ImageData, seen: ImageData) -> Figure:
    """Draws the first mistake: the picture, where the evidence lies, training pictures like it, and the filters."""
    said = grad_cam(classifier, seen.images[:LOOKED_AT]).classes
    wrong = int((said != seen.labels[:LOOKED_AT]).nonzero()[0])
    image, label = seen.images[wrong : wrong + 1], int(seen.labels[wrong])
    figure, axes = panels(COLUMNS, 3.7, rows=2)
    called = classifier.classes[said[wrong]]
    draw_picture(axes[0], image[0, 0].numpy(), f"{classifier.classes[label]},\ncalled {called}")
    draw_map(axes[1], image[0, 0].numpy(), grad_cam(classifier, image), "Grad-CAM")
    draw_map(axes[2], image[0, 0].numpy(), occlusion(classifier, image), "occlusion")
    images = train.images[:AMONG]
    near = nearest(features_of(classifier, image), features_of(classifier, images), COLUMNS - 3)
    for one, position, distance in zip(axes[3:COLUMNS], near.positions[0], near.distances[0], strict=True):
        name, colour = classifier.classes[train.labels[position]], RED if train.labels[position] != label else BLUE
        draw_picture(one, images[position, 0].numpy(), f"{name}\n{distance:.1f}", colour)
    for number, (one, each) in enumerate(zip(axes[COLUMNS:], filters(classifier)[:, 0].numpy(), strict=False), 1):
        draw_filter(one, each, f"filter {number}")
    return figure


def draw_map(axes: Axes, image: Array, attribution: Attribution, title: str) -> None:
    """One picture, and over it where the evidence lies."""
    draw_picture(axes, image, f"{title},\nfor what was said")
    axes.imshow(attribution.maps[0].numpy(), cmap=HEAT, vmin=0, vmax=1, alpha=0.8)


def draw_filter(axes: Axes, weights: Array, title: str) -> None:
    """One filter: blue is against, orange for, white is nothing."""
    most = np.abs(weights).max()
    colours = LinearSegmentedColormap.from_list("signed", [BLUE, PAPER, RED])
    axes.imshow(weights, cmap=colours, vmin=-most, vmax=most)
    axes.set_title(title, fontsize=10)
    axes.set(xticks=[], yticks=[])
