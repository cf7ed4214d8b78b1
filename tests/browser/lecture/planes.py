"""What the tests of section 4's plane share: its widget, shown with its first numbers."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.lecture.links import widget

SETTLED = 60_000  # ms: two cores may be busy
STEM = "plane"


def show(page: Page) -> Page:
    """Goes to the plane and waits for what the net says."""
    widget(page, STEM)
    expect(line(page)).to_contain_text("step", timeout=SETTLED)
    return page


def part(page: Page) -> Locator:
    """The widget."""
    return page.locator(f"[data-widget={STEM}]")


def line(page: Page) -> Locator:
    """Where its epoch, step, loss and accuracy stand."""
    return part(page).locator(".numbers-live").first
