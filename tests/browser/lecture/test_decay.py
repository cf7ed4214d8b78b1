"""Weight decay while it trains: both nets go as the textbook's do, and the losses answer."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from muslin.lecture.widgets.decay import SIZES, values
from muslin.textbook import optimizers
from muslin.textbook.network import Network
from tests.browser.lecture.links import link_of, number, state_in, type_into, widget
from tests.browser.pages import Watch

STEM = "decay"


@pytest.fixture
def opened(watch: Watch, lecture_url: str):
    return widget(watch.open(f"{lecture_url}#weight-decay"), STEM)


def trained(kind: str, optimizer, steps: int, decay: float, lr: float) -> list[float]:
    """The losses on both sets, and the mean size of the weights, after some steps in the textbook."""
    shown = values()
    sets = [(np.reshape(shown[name]["points"], (-1, 2)), shown[name]["labels"]) for name in ("train", "test")]
    network, state = Network(SIZES), None
    network.parameters = np.array(shown["starts"][0])
    ones = np.zeros_like(network.parameters)  # 1 for each weight, 0 for each bias
    for weights, _ in network.layers(ones):
        weights[:] = 1
    for _ in range(steps):
        parameters, gradient = network.parameters, network.backpropagate(*sets[0]).gradient
        if kind == "L2":
            gradient = gradient + ones * optimizers.l2_penalty_gradient(parameters, decay)
        if kind == "L1":
            gradient = gradient + ones * optimizers.l1_penalty_gradient(parameters, decay)
        if kind == "L2, decoupled":
            parameters = np.where(ones, optimizers.decoupled_decay(parameters, lr, decay), parameters)
        network.parameters, state = optimizer(parameters, gradient, state, lr=lr)
    size = np.abs(network.parameters[ones == 1]).mean()
    return [*(network.backpropagate(*each).loss for each in sets), size]


def shown_by(place, card: int) -> list[float]:
    losses, size = place.locator(".net-card").nth(card).locator("p.numbers-live").all_inner_texts()
    found = re.match(r"loss on its points (.+), on fresh ones (.+)", losses).groups()
    return [number(text) for text in (*found, re.search(r"mean size ([^,]+),", size)[1])]


PAIRS = {
    "none beside L2": ("none", "L2"),
    "L1 beside L2": ("L1", "L2"),
    "coupled beside decoupled": ("L2", "L2, decoupled"),
}


@pytest.mark.parametrize("optimizer", ["adam", "gradient step"])
def test_both_nets_train_as_the_textbooks(opened, optimizer):
    opened.get_by_label("optimizer", exact=True).select_option(optimizer)
    type_into(opened, "decay λ", "0.02")
    type_into(opened, "learning rate η", "0.05")
    step = getattr(optimizers, optimizer.replace(" ", "_"))
    for pair, kinds in PAIRS.items():
        opened.get_by_label("beside each other").select_option(pair)
        type_into(opened, "step", "60")
        for card, kind in enumerate(kinds):
            *losses, size = shown_by(opened, card)
            expected = trained(kind, step, 60, 0.02, 0.05)
            assert losses == pytest.approx(expected[:2], abs=6e-5), (pair, kind)
            assert size == pytest.approx(expected[2], rel=6e-3), (pair, kind)


def test_the_slider_moves_while_it_trains_and_undo_goes_back(opened):
    opened.get_by_label("Speed").select_option("20 steps a frame")
    opened.get_by_role("button", name="Play").click()
    steps = opened.get_by_role("textbox", name="step, as a number", exact=True)
    expect(steps).not_to_have_value(re.compile(r"^\d{1,2}$"))
    rail = opened.get_by_role("slider", name="decay λ", exact=True)
    box = rail.bounding_box()
    rail.click(position={"x": box["width"] * 0.8, "y": box["height"] / 2})
    expect(opened.get_by_role("button", name="Pause")).to_be_visible()
    opened.get_by_role("button", name="Pause").click()
    state = state_in(opened.page, STEM)
    (_, none), (since, decay) = state["changes"]
    assert none == 0
    assert 0.06 < decay < 0.1
    assert 100 <= since <= state["steps"]
    opened.get_by_role("button", name="Undo").press("Enter")
    expect(opened.get_by_role("textbox", name="decay λ, as a number")).to_have_value("0")


def test_tasks_and_the_prediction_by_keyboard(opened):
    opened.get_by_role("button", name="higher on its points, lower on fresh ones").press("Enter")
    done = opened.locator(".tasks li.done")
    type_into(opened, "step", "400")
    expect(done).to_have_count(1)
    opened.get_by_role("button", name="Reset").press("Enter")
    type_into(opened, "decay λ", "0,01")
    type_into(opened, "step", "1000")
    expect(done).to_have_count(2)
    expect(opened.locator(".verdict")).to_contain_text("As you said")
    opened.get_by_label("beside each other").select_option("L1 beside L2")
    type_into(opened, "step", "1000")
    expect(done).to_have_count(3)
    opened.get_by_label("beside each other").select_option("coupled beside decoupled")
    type_into(opened, "step", "200")
    expect(done).to_have_count(3)  # adam makes them differ
    opened.get_by_label("optimizer", exact=True).select_option("gradient step")
    type_into(opened, "step", "200")
    expect(done).to_have_count(4)


def test_a_link_brings_back_the_same_nets(opened, watch, lecture_url):
    type_into(opened, "step", "100")
    type_into(opened, "decay λ", "0.03")
    type_into(opened, "step", "300")
    before = [shown_by(opened, card) for card in (0, 1)]
    state = state_in(opened.page, STEM)
    again = widget(watch.open(f"{lecture_url}?again#weight-decay;{link_of(STEM, state)}"), STEM)
    assert [shown_by(again, card) for card in (0, 1)] == before
