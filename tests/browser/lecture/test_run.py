"""A run looked into, by mouse and by keyboard."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from muslin.lecture.export import export_lecture
from tests.browser.pages import Watch, emulate, serious_problems
from tests.browser.serving import serve_folder
from tests.lecture.runs import fit_bars

WIDGET = "[data-widget=run]"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict]]:
    """The address of a page with a run in it, and the run's values."""
    folder = tmp_path_factory.mktemp("run")
    export_lecture(folder / "page", fit_bars(folder))
    with serve_folder(folder / "page") as url:
        yield f"{url}/", json.loads((folder / "page" / "packs" / "run.json").read_text())


@pytest.fixture
def opened(watch: Watch, exported: tuple[str, dict]) -> Page:
    return mounted(watch.open(f"{exported[0]}#resnet"))


def mounted(page: Page) -> Page:
    page.locator(WIDGET).scroll_into_view_if_needed()
    page.locator(f"{WIDGET}[data-mounted]").scroll_into_view_if_needed()
    return page


def cell(page: Page, values: dict, label: int, said: int):
    classes, count = values["classes"], values["confusion"][label][said]
    return page.get_by_role("button", name=f"{classes[label]} called {classes[said]}: {count}", exact=True)


def test_a_cell_opens_its_pictures_by_mouse(opened, exported):
    values = exported[1]
    mistake = next(each for each in values["exhibits"] if each["label"] != each["said"])
    cell(opened, values, mistake["label"], mistake["said"]).click()
    expect(opened.locator(f"{WIDGET} h4").first).to_contain_text("the surest first")
    share = opened.locator(".likeliest .numbers-live").first
    expect(share).to_have_text(f"{100 * mistake['likeliest'][0][1]:.1f} %")
    expect(opened.locator(".why-pictures figure")).to_have_count(2 + len(mistake["near"]))
    expect(opened.locator(".why-pictures")).to_contain_text(f"distance {mistake['near'][0]['distance']:.2f}")


def test_keyboard_alone_goes_from_cell_to_cell_and_from_picture_to_picture(opened, exported):
    values = exported[1]
    cell(opened, values, 0, 0).focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowRight")
    expect(cell(opened, values, 1, 1)).to_be_focused()
    opened.keyboard.press("Enter")
    expect(cell(opened, values, 1, 1)).to_have_attribute("aria-pressed", "true")
    second = opened.get_by_role("button", name="Picture 2 of this cell")
    second.press("Enter")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(second).to_be_focused()
    recalls = [row[place] / sum(row) for place, row in enumerate(values["confusion"])]
    best = recalls.index(max(recalls))
    cell(opened, values, best, best).press("Enter")
    expect(opened.locator(f"{WIDGET} .tasks li.done").first).to_contain_text("answered best")


def test_the_link_restores_it(opened, exported, watch):
    cell(opened, exported[1], 2, 2).click()
    opened.get_by_role("button", name="Picture 2 of this cell").click()
    opened.evaluate("dispatchEvent(new Event('pagehide'))")
    address = opened.evaluate("location.href")
    opened.goto("about:blank")
    again = mounted(watch.open(address))
    expect(cell(again, exported[1], 2, 2)).to_have_attribute("aria-pressed", "true")
    expect(again.get_by_role("button", name="Picture 2 of this cell")).to_have_attribute("aria-pressed", "true")


def test_a_hostile_link_is_a_sentence(watch, exported):
    page = mounted(watch.open(f"{exported[0]}#resnet;run=eyJsYWJlbCI6OTl9"))  # {"label": 99}
    expect(page.locator("#banner")).to_contain_text("it must be a number from 0 to 2")


def test_without_a_run_it_says_how_to_get_one(watch, lecture_url):
    page = mounted(watch.open(f"{lecture_url}#resnet"))
    expect(page.locator(WIDGET)).to_contain_text("muslin fit")


@pytest.mark.parametrize("look", ["narrow", "dark"])
def test_it_is_accessible_and_fits(opened, look):
    emulate(opened, look)
    assert serious_problems(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
