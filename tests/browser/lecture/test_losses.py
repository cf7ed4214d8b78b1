"""Six losses under one handle."""

import re

import pytest
from playwright.sync_api import Page, expect

from muslin.textbook import losses
from tests.browser.pages import Watch


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#losses")
    page.locator("[data-widget=losses][data-mounted]").scroll_into_view_if_needed()
    return page


def shown(page: Page, name: str) -> tuple[float, float]:
    """Loss and gradient on a card."""
    card = page.locator("[data-widget=losses] .card", has=page.locator(f"figcaption:text-is('{name}')"))
    text = card.locator(".numbers-live").filter(has_text="gradient").first.inner_text().replace("−", "-")
    loss, gradient = re.search(r"loss (\S+), gradient (\S+)", text).groups()
    return float(loss), float(gradient)


@pytest.mark.parametrize("x", [0.0, -1.5, 3.0])
def test_loss_and_gradient_are_the_textbooks(opened, x):
    field = opened.get_by_role("textbox", name="output or score x, as a number")
    field.fill(str(x))
    field.press("Enter")
    scores = [[x, 0.0, -2.0]]
    outputs, targets = [x, 1.0, 1.0, 1.0], [1.0] * 4
    expected = {
        "L1": (losses.l1_loss(outputs, targets), losses.l1_loss_gradient(outputs, targets)[0]),
        "L2": (losses.l2_loss(outputs, targets), losses.l2_loss_gradient(outputs, targets)[0]),
        "Hinge": (losses.hinge_loss(scores, [0]), losses.hinge_loss_gradient(scores, [0])[0, 0]),
        "Cross-entropy": (
            losses.cross_entropy_with_logits(scores, [0]),
            losses.cross_entropy_with_logits_gradient(scores, [0])[0, 0],
        ),
        "Binary cross-entropy": (
            losses.binary_cross_entropy_with_logits([x], [1.0]),
            losses.binary_cross_entropy_with_logits_gradient([x], [1.0])[0],
        ),
    }
    for name, (loss, gradient) in expected.items():
        assert shown(opened, name) == pytest.approx((float(loss), float(gradient)), rel=1e-3, abs=1e-4), name


def test_a_handle_moves_by_arrows(opened):
    knob = opened.locator("[data-widget=losses]").get_by_role("slider").filter(has=opened.locator(".knob")).first
    knob.focus()
    opened.keyboard.press("Shift+ArrowRight")
    field = opened.get_by_role("textbox", name="output or score x, as a number")
    expect(field).not_to_have_value("0")


def test_a_mistaken_value_is_undone_and_all_is_reset(opened):
    widget = opened.locator("[data-widget=losses]")
    field = opened.get_by_role("textbox", name="output or score x, as a number")
    for value in ("2", "-3"):
        field.fill(value)
        field.press("Enter")
    widget.get_by_label("target t").select_option("0")
    widget.get_by_role("button", name="Undo").press("Enter")
    widget.get_by_role("button", name="Undo").press("Enter")
    expect(field).to_have_value("2")
    expect(widget.get_by_label("target t")).to_have_value("1")
    widget.get_by_role("button", name="Reset").press("Enter")
    expect(field).to_have_value("0")
    widget.get_by_role("button", name="Undo").press("Enter")
    expect(field).to_have_value("2")
