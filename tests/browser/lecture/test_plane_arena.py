"""Separating colours: two nets with one thing changed take the same steps, and one is ahead."""

import re
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets.plane import values
from muslin.textbook.network import Network
from muslin.textbook.optimizers import adam
from tests.browser.lecture.links import link_of, number, state_in, type_into
from tests.browser.lecture.planes import SETTLED, STEM, part, show
from tests.browser.pages import Watch

SET = values()["sets"]["moons"]
BOUT = 500  # steps


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return show(watch.open(f"{lecture_url}#colours"))


def differ(page: Page, what: str) -> None:
    part(page).get_by_label("what differs").select_option(label=what)


def figure(page: Page, name: str) -> Locator:
    """A net of the arena: its heading, map and numbers."""
    return part(page).locator(".stack", has=page.get_by_role("heading", name=name, exact=True)).last


def losses(page: Page, name: str) -> list[float]:
    """The losses on the points that a net learns and on fresh ones, as they are told."""
    strong = figure(page, name).locator(".numbers-live strong")
    expect(strong).to_have_count(3, timeout=SETTLED)
    return [number(text) for text in strong.all_inner_texts()[:2]]


def learnt(hidden: list[int], steps: int) -> list[float]:
    """What the textbook's net has for losses after so many steps of ten points."""
    network = Network((2, *hidden, 1), seed=0)
    points, labels = np.array(SET["points"]), np.array(SET["labels"])
    for step in range(steps):
        rows = slice(step % 25 * 10, step % 25 * 10 + 10)
        network.step(points[rows], labels[rows], partial(adam, lr=0.03))
    fresh = np.array(SET["test_points"]), np.array(SET["test_labels"])
    return [network.backpropagate(*data).loss for data in ((points, labels), fresh)]


def test_both_play_in_step_to_the_end_of_the_bout_by_keyboard(opened):
    part(opened).get_by_label("points", exact=True).select_option("moons")
    differ(opened, "hidden layers")
    field = part(opened).get_by_label("the other net’s hidden layers")
    field.fill("6-5")
    field.press("Enter")
    mine, other = learnt([4, 2], BOUT), learnt([6, 5], BOUT)
    ahead = "the other net" if other[1] < mine[1] else "this net"
    part(opened).get_by_role("button", name=ahead, exact=True).press("Enter")
    part(opened).get_by_role("button", name="Play").press("Enter")
    verdict = part(opened).get_by_text(f"After {BOUT} steps, fresh points")
    expect(verdict).to_contain_text(f"{ahead} is ahead", timeout=SETTLED)
    assert [number(text) for text in re.findall(r"([\d.]+) for", verdict.inner_text())] == pytest.approx(
        [mine[1], other[1]], rel=1e-3
    )
    expect(part(opened).locator(".verdict", has_text="As you said")).to_be_visible()
    part(opened).get_by_role("button", name="Pause").press("Enter")
    type_into(part(opened), "step", str(BOUT))
    expect(part(opened).locator(".numbers-live").first).to_contain_text("step 500:", timeout=SETTLED)
    expect(figure(opened, "The other net").locator("strong").first).to_have_text(re.compile(f"^{other[0]:.4g}"[:6]))
    assert losses(opened, "This net") == pytest.approx(mine, rel=1e-3)
    assert losses(opened, "The other net") == pytest.approx(other, rel=1e-3)


def test_each_thing_may_differ_and_at_the_start_only_what_it_is_made_of_tells(opened):
    for what in ("optimizer", "learning rate η", "weight decay λ", "batch", "loss, of two colours"):
        differ(opened, what)
        expect(part(opened).get_by_label(f"the other net’s {what}")).to_be_visible()
        assert losses(opened, "This net") == losses(opened, "The other net"), "the same start, judged by the same loss"
    for what in ("hidden layers", "start weights"):
        differ(opened, what)
        expect(part(opened).get_by_label(f"the other net’s {what}")).to_be_visible()
        expect(figure(opened, "The other net")).to_contain_text("layers 8-8" if what == "hidden layers" else "start 2")
        assert losses(opened, "This net") != losses(opened, "The other net")
    field = part(opened).get_by_label("what differs")
    field.select_option(label="nothing: no rival")
    expect(figure(opened, "The other net")).to_be_hidden()
    part(opened).get_by_role("button", name="Undo").press("Enter")
    expect(figure(opened, "The other net")).to_be_visible()
    assert state_in(opened, STEM) == {"rival": ["seed", 1]}


def test_the_link_has_the_rival_and_a_rival_that_breaks_says_so(opened, watch, lecture_url):
    part(opened).get_by_label("activation", exact=True).select_option("relu")
    part(opened).get_by_label("optimizer", exact=True).select_option("momentum")
    type_into(part(opened), "weight decay λ", "1")
    differ(opened, "learning rate η")
    field = part(opened).get_by_label("the other net’s learning rate η")
    field.fill("10")
    field.press("Enter")
    type_into(part(opened), "step", "100")
    broken = part(opened).get_by_text(re.compile(r"At step \d+ the other net broke"))
    expect(broken).to_be_visible(timeout=SETTLED)
    expect(part(opened).locator(".numbers-live").first).to_contain_text("step 100:", timeout=SETTLED)
    state = state_in(opened, STEM)
    assert state["rival"] == ["lr", 10]
    opened.goto("about:blank")
    again = show(watch.open(f"{lecture_url}#colours;{link_of(STEM, state)}"))
    expect(part(again).get_by_text(re.compile(r"At step \d+ the other net broke"))).to_be_visible(timeout=SETTLED)
    assert state_in(again, STEM) == state
    field = part(again).get_by_label("the other net’s learning rate η")
    field.fill("0.001")
    field.press("Enter")
    assert all(np.isfinite(losses(again, "The other net")))
    expect(part(again).get_by_text("the other net broke")).to_be_hidden()
