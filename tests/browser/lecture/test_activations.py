"""Activations and softmax under one's hand, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from muslin.textbook import activations
from tests.browser.pages import Watch

NAMES = ("step", "sigmoid", "tanh", "relu", "gelu")


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#activations")
    page.locator("[data-widget=softmax][data-mounted]").scroll_into_view_if_needed()
    page.locator("[data-widget=activations][data-mounted]").scroll_into_view_if_needed()
    return page


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def number(text: str) -> float:
    return float(re.sub(r" · 10", "e", text).translate(RAISED))


def shown(page: Page, name: str) -> tuple[float, float]:
    """Value and slope on an activation's card."""
    text = (
        page.locator(".card", has=page.locator(f"figcaption:text-is('{name}')")).locator(".numbers-live").inner_text()
    )
    value, slope = re.match(r"value (.+), slope (.+):", text).groups()
    return number(value), number(slope)


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=f"{label}, as a number", exact=True)
    field.fill(text)
    field.press("Enter")


def test_all_cards_show_the_textbooks_numbers(opened):
    for typed in ("1", "-3,5", "0", "17", "−0.75"):
        type_into(opened, "x", typed)
        x = min(4.0, float(typed.replace(",", ".").replace("−", "-")))
        for name in NAMES:
            value, slope = shown(opened, name)
            assert value == pytest.approx(float(getattr(activations, name)(x)), rel=5e-4), typed
            slope_there = float(getattr(activations, f"{name}_gradient")(x))
            assert slope == pytest.approx(slope_there, rel=5e-4, abs=1e-12), typed


def test_a_handle_is_dragged_and_moved_by_arrows(opened):
    knob = opened.get_by_role("slider", name="x on tanh")
    box = knob.bounding_box()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.mouse.down()
    opened.mouse.move(box["x"] - 40, box["y"], steps=4)
    opened.mouse.up()
    field = opened.get_by_role("textbox", name="x, as a number", exact=True)
    dragged = float(field.input_value())
    assert dragged < 1
    expect(knob).to_be_focused()
    opened.keyboard.press("Shift+ArrowRight")
    opened.keyboard.press("ArrowLeft")
    assert float(field.input_value()) == pytest.approx(dragged + 0.45)


def test_what_is_done_stays_in_the_link_and_is_ticked(opened):
    type_into(opened, "x", "-0.75")
    type_into(opened, "x far out", "-1000")
    expect(opened.locator(".tasks li.done")).to_have_count(2)
    opened.wait_for_function("() => location.hash.includes('activations=')")
    opened.reload()
    opened.locator("[data-widget=activations][data-mounted]").scroll_into_view_if_needed()
    expect(opened.get_by_role("textbox", name="x, as a number", exact=True)).to_have_value("-0.75")
    expect(opened.locator(".overflow")).to_contain_text("overflowed on the way")


def test_softmax_answers_to_scores_temperature_and_keyboard(opened):
    shares = opened.locator(".score .share")
    before = shares.all_inner_texts()
    opened.get_by_role("button", name="nothing").press("Enter")
    opened.get_by_role("button", name="Add 3 to every score").press("Enter")
    assert shares.all_inner_texts() == before
    expect(opened.locator("[data-widget=softmax] .verdict")).to_contain_text("As you said")
    scores = [5.0, 4.0, 3.0, 2.0]
    type_into(opened, "temperature T", "2")
    expected = activations.softmax([score / 2 for score in scores])
    said = [float(text.removesuffix(" %")) for text in shares.all_inner_texts()]
    assert said == pytest.approx(100 * expected, abs=0.051)
    type_into(opened, "Coat", "1000")
    assert shares.all_inner_texts()[2] == "100.0 %"
