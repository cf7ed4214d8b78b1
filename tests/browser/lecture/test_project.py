"""main.py is walked through, by mouse and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Watch


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    page = watch.open(f"{lecture_url}#project")
    page.locator("[data-widget=project][data-mounted]").scroll_into_view_if_needed()
    return page


def current(page: Page) -> str:
    return page.locator("[data-widget=project] li[aria-current]").inner_text().strip()


def go_to(page: Page, line: str) -> None:
    for _ in range(60):
        if line in current(page):
            return
        page.keyboard.press(".")
    raise AssertionError(f"{line} never ran")


def test_it_is_stepped_through_by_keyboard_alone(opened):
    opened.get_by_role("button", name="optimizer.step()").press("Enter")
    opened.get_by_label("main.py", exact=True).focus()
    go_to(opened, "logits = model(images)")
    expect(opened.locator(".names dd.new")).to_contain_text("float32 (32, 10)")
    go_to(opened, "loss.backward()")
    expect(opened.locator("[data-widget=project] .changed")).to_contain_text("changed model")
    go_to(opened, "optimizer.step()")
    expect(opened.locator("[data-widget=project] .verdict")).to_contain_text("As you said")
    opened.keyboard.press(",")
    assert "loss.backward()" in current(opened)
    go_to(opened, "model.eval()")
    expect(opened.locator("[data-widget=project] .tasks li.done")).to_have_count(3)


def test_the_step_is_in_the_link_and_can_be_undone(opened):
    field = opened.get_by_role("textbox", name="step, as a number")
    field.fill("17")
    field.press("Enter")
    line = current(opened)
    opened.wait_for_function("() => location.hash.includes('project=')")
    opened.reload()
    opened.locator("[data-widget=project][data-mounted]").scroll_into_view_if_needed()
    assert current(opened) == line


def test_it_plays_and_stops(opened):
    opened.locator("[data-widget=project]").get_by_role("button", name="Play").click()
    expect(opened.get_by_role("textbox", name="step, as a number")).to_have_value("3")
    opened.locator("[data-widget=project]").get_by_role("button", name="Pause").click()
    expect(opened.locator("[data-widget=project]").get_by_role("button", name="Play")).to_be_visible()
