"""The residual laboratory, by mouse and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from muslin.lecture.widgets import residual
from tests.browser.lecture.links import open_table
from tests.browser.pages import Watch

WIDGET = "[data-widget=residual]"


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return mounted(watch.open(f"{lecture_url}#resnet"))


def mounted(page: Page) -> Page:
    page.locator(WIDGET).scroll_into_view_if_needed()
    page.locator(f"{WIDGET}[data-mounted]").scroll_into_view_if_needed()
    return page


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=label, exact=True)
    field.fill(text)
    field.press("Enter")


def test_the_cards_and_the_table_show_what_was_recorded(opened):
    record = residual.values()
    opened.get_by_label("Layers").select_option("8")
    type_into(opened, "Moment, as a number", "12")
    net = next(each for each in record["nets"] if each["depth"] == 8 and each["norms"] and each["skips"])
    card = opened.locator(f"{WIDGET} .card").first
    expect(card).to_contain_text(f"With skips, step {record['steps'][12]}")
    expect(card).to_contain_text(f"loss {net['loss'][12]:.3g}")
    figure = opened.locator(f"{WIDGET} figure").first
    cells = open_table(figure).locator("tr td:nth-child(2)").all_inner_texts()
    assert [float(cell.replace("−", "-")) for cell in cells] == pytest.approx(net["gradient"][12], rel=1e-3)


def test_keyboard_alone_predicts_and_does_all_tasks(opened):
    opened.get_by_role("button", name="the first, near the picture").press("Enter")
    opened.get_by_label("Layers").select_option("38")
    expect(opened.locator(f"{WIDGET} .verdict")).to_contain_text("As you said")
    box = opened.get_by_role("checkbox", name="Batch normalisation")
    box.press("Space")
    opened.locator(WIDGET).get_by_role("button", name="Step").press("Enter")
    expect(opened.locator(WIDGET)).to_contain_text("Not a number any more")
    expect(opened.locator(f"{WIDGET} .tasks li.done")).to_have_count(3)
    opened.locator(WIDGET).get_by_role("button", name="Back").press("Enter")
    expect(opened.locator(WIDGET)).not_to_contain_text("Not a number any more")


def test_it_plays_to_the_end_and_stops(opened):
    widget, last = opened.locator(WIDGET), len(residual.values()["steps"]) - 1
    type_into(opened, "Moment, as a number", str(last - 2))
    widget.get_by_role("button", name="Play").click()
    expect(opened.get_by_role("textbox", name="Moment, as a number")).to_have_value(str(last))
    expect(widget.get_by_role("button", name="Play")).to_be_visible()


def test_the_link_restores_it(opened, watch):
    opened.get_by_label("Layers").select_option("38")
    type_into(opened, "Moment, as a number", "7")
    before = opened.locator(f"{WIDGET} .cards").inner_text()
    opened.evaluate("dispatchEvent(new Event('pagehide'))")
    address = opened.evaluate("location.href")
    opened.goto("about:blank")
    again = mounted(watch.open(address))
    assert again.locator(f"{WIDGET} .cards").inner_text() == before
