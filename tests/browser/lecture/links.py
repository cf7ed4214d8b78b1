"""What the tests of widgets share: a widget that is there, its link, and numbers that are typed and read."""

import base64
import json
import re

from playwright.sync_api import Locator, Page, expect

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def number(text: str) -> float:
    """Reads a number as the page writes it."""
    return float(text.strip().replace(" · 10", "e").translate(RAISED))


def widget(page: Page, stem: str) -> Locator:
    """Goes to a widget and waits until it is there."""
    place = page.locator(f"[data-widget={stem}]")
    place.scroll_into_view_if_needed()
    expect(place).to_have_attribute("data-mounted", "yes")
    place.scroll_into_view_if_needed()
    return place


def open_table(place: Locator) -> Locator:
    """Shows what a drawing draws as a table, which is filled a moment after it was opened."""
    place.get_by_text("Show as table").click()
    expect(place.locator("tbody tr").first).to_be_visible()
    return place.locator("tbody")


def link_of(stem: str, state: dict) -> str:
    """Returns a widget's part of a link."""
    return f"{stem}={base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip('=')}"


def state_in(page: Page, stem: str) -> dict:
    """Returns a widget's state from the link of now."""
    page.get_by_role("button", name="Copy the link").click()  # writes it at once
    part = re.search(rf"{stem}=([\w-]+)", page.url)[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def type_into(place: Locator, label: str, text: str) -> None:
    """Types a number into the field beside a slider."""
    field = place.get_by_role("textbox", name=f"{label}, as a number", exact=True)
    field.fill(text)
    field.press("Enter")


def press(place: Locator, name: str) -> None:
    """Presses a button by the keyboard."""
    place.get_by_role("button", name=name, exact=True).press("Enter")
