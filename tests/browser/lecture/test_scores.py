"""Scores of a garment are pixels times templates plus biases, and answer to each pixel and each bias."""

import re
from base64 import b64decode

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets import scores
from muslin.textbook.losses import cross_entropy_with_logits, hinge_loss
from tests.browser.lecture.links import link_of, press, state_in, type_into, widget
from tests.browser.pages import Watch

STEM = "scores"
VALUES = scores.values()
PICTURES = np.frombuffer(b64decode(VALUES["pictures"]), np.uint8).reshape(-1, 784) / 255
LEARNT = {
    name: [np.frombuffer(b64decode(record[part]), "<f4").astype(float) for part in ("weights", "bias")]
    for name, record in VALUES["templates"].items()
}


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#losses")
    widget(page, STEM)
    return page


def part(page: Page) -> Locator:
    return page.locator(f"[data-widget={STEM}]")


def scored(pixels: np.ndarray, name: str, shifts: np.ndarray) -> np.ndarray:
    weights, bias = LEARNT[name]
    return weights.reshape(10, 784) @ pixels + bias + shifts


def number(text: str) -> float:
    return float(text.replace("−", "-").removesuffix(" %"))


def assert_scores_are(page: Page, pixels: np.ndarray, label: int, shifts: np.ndarray) -> None:
    expected = {name: scored(pixels, name, shifts) for name in LEARNT}
    rows = [row.locator("td").all_inner_texts() for row in part(page).locator("tbody tr").all()]
    for column, name in ((0, "softmax"), (2, "hinge")):
        assert [number(row[column]) for row in rows] == pytest.approx(expected[name].tolist(), abs=0.0051)
        said = part(page).locator(".numbers-live", has_text=f"{name} says").inner_text()
        assert VALUES["classes"][int(expected[name].argmax())] in said
        loss = number(re.search(r"loss (\S+)", said)[1])
        textbook = {"softmax": cross_entropy_with_logits, "hinge": hinge_loss}[name]
        assert loss == pytest.approx(float(textbook([expected[name]], [label])), abs=6e-4)


def test_by_keyboard_alone_every_score_is_the_textbooks_and_all_tasks_are_done(opened):
    shifts = np.zeros(10)
    assert_scores_are(opened, PICTURES[0], VALUES["labels"][0], shifts)
    press(part(opened), "nothing")
    press(part(opened), "Add 1 to every bias")
    assert_scores_are(opened, PICTURES[0], VALUES["labels"][0], shifts + 1)
    expect(part(opened).locator(".verdict")).to_contain_text("As you said")
    press(part(opened), "Reset")
    answers = {name: [int(scored(x, name, shifts).argmax()) for x in PICTURES] for name in LEARNT}
    differs = next(at for at in range(len(PICTURES)) if answers["softmax"][at] != answers["hinge"][at])
    tiles = part(opened).locator(".rack-tile")
    tiles.nth(differs).press("Enter")
    assert_scores_are(opened, PICTURES[differs], VALUES["labels"][differs], shifts)
    expect(part(opened).locator(".tasks li.done")).to_have_count(1)

    labels = np.array(VALUES["labels"])
    gaps = np.array([np.diff(np.sort(scored(x, "softmax", shifts))[-2:])[0] for x in PICTURES])
    gaps[np.array(answers["softmax"]) != labels] = np.inf
    close = int(gaps.argmin())
    right, rival = np.argsort(scored(PICTURES[close], "softmax", shifts))[::-1][:2].tolist()
    tiles.nth(close).press("Enter")
    part(opened).get_by_label("template of").select_option(str(rival))
    shifts[rival] = round(float(gaps[close]) + 0.1, 1)
    type_into(part(opened), "added to its bias", str(shifts[rival]))
    assert_scores_are(opened, PICTURES[close], right, shifts)
    expect(part(opened).locator(".tasks li.done")).to_have_count(2)
    press(part(opened), "Undo")

    weights = LEARNT["softmax"][0].reshape(10, 784)
    slope = weights[rival] - weights[right]
    pixels = PICTURES[close].copy()
    wanted = (slope > 0).astype(float)
    worth = slope * (wanted - pixels)
    for place in np.argsort(worth)[::-1][:10].tolist():
        for label, value in (("row", place // 28), ("column", place % 28)):
            field = part(opened).get_by_role("textbox", name=label, exact=True)
            field.fill(str(value))
            field.press("Enter")
        type_into(part(opened), "this pixel", str(int(255 * wanted[place])))
        pixels[place] = wanted[place]
    assert_scores_are(opened, pixels, right, np.zeros(10))
    assert scored(pixels, "softmax", np.zeros(10)).argmax() != right
    expect(part(opened).locator(".tasks li.done")).to_have_count(3)


def test_a_pressed_pixel_is_chosen_and_the_link_has_it_all(opened, watch, lecture_url):
    template = part(opened).get_by_role("img", name="the template")
    cell = template.bounding_box()["width"] / 28
    template.click(position={"x": 10.5 * cell, "y": 3.5 * cell})
    expect(part(opened).get_by_role("textbox", name="row", exact=True)).to_have_value("3")
    expect(part(opened).get_by_role("textbox", name="column", exact=True)).to_have_value("10")
    type_into(part(opened), "this pixel", "12")
    part(opened).get_by_label("templates learnt by").select_option("hinge")
    part(opened).get_by_label("template of").select_option("9")
    type_into(part(opened), "added to its bias", "-2.5")
    state = state_in(opened, STEM)
    pixels, shifts = PICTURES[0].copy(), np.zeros(10)
    pixels[3 * 28 + 10], shifts[9] = 12 / 255, -2.5
    opened.goto("about:blank")
    again = watch.open(f"{lecture_url}#losses;{link_of(STEM, state)}")
    widget(again, STEM)
    assert_scores_are(again, pixels, VALUES["labels"][0], shifts)
    expect(part(again).get_by_label("templates learnt by")).to_have_value("hinge")
    sums = [number(text) for text in re.findall(r"[−-]?\d+\.\d+", part(again).locator(".working").inner_text())]
    weights, bias = LEARNT["hinge"]
    assert sums == pytest.approx(
        [weights.reshape(10, 784)[9] @ pixels, bias[9] - 2.5, scored(pixels, "hinge", shifts)[9]], abs=6e-4
    )
