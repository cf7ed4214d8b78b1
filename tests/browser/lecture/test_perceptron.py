"""The perceptron is dragged, typed and stepped, by mouse and by keyboard alone, and learns as the textbook's does."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets.perceptron import values
from muslin.textbook.neuron import train_perceptron
from tests.browser.pages import Watch

SETS = {one["name"]: np.array(one["points"]) for one in values()["sets"]}
SHOWN = 14  # mistakes that the page begins with


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return come(watch.open(f"{lecture_url}#perceptron"))


def come(page: Page) -> Page:
    page.locator("[data-widget=perceptron][data-mounted]").scroll_into_view_if_needed()
    return page


def part(page: Page) -> Locator:
    return page.locator("[data-widget=perceptron]")


def press(page: Page, name: str) -> None:
    part(page).get_by_role("button", name=name, exact=True).click()


def field(page: Page, name: str) -> Locator:
    return part(page).get_by_role("textbox", name=name, exact=True)


def type_into(page: Page, name: str, text: str) -> None:
    field(page, name).fill(text)
    field(page, name).press("Enter")


def line(page: Page) -> list[float]:
    return [float(field(page, name).input_value().replace(",", ".")) for name in ("w₁", "w₂", "b")]


def choose(page: Page, name: str) -> None:
    part(page).get_by_label("Points", exact=True).and_(page.locator("select")).select_option(name)


def points(page: Page) -> Locator:
    return part(page).locator(".point")


def centre(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def told(page: Page, text: str | re.Pattern[str]) -> Locator:
    return part(page).locator("p:not(.unseen)", has_text=text)


def done(page: Page) -> Locator:
    return part(page).locator(".tasks li.done")


def play_to_rest(page: Page) -> None:
    part(page).get_by_label("Speed").select_option("100")
    press(page, "Play")
    expect(told(page, "At rest after")).to_be_visible()


def test_each_step_is_the_textbooks_forwards_and_back(opened):
    history = train_perceptron(SETS["narrow"][:, :2], SETS["narrow"][:, 2].astype(int))
    press(opened, "Reset")
    assert line(opened) == [0, 0, 0]
    for step in history.lines:
        press(opened, "Step")
        assert line(opened) == pytest.approx([*step.weights, step.bias], abs=1e-5)
        expect(part(opened).locator(".point.lit")).to_have_attribute(
            "aria-label", re.compile(f"^point {step.sample + 1},")
        )
    expect(
        told(opened, f"At rest after {len(history.lines)} mistakes in {len(history.mistakes)} epochs")
    ).to_be_visible()
    press(opened, "Back")
    before = history.lines[-2]
    assert line(opened) == pytest.approx([*before.weights, before.bias], abs=1e-5)


def test_the_formula_has_the_numbers_of_the_mistake(opened):
    history = train_perceptron(SETS["narrow"][:, :2], SETS["narrow"][:, 2].astype(int))
    last, before = history.lines[SHOWN - 1], history.lines[SHOWN - 2]
    x = SETS["narrow"][last.sample]
    said = part(opened).locator(".working code").inner_text()
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", said)]
    assert numbers == pytest.approx([*x, *before.weights, before.bias], abs=1e-3)


def test_it_rests_below_the_bound_by_keyboard_alone(opened):
    choose(opened, "hair")
    part(opened).get_by_role("slider", name="The line: move it").focus()
    for _ in range(60):
        opened.keyboard.press(".")
    history = train_perceptron(SETS["hair"][:, :2], SETS["hair"][:, 2].astype(int))
    assert line(opened) == pytest.approx([*history.weights, history.bias], abs=1e-5)
    expect(told(opened, re.compile(r"^51 of at most 792\.6 mistakes"))).to_be_visible()
    expect(done(opened)).to_have_count(1)
    opened.keyboard.press(",")
    assert line(opened) != pytest.approx([*history.weights, history.bias], abs=1e-5)


def test_xor_goes_round_for_ever(opened):
    press(opened, "never")
    choose(opened, "xor")
    for _ in range(23):
        press(opened, "Step")
    expect(told(opened, "it goes round for ever")).to_be_visible()
    expect(part(opened).locator(".verdict")).to_contain_text("As you said")
    press(opened, "Play")
    press(opened, "Pause")


def test_the_line_is_typed_dragged_and_moved_by_arrows(opened):
    for name, text in (("w₁", "-1"), ("w₂", "-2"), ("b", "0,5")):
        type_into(opened, name, text)
    assert line(opened) == [-1, -2, 0.5]
    expect(done(opened)).to_have_count(1)
    mover, turner = (part(opened).get_by_role("slider", name=f"The line: {does} it") for does in ("move", "turn"))
    mover.focus()
    opened.keyboard.press("ArrowUp")
    assert line(opened) == pytest.approx([-1, -2, 0.6], abs=2e-3)
    x, y = centre(turner)
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x + 60, y - 40, steps=5)
    opened.mouse.up()
    turned = line(opened)
    assert np.hypot(*turned[:2]) == pytest.approx(np.sqrt(5), abs=2e-3)
    assert turned[:2] != [-1, -2]
    press(opened, "Undo")
    assert line(opened) == pytest.approx([-1, -2, 0.6], abs=2e-3)


def test_points_of_ones_own_by_mouse(opened):
    choose(opened, "wide")
    ground = part(opened).locator(".ground").bounding_box()
    opened.mouse.click(ground["x"] + 20, ground["y"] + 20)
    expect(points(opened)).to_have_count(25)
    x, y = centre(points(opened).last)
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x + 50, y + 30, steps=5)
    opened.mouse.up()
    x_now, y_now = centre(points(opened).last)
    assert (x_now - x, y_now - y) == pytest.approx((50, 30), abs=1.5)
    press(opened, "Flip")
    expect(points(opened).last).to_have_class(re.compile("c0"))
    press(opened, "Erase")
    expect(points(opened)).to_have_count(24)
    for _ in range(4):
        press(opened, "Undo")
    expect(points(opened)).to_have_count(24)
    expect(part(opened).get_by_label("Points", exact=True).and_(opened.locator("select"))).to_have_value("wide")


def test_points_of_ones_own_by_keyboard_until_it_never_rests(opened):
    choose(opened, "and")
    play_to_rest(opened)
    points(opened).first.focus()
    opened.keyboard.press("PageDown")
    opened.keyboard.press("Shift+ArrowUp")
    expect(points(opened).nth(1)).to_have_attribute("aria-label", re.compile("at 0, 1.4:"))
    opened.keyboard.press("ArrowDown")
    type_into(opened, "x₂ of the point", "1")
    points(opened).first.focus()
    opened.keyboard.press("f")
    expect(points(opened).first).to_have_attribute("aria-label", re.compile("class 1"))
    part(opened).get_by_role("button", name="Play").press("Enter")
    expect(told(opened, "it goes round for ever")).to_be_visible()
    expect(done(opened)).to_have_count(1)
    part(opened).get_by_role("button", name="Pause").press("Enter")
    points(opened).first.focus()
    opened.keyboard.press("Delete")
    expect(points(opened)).to_have_count(3)


def test_a_bias_inside_the_sum_misleads(opened):
    choose(opened, "and")
    part(opened).get_by_label("The mistake: bias inside the sum").check()
    expect(told(opened, "the bias counts once for each input")).to_be_visible()
    play_to_rest(opened)
    weights, bias = np.array(line(opened)[:2]), line(opened)[2]
    answers = SETS["and"][:, :2] @ weights
    targets = SETS["and"][:, 2]
    assert ((answers + 2 * bias >= 0) == targets).all()
    wrong = int(((answers + bias >= 0) != targets).sum())
    assert wrong > 0
    expect(told(opened, f"is wrong about {wrong} of 4 points")).to_be_visible()
    expect(done(opened)).to_have_count(1)


def test_a_link_has_it_all(opened, watch):
    choose(opened, "squares")
    press(opened, "New start")
    press(opened, "Step")
    part(opened).get_by_role("button", name="Add a point").click()
    press(opened, "Step")
    wanted, count = line(opened), points(opened).count()
    opened.wait_for_function("() => location.hash.includes('perceptron=')")
    address = opened.url
    opened.goto("about:blank")
    come(watch.open(address))
    expect(points(opened)).to_have_count(count)
    assert line(opened) == wanted
