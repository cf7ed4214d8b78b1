"""Twenty garments guessed, by mouse and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from muslin.lecture.widgets import guess
from tests.browser.lecture.links import state_in, widget
from tests.browser.pages import Watch

STEM = "guess"


@pytest.fixture(scope="module")
def values():
    return guess.values()


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#fashion-mnist")
    widget(page, STEM)
    return page


def answer(page: Page, values: dict, labels: list[int], key: str = "") -> None:
    for label in labels:
        button = page.locator(".answers").get_by_role("button", name=values["classes"][label], exact=True)
        button.press(key) if key else button.click()


def test_all_right_by_mouse_beats_people(opened, values):
    deck, place = values["decks"][0], widget(opened, STEM)
    place.get_by_role("button", name="all 20").click()
    answer(opened, values, deck["labels"])
    expect(place.locator("table.rungs tbody tr").first.locator("td").first).to_have_text("20")
    net = sum(a == b for a, b in zip(deck["rungs"][-1]["answers"], deck["labels"], strict=True))
    expect(place.get_by_role("heading", name=f"The ladder’s resnet: {net} of 20")).to_be_visible()
    expect(place.locator(".verdict")).to_contain_text("As you said. It is 20.")
    expect(place.locator(".tasks li.done")).to_have_count(2)


def test_a_mistake_is_opened_by_keyboard_alone(opened, values):
    place = widget(opened, STEM)
    place.get_by_label("Deck").select_option(label="3")
    labels = values["decks"][2]["labels"]
    said = [(label + 1) % 10 if number == 4 else label for number, label in enumerate(labels)]
    answer(opened, values, said, key="Enter")
    true, wrong = (values["classes"][each] for each in (labels[4], said[4]))
    yours = place.get_by_role("group", name="You: confusion matrix")
    yours.get_by_role("button", name=f"{true} called {wrong}: 1", exact=True).press("Enter")
    expect(place.locator(".cell-shown")).to_contain_text(f"{true} called {wrong} by you: 1")
    expect(place.locator(".cell-shown canvas")).to_have_count(1)
    expect(place.locator(".tasks li.done")).to_have_count(3)
    place.get_by_role("button", name="Once more").press("Enter")
    expect(place).to_contain_text("Garment 1 of 20")


def test_what_was_right_is_told_after_each_and_undone(opened, values):
    place = widget(opened, STEM)
    first = values["decks"][0]["labels"][0]
    answer(opened, values, [(first + 1) % 10])
    expect(place).to_contain_text(f"The last was wrong: {values['classes'][first]}.")
    place.get_by_role("button", name="Undo").click()
    expect(place).to_contain_text("Garment 1 of 20")
    answer(opened, values, [first])
    expect(place).to_contain_text(f"The last was right: {values['classes'][first]}.")


def test_the_link_restores_guesses_and_the_open_cell(opened, values, watch):
    labels = values["decks"][0]["labels"]
    answer(opened, values, labels)
    group = widget(opened, STEM).get_by_role("group", name="You: confusion matrix")
    group.get_by_role("button", name="Bag called Bag: 2", exact=True).click()
    assert state_in(opened, STEM) == {"answers": labels, "opened": [0, 8, 8]}
    address = opened.url
    opened.goto("about:blank")
    place = widget(watch.open(address), STEM)
    expect(place.locator(".cell-shown")).to_contain_text("Bag called Bag by you: 2")
