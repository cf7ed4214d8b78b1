"""The kernel in the hand, by mouse and by keyboard."""

import re

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import Page, expect

from muslin.lecture.garments import test_garments as garments
from muslin.lecture.widgets.kernel import GARMENTS, KERNELS, learnt
from tests.browser.lecture.links import open_table
from tests.browser.pages import Watch

HAND = "Window over the garment"


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return mounted(watch.open(f"{lecture_url}#resnet"))


def mounted(page: Page) -> Page:
    page.locator("[data-widget=kernel]").scroll_into_view_if_needed()
    page.locator("[data-widget=kernel][data-mounted]").scroll_into_view_if_needed()
    return page


def sums(kernel: str | list[float], garment: int = 0, **place: int) -> torch.Tensor:
    """What a kernel, by its name or its weights, makes of a garment."""
    images, _ = garments()
    picture = torch.from_numpy(images[GARMENTS[garment]]).double() / 255
    weights = torch.tensor(KERNELS[kernel] if isinstance(kernel, str) else kernel, dtype=torch.float64).reshape(
        1, 1, 3, 3
    )
    return F.conv2d(picture[None, None], weights, **place)[0, 0]


def seen(page: Page) -> tuple[int, int, float]:
    """The window's row, column and sum."""
    text = page.get_by_role("slider", name=HAND).get_attribute("aria-valuetext")
    row, column, value = re.match(r"row (\d+), column (\d+): (.+)", text).groups()
    return int(row), int(column), float(value.replace("−", "-"))


def assert_is_computed(page: Page, expected: torch.Tensor) -> None:
    row, column, value = seen(page)
    assert value == pytest.approx(expected[row, column].item(), rel=1e-3, abs=1e-9)
    total = page.locator(".nine .total").text_content().replace("−", "-")
    assert float(total) == pytest.approx(value)


def test_the_window_is_dragged(opened):
    assert_is_computed(opened, sums("upright edges"))
    box = opened.locator(".hand canvas").bounding_box()
    opened.mouse.move(box["x"] + 10, box["y"] + 10)
    opened.mouse.down()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4, steps=5)
    opened.mouse.up()
    assert seen(opened)[:2] == (6, 13)
    assert_is_computed(opened, sums("upright edges"))
    opened.locator("[data-widget=kernel] figure canvas").nth(1).click(position={"x": 5, "y": 5})
    assert seen(opened)[:2] == (0, 0)


def test_keyboard_alone_moves_types_and_does_all_tasks(opened):
    hand = opened.get_by_role("slider", name=HAND)
    hand.focus()
    for key in ("ArrowRight", "Shift+ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"):
        opened.keyboard.press(key)
    assert seen(opened)[:2] == (17, 8)
    opened.keyboard.press(".")
    assert seen(opened)[:2] == (17, 9)
    assert_is_computed(opened, sums("upright edges"))
    opened.keyboard.press("Control+z")
    opened.get_by_role("button", name="To the end").press("Enter")
    assert seen(opened)[:2] == (25, 25)
    best = sums("upright edges")
    row, column = divmod(int(best.argmax()), 26)
    for label, value in (("Row", row), ("Column", column)):
        field = opened.get_by_role("textbox", name=label, exact=True)
        field.fill(str(value))
        field.press("Enter")
    opened.get_by_label("Padding", exact=True).select_option("1")
    upper = opened.get_by_role("textbox", name="Weight, upper", exact=True)
    for name, value in (("Weight, upper left", "0"), ("Weight, middle", "1")):
        field = opened.get_by_role("textbox", name=name, exact=True)
        field.fill(value)
        field.press("Enter")
    upper.fill("-2")
    upper.press("Enter")
    expect(opened.locator("[data-widget=kernel] .tasks li.done")).to_have_count(3)
    upper.fill("1000")
    upper.press("Enter")
    expect(upper).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(("kernel", "garment", "stride", "padding"), [("blur", 2, 2, 1), ("sharpen", 5, 3, 2)])
def test_stride_padding_and_kernel_are_torchs(opened, kernel, garment, stride, padding):
    opened.get_by_role("button", name="14 x 14").click()
    opened.get_by_role("button", name=kernel, exact=True).click()
    opened.get_by_label("Garment", exact=True).select_option(str(garment))
    opened.get_by_label("Stride").select_option(str(stride))
    opened.get_by_label("Padding", exact=True).select_option(str(padding))
    opened.get_by_label("Pooling", exact=True).select_option("max")
    assert_is_computed(opened, sums(kernel, garment, stride=stride, padding=padding))
    expect(opened.get_by_text("Pooled", exact=True)).to_be_visible()
    expect(opened.locator("[data-widget=kernel] .verdict")).to_contain_text(
        "As you said" if (stride, padding) == (2, 1) else "Now let it happen"
    )
    cells = open_table(opened.locator("[data-widget=kernel]")).locator("tr").nth(3).locator("td").all_inner_texts()
    expected = sums(kernel, garment, stride=stride, padding=padding)[3]
    assert [float(cell.replace("−", "-")) for cell in cells] == pytest.approx(expected.tolist(), abs=0.0051)


def test_it_plays_only_when_asked_and_stops_at_the_end(opened):
    widget = opened.locator("[data-widget=kernel]")
    opened.get_by_label("Stride").select_option("3")
    hand = opened.get_by_role("slider", name=HAND)
    hand.press("Home")
    expect(hand).to_have_attribute("aria-valuenow", "0")
    widget.get_by_role("button", name="Play").click()
    expect(widget.get_by_role("button", name="Pause")).to_be_visible()
    expect(hand).to_have_attribute("aria-valuenow", "80")
    expect(widget.get_by_role("button", name="Pause")).to_have_count(0)


def test_the_link_restores_it(opened, watch):
    opened.get_by_role("button", name="blur").click()
    opened.get_by_label("Stride").select_option("2")
    opened.get_by_label("Garment", exact=True).select_option("4")
    opened.get_by_role("slider", name=HAND).press("ArrowDown")
    before = seen(opened)
    opened.evaluate("dispatchEvent(new Event('pagehide'))")
    address = opened.evaluate("location.href")
    opened.goto("about:blank")
    again = mounted(watch.open(address))
    assert seen(again) == before
    expect(again.get_by_role("button", name="blur")).to_have_attribute("aria-pressed", "true")


def test_a_kernel_that_a_net_has_learnt_is_taken_into_the_hand(opened):
    kernels = learnt(None)["weights"]
    opened.locator("details.learnt summary").press("Enter")
    buttons = opened.get_by_role("group", name="Learnt kernels").get_by_role("button")
    expect(buttons).to_have_count(len(kernels))
    buttons.nth(2).press("Enter")
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "true")
    assert_is_computed(opened, sums(kernels[2]))
    buttons.nth(0).click()
    expect(buttons.nth(2)).to_have_attribute("aria-pressed", "false")
    assert_is_computed(opened, sums(kernels[0]))
