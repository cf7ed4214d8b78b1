"""The page as a whole: its sections, its link, slides, and what a link may not do."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from muslin.lecture.sections import SECTIONS

ROUNDS = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=5), inside, max_size=4),
    max_leaves=12,
)


def test_every_widget_starts_when_it_is_near_and_not_before(watch, lecture_url):
    page = watch.open(lecture_url)
    stems = [stem for section in SECTIONS for stem in section.widgets]
    assert page.locator(".widget").count() == len(stems)
    assert page.locator(".widget[data-mounted]").count() < len(stems)
    for stem in stems:
        page.locator(f".widget[data-widget={stem}]").scroll_into_view_if_needed()
        page.locator(f".widget[data-widget={stem}][data-mounted] .moving > *").first.wait_for(state="attached")
    assert page.get_by_text("could not be started").count() == 0
    packs = [request for request in watch.requests if "/packs/" in request]
    assert len(packs) == len(set(packs)) == len(stems)


@given(
    states=st.dictionaries(
        st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
        st.dictionaries(st.text(max_size=8), PLAIN, min_size=1, max_size=4),
        max_size=3,
    )
)
@ROUNDS
def test_what_a_link_carries_comes_back_to_the_last_bit(linking, states):
    hash_, found = linking.evaluate(
        """async (states) => {
            const { readLink, writeLink } = await import("./parts/link.js");
            const hash = writeLink("perceptron", states);
            return [hash, readLink(hash)];
        }""",
        states,
    )
    assert found == {"section": "perceptron", "states": states, "problems": []}
    assert json.dumps(hash_).isascii()


@pytest.fixture
def linking(watch, lecture_url):
    return watch.open(lecture_url)


@pytest.mark.parametrize(
    "hash_",
    [
        "#<img src=x onerror=alert(1)>",
        "#perceptron;activations=%3Cimg%3E",
        "#" + "a" * 200_001,
        "#perceptron;activations=W10",
    ],
)
def test_a_hostile_link_does_nothing_but_say_so(watch, lecture_url, hash_):
    page = watch.open(lecture_url + hash_)
    page.locator("[data-widget=activations]").scroll_into_view_if_needed()
    page.locator("[data-widget=activations][data-mounted]").wait_for(state="attached")
    assert page.locator("img").count() == 0
    if hash_ != "#<img src=x onerror=alert(1)>":
        expect(page.locator("#banner")).to_contain_text("link")


def test_a_link_to_a_section_shows_it_and_back_goes_back(watch, lecture_url):
    page = watch.open(f"{lecture_url}#surprise")
    expect(page.locator("#surprise h2")).to_be_in_viewport()
    page.get_by_role("navigation").get_by_role("link", name="Perceptron").click()
    expect(page.locator("#perceptron h2")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("#surprise h2")).to_be_in_viewport()


def test_slides_show_one_section_and_are_turned_by_arrows(watch, lecture_url):
    page = watch.open(lecture_url)
    page.get_by_role("button", name="Slides").press("Enter")
    expect(page.locator("#rules")).to_be_visible()
    expect(page.locator("#perceptron")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#mcculloch-pitts h2")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#rules h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#perceptron")).to_be_visible()
    expect(page.get_by_role("banner")).to_be_visible()


def test_a_teacher_hides_what_is_not_wanted(watch, lecture_url):
    page = watch.open(f"{lecture_url}?hide=text,tasks#activations")
    page.locator("[data-widget=activations][data-mounted]").scroll_into_view_if_needed()
    assert page.locator(".told:visible").count() == 0
    assert page.locator(".tasks:visible").count() == 0
    expect(page.locator("[data-widget=activations] .cards")).to_be_visible()


def test_single_keys_can_be_turned_off(watch, lecture_url):
    page = watch.open(f"{lecture_url}#project")
    page.locator("[data-widget=project][data-mounted]").scroll_into_view_if_needed()
    page.get_by_label("main.py", exact=True).focus()
    step = page.get_by_role("textbox", name="step, as a number")
    page.keyboard.press(".")
    expect(step).to_have_value("2")
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Single keys play and step").uncheck()
    page.get_by_label("main.py", exact=True).focus()
    page.keyboard.press(".")
    expect(step).to_have_value("2")
