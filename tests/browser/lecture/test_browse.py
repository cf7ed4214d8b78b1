"""Four hundred garments, by mouse and by keyboard."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets import browse
from tests.browser.lecture.links import state_in, widget
from tests.browser.pages import Watch

STEM = "browse"


@pytest.fixture(scope="module")
def values():
    return browse.values()


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#fashion-mnist")
    widget(page, STEM)
    return page


def tile(page: Page, values: dict, place: int) -> Locator:
    name = f"{values['classes'][values['labels'][place]]}, test picture {values['places'][place]}"
    return page.locator(".garments").get_by_role("button", name=name, exact=True)


def test_what_is_pointed_at_is_shown_and_what_is_clicked_stays(opened, values):
    tile(opened, values, 7).hover()
    shown = opened.locator(".garment-shown")
    expect(shown).to_contain_text(f"test picture {values['places'][7]}")
    answers = [values["classes"][rung["answers"][7]] for rung in values["rungs"]]
    expect(shown.locator(".rungs tbody td.text")).to_have_text(answers)
    expect(shown.locator(".nearest .numbers-live")).to_have_text([f"{each:.2f}" for each in values["distances"][7]])
    tile(opened, values, 9).click()
    opened.mouse.move(1, 1)
    expect(shown).to_contain_text(f"test picture {values['places'][9]}")


def test_it_is_filtered_and_searched(opened, values):
    place = widget(opened, STEM)
    place.get_by_label("Class", exact=True).select_option("8")
    count = place.locator("p[role=status].faint")
    expect(count).to_have_text("40 of 400")
    bag = values["labels"].index(8)
    field = place.get_by_label("Search")
    field.fill(f"picture {values['places'][bag]}")
    expect(tile(opened, values, bag)).to_be_visible()
    field.fill("nothing like it")
    expect(count).to_have_text("0 of 400")
    field.fill("")
    place.get_by_label("Class", exact=True).select_option("all")
    place.get_by_label("Only those that most rungs get wrong").check()
    right = (np.array([rung["answers"] for rung in values["rungs"]]) == values["labels"]).sum(0)
    expect(count).to_have_text(f"{(right < 6).sum()} of 400")


def test_keyboard_alone_does_all_tasks(opened, values):
    labels, near = np.array(values["labels"]), np.array(values["near"])
    answers = np.array([rung["answers"] for rung in values["rungs"]])
    lonely = int(((labels[near] != labels[:, None]).all(1)).argmax())
    alone = int((((answers == labels).sum(0) <= 2) & (answers[-1] == labels)).argmax())
    tile(opened, values, 0).focus()
    opened.keyboard.press("ArrowRight")
    expect(tile(opened, values, 1)).to_be_focused()
    opened.keyboard.press("End")
    expect(tile(opened, values, 399)).to_be_focused()
    opened.keyboard.press("ArrowUp")
    expect(tile(opened, values, 399)).not_to_be_focused()
    tile(opened, values, alone).press("Enter")
    tile(opened, values, lonely).press("Enter")
    first = opened.locator(".garment-shown .nearest button").first
    first.press("Enter")
    expect(first).to_be_focused()
    expect(widget(opened, STEM).locator(".tasks li.done")).to_have_count(3)


def test_the_question_is_answered_by_what_was_recorded(opened, values):
    labels, nearest = np.array(values["labels"]), np.array(values["near"])[:, 0]
    asked = (1, 5, 6, 8)
    strays = [int((labels[nearest[labels == label]] != label).sum()) for label in asked]
    worst = asked[int(np.argmax(strays))]
    place = widget(opened, STEM)
    place.locator(".predict").get_by_role("button", name=values["classes"][worst]).click()
    tile(opened, values, int(np.flatnonzero(labels == worst)[0])).click()
    expect(place.locator(".verdict")).to_contain_text(f"As you said. Of Trouser {strays[0]}, Sandal {strays[1]}")


def test_the_link_restores_it(opened, values, watch):
    tile(opened, values, 33).click()
    widget(opened, STEM).get_by_label("Class", exact=True).select_option(str(values["labels"][33]))
    state = state_in(opened, STEM)
    assert state == {"chosen": 33, "label": values["labels"][33]}
    address = opened.url
    opened.goto("about:blank")
    again = watch.open(address)
    expect(widget(again, STEM).locator("p[role=status].faint")).to_have_text("40 of 400")
    expect(tile(again, values, 33)).to_have_attribute("aria-pressed", "true")
