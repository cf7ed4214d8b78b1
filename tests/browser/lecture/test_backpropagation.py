"""Back-propagation by arrow keys: each number is the textbook's, and a link brings back the operation."""

import re
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import expect

from muslin.lecture.widgets.backpropagation import values
from muslin.textbook.network import Network, step_through
from muslin.textbook.optimizers import gradient_step
from tests.browser.lecture.links import link_of, number, state_in, type_into, widget
from tests.browser.pages import Watch

STEM = "backpropagation"


@pytest.fixture
def opened(watch: Watch, lecture_url: str):
    return widget(watch.open(f"{lecture_url}#back-propagation"), STEM)


def network_after(steps: int, layout="2-2-1", activation="tanh", loss="binary-cross-entropy", lr=0.5) -> Network:
    network = Network(tuple(int(size) for size in layout.split("-")), activation, loss)
    network.parameters = np.array(values()["starts"][f"{layout} {activation}"][0])
    for _ in range(steps):
        network.step([[1.0, -1.0]], [1], partial(gradient_step, lr=lr))
    return network


def walked(place, presses: int, key="ArrowRight") -> list[str]:
    """What the drawing tells after each press."""
    drawing = place.get_by_role("slider", name="Operation")
    drawing.focus()
    told = []
    for _ in range(presses):
        drawing.press(key)
        told.append(drawing.get_attribute("aria-valuetext"))
    return told


@pytest.mark.parametrize(
    ("layout", "activation", "loss"),
    [
        ("2-2-1", "tanh", "binary-cross-entropy"),
        ("2-3-1", "relu", "mean-squared-error"),
        ("2-2-2", "sigmoid", "cross-entropy"),
    ],
)
def test_arrow_keys_walk_through_the_textbooks_numbers(opened, layout, activation, loss):
    for label, chosen in (("neurons", layout), ("activation", activation), ("loss", loss)):
        opened.get_by_label(label, exact=True).select_option(chosen)
    network = network_after(0, layout, activation, loss)
    step = network.backpropagate([[1.0, -1.0]], [1])
    events = [event.value for event in step_through(network, [1.0, -1.0], 1)]
    expected = [*events, *gradient_step(network.parameters, step.gradient, lr=0.5)[0]]
    told = walked(opened, len(expected))
    assert [number(text.rpartition(", ")[2]) for text in told] == pytest.approx(expected, rel=6e-4, abs=1e-9)
    after = network_after(1, layout, activation, loss)
    first = next(iter(step_through(after, [1.0, -1.0], 1))).value
    (text,) = walked(opened, 1)
    assert text.startswith("training step 1, 1 of ")
    assert number(text.rpartition(", ")[2]) == pytest.approx(first, rel=6e-4)
    back = walked(opened, len(expected) + 1, "ArrowLeft")
    assert back[1].startswith(f"training step 0, {len(expected)} of ")
    assert back[-1] == f"training step 0, 1 of {len(expected)}: " + told[0].partition(": ")[2]


def test_the_card_shows_formula_numbers_and_python(opened):
    walked(opened, 7)
    card = opened.locator(".operation")
    expect(card).to_contain_text("Backwards, layer 1")
    expect(card.locator("code").last).to_have_text("(layer.activation - step.targets)[0, 0]")
    assert card.locator("math").count() >= 3
    opened.get_by_text("Show as table: the operations until now").click()
    expect(opened.locator(".numbers tbody tr")).to_have_count(8)


def test_a_weight_is_chosen_on_its_wire_dragged_and_wiggled(opened):
    opened.locator(".label[data-parameter='3']").click()
    expect(opened.get_by_label("weight or bias")).to_have_value("3")
    rail = opened.get_by_role("slider", name="its value", exact=True)
    box = rail.bounding_box()
    rail.click(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
    dragged = float(opened.get_by_role("textbox", name="its value, as a number").input_value())
    assert dragged == pytest.approx(2, abs=0.2)
    opened.get_by_role("button", name="Undo").click()
    expect(opened.get_by_role("textbox", name="its value, as a number")).to_have_value("-0.92")
    type_into(opened, "its value", "-0,5")
    type_into(opened, "h", "0.001")
    network = network_after(0)
    weights = network.parameters.copy()

    def loss_at(value: float) -> float:
        network.parameters = weights.copy()
        network.parameters[3] = value
        return network.backpropagate([[1.0, -1.0]], [1]).loss

    quotient = (loss_at(-0.499) - loss_at(-0.501)) / 0.002
    loss_at(-0.5)
    gradient = network.backpropagate([[1.0, -1.0]], [1]).gradient[3]
    lines = opened.locator(".wiggle p.numbers-live").all_inner_texts()
    ends = [number(re.search(r"=([^=,]+?)(?:, difference .*)?$", line.strip())[1].strip()) for line in lines[1:]]
    assert ends == pytest.approx([quotient, gradient], rel=1e-7)
    opened.get_by_role("button", name="Undo").click()
    expect(opened.get_by_role("textbox", name="h, as a number", exact=True)).to_have_value("0.1")


def test_tasks_and_predictions_by_keyboard(opened):
    opened.get_by_role("button", name="those of the last layer").press("Enter")
    opened.get_by_role("button", name="worse").press("Enter")
    walked(opened, 3, "ArrowDown")
    walked(opened, 7)
    expect(opened.locator(".verdict").first).to_contain_text("As you said")
    type_into(opened, "learning rate η", "5")
    walked(opened, 3, "ArrowDown")
    type_into(opened, "h", "1e-12")
    expect(opened.locator(".verdict").last).to_contain_text("As you said")
    type_into(opened, "h", "0.00001")
    expect(opened.locator(".tasks li.done")).to_have_count(3)
    opened.get_by_label("activation", exact=True).select_option("relu")
    type_into(opened, "input 0", "-3")
    type_into(opened, "input 1", "-3")
    walked(opened, 1, "End")
    expect(opened.locator(".tasks li.done")).to_have_count(4)


def test_it_plays_until_it_is_out_of_sight(opened):
    opened.get_by_label("Speed").select_option("60 operations/s")
    play = opened.get_by_role("button", name="Play")
    play.click()
    drawing = opened.get_by_role("slider", name="Operation")
    expect(drawing).to_have_attribute("aria-valuetext", re.compile("^training step 1, "))
    opened.page.evaluate("scrollTo(0, 0)")
    expect(play).to_have_text("Play")


def test_a_link_brings_back_the_operation(opened, watch, lecture_url):
    opened.get_by_label("neurons", exact=True).select_option("2-2-2")
    type_into(opened, "input 1", "0.3")
    type_into(opened, "its value", "1.25")
    walked(opened, 2, "ArrowDown")
    (told,) = walked(opened, 14)[-1:]
    state = state_in(opened.page, STEM)
    page = watch.open(f"{lecture_url}?again#back-propagation;{link_of(STEM, state)}")
    again = widget(page, STEM)
    expect(again.get_by_role("slider", name="Operation")).to_have_attribute("aria-valuetext", told)
    expect(again.get_by_role("textbox", name="input 1, as a number")).to_have_value("0.3")
