"""A garment is found by questions; what each told is what the textbook's entropy says of the known garments."""

import re
from base64 import b64decode

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets import questions
from muslin.textbook.information import entropy
from tests.browser.lecture.links import link_of, press, state_in, widget
from tests.browser.pages import Watch

STEM = "questions"
VALUES = questions.values()
KNOWN = np.frombuffer(b64decode(VALUES["known"]["answers"]), np.uint8).reshape(2000, -1).astype(bool)
LABELS = np.array(VALUES["known"]["labels"])
SECRET = np.array(VALUES["answers"], dtype=bool)


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#surprise")
    widget(page, STEM)
    return page


def part(page: Page) -> Locator:
    return page.locator(f"[data-widget={STEM}]")


def ask(page: Page, question: int) -> None:
    part(page).get_by_label("Question", exact=True).select_option(str(question))
    press(part(page), "Ask")


def bits(where: np.ndarray) -> float:
    return float(entropy(np.bincount(LABELS[where]) / where.sum(), base=2))


def alike(garment: int, asked: list[int]) -> np.ndarray:
    return (KNOWN[:, asked] == SECRET[garment, asked]).all(axis=1)


def told(page: Page) -> list[list[float]]:
    lines = part(page).locator(".asked li").all_inner_texts()
    return [[float(text.replace("−", "-")) for text in re.findall(r"[-−]?\d+\.\d\d", line)[-3:]] for line in lines]


def test_the_best_questions_find_a_garment_by_keyboard_alone(opened):
    best_first = int(np.argmax(VALUES["bits"]))
    part(opened).locator(".predict").get_by_role("button", name=VALUES["questions"][best_first]).press("Enter")
    asked: list[int] = []
    expected = []
    for _ in range(5):
        before = alike(0, asked)
        worth = questions.expected_bits(KNOWN[before], LABELS[before])
        best = int(np.argmax(worth))
        ask(opened, best)
        asked.append(best)
        expected.append([bits(before) - bits(alike(0, asked)), worth[best], worth[best]])
    assert np.array(told(opened)) == pytest.approx(np.array(expected), abs=0.0051)
    expect(part(opened).locator(".predict .verdict")).to_contain_text("As you said")
    left = alike(0, asked)
    expect(part(opened)).to_contain_text(f"{left.sum():,} of 2,000 known garments answer so")
    shares = [
        float(text.removesuffix(" %"))
        for text in part(opened).locator(".share-line > span:last-child").all_inner_texts()
    ]
    assert shares == pytest.approx((100 * np.bincount(LABELS[left], minlength=10) / left.sum()).tolist(), abs=0.51)
    press(part(opened), VALUES["classes"][VALUES["labels"][0]])
    expect(part(opened)).to_contain_text("Right: it is")
    expect(part(opened).locator(".secret .garment")).to_have_attribute(
        "aria-label", VALUES["classes"][VALUES["labels"][0]]
    )
    expect(part(opened).locator(".tasks li.done")).to_have_count(1)


def test_an_answer_that_tells_nothing_one_that_costs_and_the_link(opened, watch, lecture_url):
    first = int(np.argmax(VALUES["bits"]))
    garment, second = next(
        (garment, question)
        for garment in range(len(SECRET))
        for question in range(SECRET.shape[1])
        if bits(alike(garment, [first, question])) > bits(alike(garment, [first])) + 0.01
    )
    for _ in range(garment):
        press(part(opened), "Another garment")
    for question in (first, second, second):
        ask(opened, question)
    costs, nothing = told(opened)[1:]
    assert costs[0] == pytest.approx(bits(alike(garment, [first])) - bits(alike(garment, [first, second])), abs=0.0051)
    assert costs[0] < 0
    assert nothing[:2] == [0, 0]
    expect(part(opened).locator(".tasks li.done")).to_have_count(2)
    state = state_in(opened, STEM)
    assert state["asked"] == [first, second, second]
    opened.goto("about:blank")
    again = watch.open(f"{lecture_url}#surprise;{link_of(STEM, state)}")
    widget(again, STEM)
    expect(part(again).locator(".asked li")).to_have_count(3)
    press(part(again), "Back")
    expect(part(again).locator(".asked li")).to_have_count(2)
    press(part(again), "Undo")
    expect(part(again).locator(".asked li")).to_have_count(3)
