"""The edition with Python behind it: refereed while it trains, and plain words when the server is gone."""

import re

from playwright.sync_api import expect

from tests.lecture.served import served


def test_python_takes_the_same_steps_while_it_trains(watch, live_url):
    page = watch.open(f"{live_url}#colours")
    part = page.locator("[data-widget=plane]")
    page.locator("[data-widget=plane][data-mounted]").scroll_into_view_if_needed()
    expect(part.locator(".numbers-live").first).to_contain_text("step 0", timeout=60_000)
    part.get_by_role("button", name="Play").press("Enter")
    verdict = part.get_by_text(re.compile("Python took 20 of these steps too, [23] times"))
    expect(verdict).to_be_visible(timeout=60_000)
    text = verdict.inner_text()
    part.get_by_role("button", name="Pause").press("Enter")
    digits, power = re.search(r"difference is ([\d.]+)(?: · 10(\S+?))?\.$", text).groups()
    raised = (power or "").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    assert float(digits) * 10 ** int(raised or 0) <= 1e-9
    assert page.locator(".problem").count() == 0


def test_a_server_that_is_gone_is_told_and_what_the_link_had_to_say_stays(watch):
    with served() as url:
        page = watch.open(f"{url}#rules;nothing")
        page.locator("[data-widget=rules][data-mounted]").scroll_into_view_if_needed()
        rules = page.locator("[data-widget=rules]")
        rules.get_by_role("button", name="Try them on 10,000 pictures").press("Enter")
        expect(rules.get_by_text("72.14 % of 10,000 are named rightly").last).to_be_visible(timeout=60_000)
        expect(page.locator("#banner")).to_contain_text("A part of the link cannot be read")
    rules.get_by_role("button", name="Try them on 10,000 pictures").press("Enter")
    expect(page.locator("#server")).to_contain_text("muslin lecture does not answer. Start it again")
    expect(page.locator("#banner")).to_contain_text("A part of the link cannot be read")
    watch.errors[:] = [each for each in watch.errors if "ERR_CONNECTION_REFUSED" not in each]  # as was meant
