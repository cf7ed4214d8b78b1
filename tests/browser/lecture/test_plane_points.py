"""Separating colours: one point lit in all drawings, moved and recoloured; a neuron's field pinned large."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from muslin.lecture.widgets.plane import values
from muslin.textbook.network import Network
from tests.browser.lecture.links import link_of, number, state_in, type_into
from tests.browser.lecture.planes import SETTLED, STEM, part, show
from tests.browser.pages import Watch

SET = values()["sets"]["ring-in-ring"]


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return show(watch.open(f"{lecture_url}#colours"))


def fill(page: Page, label: str, text: str) -> None:
    field = part(page).get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Enter")


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    map_ = part(page).locator(".plane-map canvas").first
    map_.scroll_into_view_if_needed()
    box = map_.bounding_box()
    return box["x"] + (x / 1.4 + 1) / 2 * box["width"], box["y"] + (1 - y / 1.4) / 2 * box["height"]


def drag(page: Page, start: list[float], end: list[float]) -> None:
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=4)
    page.mouse.up()


def lone(points: list[list[float]]) -> int:
    """The row of the point that is furthest from all others."""
    where = np.array(points)
    far = np.abs(where[:, None] - where[None]).max(axis=2)
    np.fill_diagonal(far, np.inf)
    return int(far.min(axis=1).argmax())


def test_a_point_is_lit_dragged_and_undone_by_mouse(opened):
    row = lone(SET["points"])
    x, y = SET["points"][row]
    opened.mouse.click(*on_screen(opened, x, y))
    expect(part(opened).get_by_role("textbox", name="point", exact=True)).to_have_value(str(row + 1))
    assert state_in(opened, STEM) == {"chosen": row}, "chosen, not moved"
    drag(opened, [x, y], [0.0, 1.2])
    state = state_in(opened, STEM)
    assert state["own"][row] == pytest.approx([0.0, 1.2, SET["labels"][row]], abs=0.02)
    assert [point[:2] for point in state["own"][:row]] == SET["points"][:row]
    part(opened).get_by_role("button", name="Undo").click()
    assert state_in(opened, STEM) == {"chosen": row}
    part(opened).get_by_role("button", name="Undo").click()
    expect(part(opened).locator(".plane-map .over").first).to_be_hidden()


def test_the_lit_point_tells_its_values_by_keyboard_alone_and_the_link_has_it(opened, watch, lecture_url):
    fill(opened, "point", "7")
    fill(opened, "its x", "0.5")
    fill(opened, "its y", "-0.25")
    part(opened).get_by_text("Show as table: its way through the net").press("Enter")
    network = Network((2, 4, 2, 1), seed=0)
    layers = network.forward(np.array([[0.5, -0.25]]))
    wanted = np.concatenate([np.ravel(activation) for _, activation in layers])
    rows = part(opened).get_by_role("region", name="its way through the net").locator("tbody tr")
    expect(rows).to_have_count(7)
    told = [number(row.locator("td").last.inner_text()) for row in rows.all()]
    assert told == pytest.approx(wanted, rel=1e-3)
    tile = part(opened).get_by_role("button", name="layer 1, neuron 2")
    assert number(tile.locator(".numbers-live").inner_text()) == pytest.approx(wanted[1], abs=0.006)
    tile.press("Enter")
    working = part(opened).locator(".made").inner_text().replace("\u2212", "-")
    assert f"tanh({layers[0][0][0, 1]:.3g})={wanted[1]:.3g}" in re.sub(r"\s", "", working)

    handle = part(opened).get_by_role("slider", name="the lit point").first
    handle.press("ArrowLeft")
    handle.press("Shift+ArrowUp")
    own = state_in(opened, STEM)["own"]
    assert own[6][:2] == pytest.approx([0.49, -0.15])
    handle.press("f")
    state = state_in(opened, STEM)
    assert state["own"][6][2] == 1 - own[6][2]
    assert state["chosen"] == 6
    handle.press("PageDown")
    handle.press("Delete")
    state = state_in(opened, STEM)
    assert len(state["own"]) == 249
    assert state["pinned"] == [0, 1]
    assert "chosen" not in state
    fill(opened, "point", "7")
    state = state_in(opened, STEM)
    opened.goto("about:blank")
    again = show(watch.open(f"{lecture_url}#colours;{link_of(STEM, state)}"))
    expect(part(again).get_by_role("textbox", name="its x", exact=True)).to_have_value("0.49")
    assert state_in(again, STEM) == state


def test_what_would_leave_one_colour_is_refused_with_a_sentence(opened):
    part(opened).get_by_text("Points of your own").press("Enter")
    part(opened).get_by_role("button", name="Clear to two").press("Enter")
    fill(opened, "point", "1")
    part(opened).get_by_role("button", name="Erase it").press("Enter")
    expect(part(opened)).to_contain_text("At least two points of two colours must be left.")
    part(opened).get_by_label("its colour").select_option("1")
    expect(part(opened)).to_contain_text("At least two points of two colours must be left.")
    assert state_in(opened, STEM)["own"] == [[-0.5, 0, 0], [0.5, 0, 1]]


def test_a_stroke_of_the_brush_is_undone_as_one(opened):
    part(opened).get_by_text("Points of your own").press("Enter")
    part(opened).get_by_role("button", name="Clear to two").press("Enter")
    part(opened).get_by_label("pointer").select_option("2")
    drag(opened, [-1.0, 1.0], [1.0, 1.0])
    own = state_in(opened, STEM)["own"]
    assert len(own) >= 5
    assert {label for *_, label in own} == {0, 1, 2}
    part(opened).get_by_role("button", name="Undo").press("Enter")
    assert state_in(opened, STEM)["own"] == [[-0.5, 0, 0], [0.5, 0, 1]]


def test_a_neurons_field_is_pinned_by_mouse_and_unpinned_by_keyboard(opened):
    tile = part(opened).get_by_role("button", name="layer 2, neuron 1")
    assert min(tile.bounding_box()[side] for side in ("width", "height")) >= 24
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(part(opened).get_by_role("img", name="the field of one neuron")).to_be_visible()
    assert state_in(opened, STEM) == {"pinned": [1, 0]}
    ticks = np.linspace(-1.4, 1.4, 401)
    plane = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    field = Network((2, 4, 2, 1), seed=0).forward(plane)[1][1][:, 0]
    told = part(opened).locator(".numbers-live", has_text="over the plane").inner_text().split()
    assert [number(told[at]) for at in (4, 6)] == pytest.approx([field.min(), field.max()], abs=0.03)
    part(opened).get_by_role("button", name="Unpin").press("Enter")
    expect(part(opened).get_by_role("img", name="the field of one neuron")).to_be_hidden()
    tile.press("Enter")
    part(opened).get_by_label("hidden layers", exact=True).fill("3")
    part(opened).get_by_label("hidden layers", exact=True).press("Enter")
    assert state_in(opened, STEM) == {"hidden": [3]}, "there is no such neuron any more"


def csv_of(page: Page) -> np.ndarray:
    """The points that the page writes, rows of x, y and label."""
    part(page).get_by_role("button", name="Write the CSV").press("Enter")
    return np.loadtxt(part(page).get_by_label("points as CSV").input_value().splitlines()[1:], delimiter=",")


def test_noise_is_of_its_seed_and_the_link_has_it(opened, watch, lecture_url):
    part(opened).get_by_text("Points of your own").press("Enter")
    type_into(part(opened), "noise", "0.1")
    deals = []
    for seed in (0, 1):
        moved = csv_of(opened)[:, :2].ravel()
        wanted = np.ravel(SET["points"]) + 0.1 * np.array(values()["noise"][seed][:500])
        assert np.abs(moved - wanted.clip(-1.4, 1.4)).max() < 1e-4
        deals.append(moved)
        part(opened).get_by_role("button", name="New noise").press("Enter")
    part(opened).get_by_role("button", name="Undo").press("Enter")
    state = state_in(opened, STEM)
    assert state == {"noise": 0.1, "noiseSeed": 1}
    opened.goto("about:blank")
    again = show(watch.open(f"{lecture_url}#colours;{link_of(STEM, state)}"))
    part(again).get_by_text("Points of your own").press("Enter")
    assert (csv_of(again)[:, :2].ravel() == deals[1]).all()
    fill(again, "point", "1")
    fill(again, "its x", "0")
    state = state_in(again, STEM)
    assert np.abs(np.array(state["own"])[1:, :2] - deals[1].reshape(-1, 2)[1:]).max() < 1e-4, "as they were seen"
    assert "noise" not in state, "it is in the points now"


def test_the_weights_are_copied_as_csv(opened):
    line = part(opened).locator(".numbers-live").first
    before = line.inner_text()
    part(opened).get_by_label("weight or bias").select_option("layer 2, b[1]")
    fill(opened, "value", "1.5")
    expect(line).not_to_have_text(before, timeout=SETTLED)
    part(opened).get_by_text("What was copied").press("Enter")
    part(opened).get_by_role("button", name="Copy the weights as CSV").press("Enter")
    head, *rows = part(opened).locator("pre.program").inner_text().splitlines()
    assert head == "layer,from,to,value"
    wanted = Network((2, 4, 2, 1), seed=0)
    found = {tuple(row.split(",")[:3]): float(row.split(",")[3]) for row in rows}
    assert len(found) == len(wanted.parameters)
    assert found["2", "bias", "2"] == 1.5
    for layer, (weights, bias) in enumerate(wanted.layers(), start=1):
        for (start, to), weight in np.ndenumerate(weights):
            assert found[str(layer), str(start + 1), str(to + 1)] == pytest.approx(weight, rel=1e-15)
        assert all(found[str(layer), "bias", str(to + 1)] == 0 for to in range(len(bias)) if (layer, to) != (2, 1))
