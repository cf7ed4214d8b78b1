"""Entropy, cross-entropy and their gap under the hand."""

import re

import pytest
from playwright.sync_api import Page, expect

from muslin.textbook.information import cross_entropy, entropy, kl_divergence
from tests.browser.pages import Watch


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#surprise")
    page.locator("[data-widget=surprise][data-mounted]").scroll_into_view_if_needed()
    return page


def shown(page: Page) -> list[float]:
    texts = page.locator("[data-widget=surprise] .line-of-gap strong").all_inner_texts()
    return [float(text.split()[0].replace("∞", "inf")) for text in texts]


def type_share(page: Page, which: int, outcome: str, value: str) -> None:
    field = page.get_by_role("textbox", name=f"{outcome}, as a number", exact=True).nth(which)
    field.fill(value)
    field.press("Enter")


def test_the_three_numbers_are_the_textbooks_in_bits_and_in_nats(opened):
    type_share(opened, 0, "Shirt", "0.7")
    p, q = [0.7, 0.15, 0.075, 0.075], [0.25] * 4
    expected = [
        float(measure) for measure in (entropy(p, base=2), cross_entropy(p, q, base=2), kl_divergence(p, q, base=2))
    ]
    assert shown(opened) == pytest.approx(expected, rel=5e-4)
    opened.get_by_label("unit", exact=True).select_option("e")
    assert shown(opened) == pytest.approx(
        [float(entropy(p)), float(cross_entropy(p, q)), float(kl_divergence(p, q))], rel=5e-4
    )


def test_what_is_believed_impossible_costs_infinitely_much_and_says_why(opened):
    opened.get_by_role("button", name="infinite").press("Enter")
    type_share(opened, 1, "Coat", "0")
    assert shown(opened)[1:] == [float("inf")] * 2
    expect(opened.locator("[data-widget=surprise]")).to_contain_text("You believe that Coat never happens, and it does")
    expect(opened.locator("[data-widget=surprise] .verdict")).to_contain_text("As you said")
    opened.get_by_role("button", name="Believe the truth").press("Enter")
    assert shown(opened)[2] == 0
    expect(opened.locator("[data-widget=surprise] .tasks li.done")).to_have_count(2)


def test_the_link_restores_it_and_shares_that_do_not_sum_to_one_are_refused(opened, watch, lecture_url):
    type_share(opened, 0, "Sandal", "0.4")
    there = shown(opened)
    opened.wait_for_function("() => location.hash.includes('surprise=')")
    opened.reload()
    opened.locator("[data-widget=surprise][data-mounted]").scroll_into_view_if_needed()
    assert shown(opened) == there
    opened.goto(f"{lecture_url}?again#surprise;surprise=eyJwIjpbMSwxLDEsMV19")
    opened.locator("[data-widget=surprise][data-mounted]").scroll_into_view_if_needed()
    expect(opened.locator("#banner")).to_contain_text(re.compile("p does not sum to 1"))
