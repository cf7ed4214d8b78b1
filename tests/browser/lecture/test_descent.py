"""Gradient descent on a slice: the ball goes as the textbook's optimizers go, and the wrong update runs away."""

from functools import partial

import numpy as np
import pytest
from playwright.sync_api import expect

from muslin.lecture.widgets.descent import SIZES, values
from muslin.textbook import optimizers
from muslin.textbook.network import Network
from tests.browser.lecture.links import link_of, number, state_in, type_into, widget
from tests.browser.pages import Watch

STEM = "descent"
PAIR = [0, 6]


@pytest.fixture
def opened(watch: Watch, lecture_url: str):
    return widget(watch.open(f"{lecture_url}#back-propagation"), STEM)


def descended(optimizer, steps: int, start=(-3.0, 4.0)) -> tuple[np.ndarray, float]:
    """Where the textbook is after some steps of two weights alone, and its loss."""
    shown = values()
    points, labels = np.reshape(shown["points"], (-1, 2)), shown["labels"]
    network, state = Network(SIZES), None
    network.parameters = np.array(shown["nets"][0])
    network.parameters[PAIR] = start
    for _ in range(steps):
        gradient = network.backpropagate(points, labels).gradient[PAIR]
        moved, state = optimizer(network.parameters[PAIR], gradient, state)
        network.parameters[PAIR] = moved
    return network.parameters[PAIR], network.backpropagate(points, labels).loss


def mistaken(weights, gradient, state):
    return weights - 0.5 * (gradient - weights), state


def shown_by(place, rule: str) -> list[float]:
    """The two weights and the loss that a rule's box shows."""
    lines = place.locator(f"{rule} p.numbers-live").all_inner_texts()
    return [number(line.split(",")[0].split("=")[1]) for line in lines[:2]] + [number(lines[2].split()[1])]


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [("gradient step", optimizers.gradient_step), ("momentum", optimizers.momentum), ("adam", optimizers.adam)],
)
def test_the_ball_goes_as_the_textbooks_optimizer(opened, name, optimizer):
    opened.get_by_label("optimizer", exact=True).select_option(name)
    opened.get_by_role("checkbox").check()
    type_into(opened, "learning rate η", "0.5")
    for _ in range(7):
        opened.get_by_role("button", name="Step", exact=True).press("Enter")
    weights, loss = descended(partial(optimizer, lr=0.5), 7)
    assert shown_by(opened, ".rule:not(.wrong-rule)") == pytest.approx([*weights, loss], rel=6e-4)
    weights, loss = descended(mistaken, 7)
    assert shown_by(opened, ".wrong-rule") == pytest.approx([*weights, loss], rel=6e-4)
    opened.get_by_role("button", name="Back").press("Enter")
    weights, loss = descended(partial(optimizer, lr=0.5), 6)
    assert shown_by(opened, ".rule:not(.wrong-rule)") == pytest.approx([*weights, loss], rel=6e-4)


def test_the_start_is_dragged_and_moved_by_arrows(opened):
    knob = opened.get_by_role("slider", name="start of the ball")
    box = knob.bounding_box()
    mouse = opened.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 60, box["y"] + 90, steps=4)
    mouse.up()
    across, up = state_in(opened.page, STEM)["from"]
    assert across > -3
    assert up < 4
    knob.press("Shift+ArrowRight")
    knob.press("ArrowDown")
    assert state_in(opened.page, STEM)["from"] == pytest.approx([across + 1, up - 0.1])


def test_tasks_by_keyboard_and_the_way_back(opened):
    opened.get_by_role("button", name="it moves away from 0").press("Enter")
    type_into(opened, "learning rate η", "30")
    for _ in range(2):
        opened.get_by_role("button", name="Step", exact=True).press("Enter")
    expect(opened.locator(".tasks li.done")).to_have_count(1)
    type_into(opened, "learning rate η", "1")
    type_into(opened, "start, across", "-1")
    type_into(opened, "start, up", "-3.2")
    opened.get_by_role("checkbox").press("Space")
    for _ in range(5):
        opened.get_by_role("button", name="Step", exact=True).press("Enter")
    expect(opened.locator(".verdict")).to_contain_text("As you said")
    type_into(opened, "learning rate η", "2")
    expect(opened.locator(".tasks li.done")).to_have_count(3)
    opened.get_by_role("button", name="Undo").press("Enter")
    expect(opened.get_by_role("textbox", name="learning rate η, as a number")).to_have_value("1")


def test_a_link_brings_back_the_way(opened, watch, lecture_url):
    opened.get_by_label("up", exact=True).select_option("3")
    type_into(opened, "start, up", "2.5")
    opened.get_by_label("optimizer", exact=True).select_option("adam")
    opened.get_by_role("button", name="Step", exact=True).press("Enter")
    before = shown_by(opened, ".rule")
    state = state_in(opened.page, STEM)
    again = widget(watch.open(f"{lecture_url}?again#back-propagation;{link_of(STEM, state)}"), STEM)
    assert shown_by(again, ".rule") == before
