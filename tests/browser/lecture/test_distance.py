"""Two points and the nearest garments, by mouse and by keyboard."""

import math

import pytest
from playwright.sync_api import Page, expect

from muslin.data.sources import fashion_mnist
from muslin.lecture.garments import test_garments as garments
from muslin.lecture.widgets import neighbours
from muslin.textbook.distances import pairwise_l1, pairwise_l2
from tests.browser.pages import Watch


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#distance")
    for stem in ("neighbours", "distance"):
        page.locator(f"[data-widget={stem}][data-mounted]").scroll_into_view_if_needed()
    return page


def test_points_are_typed_and_moved_by_arrows_and_both_distances_answer(opened):
    part = opened.locator("[data-widget=distance]")
    for name, value in (("a₁", "0"), ("a₂", "0"), ("b₁", "3"), ("b₂", "4")):
        part.get_by_label(name, exact=True).fill(value)
        part.get_by_label(name, exact=True).press("Enter")
    numbers = part.locator(".numbers-live")
    assert numbers.nth(0).inner_text().endswith("7")
    assert "=5" in numbers.nth(1).inner_text().replace(" ", "").replace("\n", "")
    part.get_by_role("slider", name="point b").focus()
    opened.keyboard.press("Shift+ArrowLeft")
    assert part.get_by_label("b₁", exact=True).input_value() == "2"
    distance = math.hypot(2, 4)
    assert f"{distance:.3f}" in numbers.nth(1).inner_text()
    expect(part.locator(".tasks li.done", has_text="L2 distance is 5")).to_have_count(1)


@pytest.mark.parametrize(("metric", "pairwise"), [("L1", pairwise_l1), ("L2", pairwise_l2)])
def test_the_nearest_are_those_of_the_textbook(opened, metric, pairwise):
    part = opened.locator("[data-widget=neighbours]")
    part.get_by_label("distance").select_option(metric)
    part.get_by_role("list", name="garments to choose from").get_by_role("button").nth(7).press("Enter")
    values = neighbours.values()
    shown = [place for place in range(len(values["labels"])) if place % 30 < 3][7]
    rows = values["rows"]
    pictures = garments()[0][rows].reshape(len(rows), -1) / 255
    far = pairwise(pictures[shown : shown + 1], pictures)[0]
    nearest = [place for place in far.argsort(kind="stable") if place != shown][:5]
    expected = [f"{fashion_mnist.CLASSES[values['labels'][place]]}, test picture {rows[place]}" for place in nearest]
    found = part.locator("ol.rack").get_by_role("button")
    expect(found).to_have_count(5)
    assert [each.get_attribute("aria-label").rsplit(", ", 1)[0] for each in found.all()] == expected
