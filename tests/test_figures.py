"""The pictures of the lecture and of the explanations: there is a drawing for each; what the cheap ones say is true."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from muslin.evaluation.explain.grad_cam import grad_cam
from muslin.evaluation.explain.maps import filters
from muslin.look import LIGHT, style
from muslin.models import build
from muslin.prediction.classifier import Classifier
from tests.samples import make_splits

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def drawings():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS / "figures"))
        return runpy.run_path(str(DOCS / "figures" / "__main__.py"))


@pytest.fixture(scope="module")
def figures(drawings):
    return drawings["FIGURES"]


def line_of(axes, label):
    (line,) = [line for line in axes.get_lines() if line.get_label() == label]
    return line


def test_the_lecture_shows_every_figure_and_no_other(figures):
    shown = re.findall(r"images/lecture/([\w-]+)\.png", (DOCS / "lecture.md").read_text(encoding="utf-8"))
    assert set(shown) == set(figures) == {path.stem for path in (DOCS / "images" / "lecture").glob("*.png")}


def test_the_page_on_explanations_shows_the_others(drawings):
    shown = re.findall(r"images/([\w-]+)\.png", (DOCS / "explanations.md").read_text(encoding="utf-8"))
    assert set(shown) == set(drawings["MORE"])
    assert all((DOCS / "images" / f"{name}.png").is_file() for name in shown)


@style()
def test_a_mistake_is_drawn_with_what_explains_it(drawings):
    splits = make_splits(side=28)
    torch.manual_seed(0)
    classifier = Classifier(build("resnet_slim", splits.spec), splits.spec)
    draw_mistake = drawings["draw_explanations"].__globals__["draw_mistake"]
    axes = draw_mistake(classifier, splits.train, splits.validation).axes
    said = grad_cam(classifier, splits.validation.images).classes
    wrong = int((said != splits.validation.labels).nonzero()[0])
    label = splits.spec.classes[splits.validation.labels[wrong]]
    assert axes[0].get_title() == f"{label},\ncalled {splits.spec.classes[said[wrong]]}"
    picture, evidence = (image.get_array() for image in axes[1].images)
    np.testing.assert_array_equal(picture, splits.validation.images[wrong, 0])
    np.testing.assert_array_equal(evidence, grad_cam(classifier, splits.validation.images[wrong : wrong + 1]).maps[0])
    for one in axes[3:7]:
        same = (splits.train.images[:, 0].numpy() == one.images[0].get_array()).all((1, 2)).nonzero()[0]
        name = one.get_title().splitlines()[0]
        assert name in {splits.spec.classes[splits.train.labels[n]] for n in same}
        assert one.title.get_color() == (LIGHT.right if name == label else LIGHT.wrong)
    distances = [float(one.get_title().splitlines()[1]) for one in axes[3:7]]
    assert distances == sorted(distances)
    for one, weights in zip(axes[7:], filters(classifier)[:, 0], strict=False):
        np.testing.assert_array_equal(one.images[0].get_array(), weights)


@style()
def test_unit_balls(figures):
    balls, ways = figures["unit-balls"]().axes
    square, circle = line_of(balls, "L1 distance 1"), line_of(balls, "L2 distance 1")
    assert (square.get_color(), circle.get_color()) == (LIGHT.wrong, LIGHT.right)
    np.testing.assert_allclose(np.abs(square.get_xydata()).sum(axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(circle.get_xydata(), axis=1), 1)
    assert {text.get_text() for text in ways.get_legend().get_texts()} == {"L1: 3 + 4 = 7", "L2: √(3² + 4²) = 5"}


@style()
def test_gates_fire_where_their_table_says(figures):
    corners = {}
    for axes in figures["gates"]().axes:
        marks = [mark for mark in axes.collections if mark.get_label() == "fires (1)"]
        corners[axes.get_title()] = {tuple(map(int, point)) for mark in marks for point in mark.get_offsets()}
    assert corners["AND, threshold 2"] == {(1, 1)}
    assert corners["OR, threshold 1"] == {(0, 1), (1, 0), (1, 1)}
    assert corners["XOR: no line separates it"] == {(0, 1), (1, 0)}


@style()
def test_the_sets_are_judged_as_the_plane_is(figures):
    said = {axes.get_title(): axes.get_xlabel() for axes in figures["plane-sets"]().axes}
    assert said.pop("blobs") == "a line separates it"
    assert said.pop("pinwheel") == said.pop("blobs, three colours") == "more than two colours"
    assert set(said.values()) == {"a line does not separate it"}
