"""The map of the nearest is the textbook's, whatever k and distance; points and probe are dragged and typed."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.ladder.knn import smallest, vote
from muslin.lecture.widgets.regions import values
from muslin.textbook.distances import pairwise_l1, pairwise_l2
from tests.browser.lecture.links import link_of, state_in, type_into, widget
from tests.browser.pages import Watch

STEM = "regions"
CENTRES = (np.arange(48) + 0.5) / 48 * 2.8 - 1.4
CELLS = np.stack(np.meshgrid(CENTRES, -CENTRES), axis=-1).reshape(-1, 2)
PAIRWISE = {"L1": pairwise_l1, "L2": pairwise_l2}


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#distance")
    widget(page, STEM)
    return page


def part(page: Page) -> Locator:
    return page.locator(f"[data-widget={STEM}]")


def answers(places: np.ndarray, points: np.ndarray, k: int, metric: str) -> np.ndarray:
    """What the ladder's vote makes of places (N, 2)."""
    return vote(points[:, 2].astype(int)[smallest([PAIRWISE[metric](places, points[:, :2])], k)])


def fill(page: Page, label: str, text: str) -> None:
    field = part(page).get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Enter")


def shares(page: Page) -> list[float]:
    text = part(page).locator(".numbers-live", has_text="Of the plane drawn").inner_text()
    return [float(number) for number in re.findall(r"([\d.]+) %", text)]


def assert_map_is(page: Page, points: np.ndarray, k: int, metric: str) -> None:
    counts = np.bincount(answers(CELLS, points, k, metric), minlength=3)
    assert shares(page) == pytest.approx((100 * counts / counts.sum()).tolist(), abs=0.06)  # one decimal is written
    wrong = int((answers(points[:, :2], points, k, metric) != points[:, 2]).sum())
    expect(part(page).locator(".numbers-live", has_text="asked like any place")).to_contain_text(f" {wrong} ")


def test_by_keyboard_alone_the_map_is_the_textbooks_and_all_tasks_are_done(opened):
    points = np.array(values()["points"])
    part(opened).get_by_role("button", name="it vanishes").press("Enter")
    for k, metric in ((1, "L2"), (4, "L1"), (15, "L2"), (15, "L1"), (25, "L2")):
        type_into(part(opened), "k nearest", str(k))
        part(opened).get_by_label("distance", exact=True).select_option(metric)
        assert_map_is(opened, points, k, metric)
    expect(part(opened).locator(".verdict")).to_contain_text("As you said")
    assert shares(opened) == [100, 0, 0]
    type_into(part(opened), "k nearest", "3")
    apart = CELLS[answers(CELLS, points, 3, "L1") != answers(CELLS, points, 3, "L2")].round(2)
    apart = apart[answers(apart, points, 3, "L1") != answers(apart, points, 3, "L2")]
    for name, number in zip("xy", apart[0], strict=True):
        fill(opened, f"probe {name}", f"{number:.2f}")
    expect(part(opened).locator(".tasks li.done")).to_have_count(3)


def test_a_point_and_the_probe_are_dragged_and_the_link_has_it_all(opened, watch, lecture_url):
    def on_screen(x: float, y: float) -> tuple[float, float]:
        part(opened).locator("canvas").scroll_into_view_if_needed()
        box = part(opened).locator("canvas").bounding_box()
        return box["x"] + (x / 1.4 + 1) / 2 * box["width"], box["y"] + (1 - y / 1.4) / 2 * box["height"]

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        opened.mouse.move(*on_screen(*start))
        opened.mouse.down()
        opened.mouse.move(*on_screen(*end), steps=3)
        opened.mouse.up()

    opened.mouse.click(*on_screen(*values()["points"][0][:2]))
    expect(part(opened).get_by_role("textbox", name="point", exact=True)).to_have_value("1")
    assert "points" not in state_in(opened, STEM), "chosen, not moved"
    drag((0.62, 0.4), (-0.5, -1.0))
    drag((0.2, 0.1), (1.0, 1.2))
    state = state_in(opened, STEM)
    assert state["points"][-1] == pytest.approx([-0.5, -1.0, 0], abs=0.02)
    assert state["probe"] == pytest.approx([1.0, 1.2], abs=0.02)
    part(opened).get_by_role("button", name="Add a point at the probe").click()
    part(opened).get_by_label("its class").select_option("2")
    fill(opened, "point", "1")
    part(opened).get_by_role("button", name="Erase it").click()
    state = state_in(opened, STEM)
    points = np.array(state["points"])
    assert len(points) == 25
    assert points[-1].tolist() == [*state["probe"], 2]
    assert_map_is(opened, points, 1, "L2")
    opened.goto("about:blank")
    again = watch.open(f"{lecture_url}#distance;{link_of(STEM, state)}")
    widget(again, STEM)
    assert_map_is(again, points, 1, "L2")
    part(again).get_by_role("button", name="Reset").click()
    assert_map_is(again, np.array(values()["points"]), 1, "L2")
    part(again).get_by_role("button", name="Undo").click()
    assert_map_is(again, points, 1, "L2")
