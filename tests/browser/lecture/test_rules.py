"""Rules about garments fire one by one, explain themselves, and can be moved and rewritten."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets.rules import values
from tests.browser.pages import Watch


@pytest.fixture(scope="module")
def pack() -> dict:
    return values()


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return come(watch.open(f"{lecture_url}#rules"))


def come(page: Page) -> Page:
    page.locator("[data-widget=rules][data-mounted]").scroll_into_view_if_needed()
    return page


def part(page: Page) -> Locator:
    return page.locator("[data-widget=rules]")


def press(page: Page, name: str) -> None:
    part(page).get_by_role("button", name=name, exact=True).press("Enter")


def pick(page: Page, place: int) -> Locator:
    return part(page).locator(".pick").nth(place)


def fired(page: Page) -> list[str]:
    return part(page).locator(".fired li:not(.later) strong:first-child").all_inner_texts()


def done(page: Page) -> Locator:
    return part(page).locator(".tasks li.done")


def threshold(page: Page) -> Locator:
    return part(page).get_by_role("textbox", name=re.compile("as a number"))


def test_rules_fire_one_by_one_by_keyboard_alone(opened, pack):
    bag = pack["labels"].index(8)
    pick(opened, 54).focus()
    opened.keyboard.press("Home")
    opened.keyboard.press("ArrowDown")
    expect(pick(opened, 12)).to_be_focused()
    for _ in range(bag - 12):
        opened.keyboard.press("ArrowRight")
    press(opened, "Reset")
    assert fired(opened) == []
    told = pack["told"][bag]["fired"]
    for count in range(1, len(told) + 1):
        opened.keyboard.press(".")
        assert fired(opened) == [one["rule"] for one in told[:count]]
        numbers = {one["number"] for one in told[count - 1]["conditions"]} - {None}
        looked = part(opened).locator(".measured .looked dt").all_inner_texts()
        assert set(looked) == {number.replace("_", " ") for number in numbers}
    expect(done(opened)).to_have_count(1)
    opened.keyboard.press(",")
    assert len(fired(opened)) == len(told) - 1


def test_certainties_that_agree_are_added_up(opened, pack):
    place, last = next(
        (place, told["fired"][-1]) for place, told in enumerate(pack["told"]) if told["fired"][-1]["before"] > 0
    )
    pick(opened, place).click()
    expect(part(opened).get_by_text(f"combine({last['before']}, {last['evidence']})")).to_be_visible()
    formula = part(opened).locator(".fired + p math")
    assert formula.locator("mn").all_text_contents()[-1] == f"{last['after']:.4g}"


def test_it_says_why_and_why_not(opened, pack):
    wrong = next(place for place, said in enumerate(pack["answers"]) if said != pack["labels"][place])
    pick(opened, wrong).click()
    because = part(opened).locator(".because")
    assert because.inner_text().strip() == pack["told"][wrong]["because"][pack["answers"][wrong]].strip()
    part(opened).get_by_label("Why, or why not,").select_option(str(pack["labels"][wrong]))
    assert because.inner_text().strip() == pack["told"][wrong]["because"][pack["labels"][wrong]].strip()
    assert "does not hold" in because.inner_text()
    expect(done(opened)).to_have_count(1)


def test_a_dragged_threshold_changes_garments_and_accuracy(opened, pack):
    expect(part(opened).locator("strong", has_text="are named rightly")).to_be_hidden()
    press(opened, "about seven in ten")
    press(opened, "Ask about all 10,000")
    expect(part(opened).locator(".verdict")).to_contain_text("As you said")
    part(opened).get_by_label("Rule", exact=True).select_option("1")
    moved = pack["thresholds"][1]
    place = 11
    threshold(opened).fill(str(moved["values"][place]))
    threshold(opened).press("Enter")
    expect(part(opened).get_by_text(f"{100 * moved['accuracy'][place]:.2f} % of 10,000")).to_be_visible()
    changed = [n for n, said in enumerate(moved["answers"][place]) if said != pack["answers"][n]]
    expect(part(opened).locator(".pick.changed")).to_have_count(len(changed))
    assert changed
    best = max(range(len(moved["accuracy"])), key=moved["accuracy"].__getitem__)
    part(opened).get_by_role("slider").focus()
    for _ in range(place - best):
        opened.keyboard.press("ArrowLeft")
    expect(done(opened)).to_have_count(1)
    press(opened, "Undo")
    expect(threshold(opened)).to_have_value(str(int(moved["values"][best + 1])))


def test_a_link_has_it_all(opened, watch):
    pick(opened, 20).click()
    part(opened).get_by_label("Rule", exact=True).select_option("3")
    threshold(opened).fill("0.6")
    threshold(opened).press("Enter")
    press(opened, "Reset")
    press(opened, "Step")
    opened.wait_for_function("() => location.hash.includes('rules=')")
    address, said = opened.url, part(opened).locator(".fired").inner_text()
    opened.goto("about:blank")
    come(watch.open(address))
    expect(threshold(opened)).to_have_value("0.6")
    expect(pick(opened, 20)).to_have_attribute("aria-pressed", "true")
    assert part(opened).locator(".fired").inner_text() == said


def test_rules_are_rewritten_where_python_is_behind(watch, live_url, pack):
    page = come(watch.open(f"{live_url}#rules"))
    area = part(page).get_by_label("Rules, as text")
    better = pack["text"].replace("and leg_gap > 0.2\n", "and leg_gap > 0.15\n")
    area.fill(better)
    press(page, "Try them on 10,000 pictures")
    accuracy = pack["thresholds"][2]["accuracy"][3]
    expect(part(page).get_by_text(f"{100 * accuracy:.2f} % of 10,000 are named rightly, 72.14 %")).to_be_visible()
    expect(done(page)).to_have_count(1)
    pick(page, 0).click()
    expect(pick(page, 0)).to_have_attribute("aria-pressed", "true")
    press(page, "The rules as they were")
    expect(area).to_have_value(pack["text"])
