"""The edition with Python behind it: refereed while it trains, and plain words when the server is gone."""

import re
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import expect

from muslin.lecture import serve
from muslin.lecture.serve import serve_lecture


@pytest.fixture
def server(monkeypatch) -> Iterator[tuple[str, uvicorn.Server]]:
    """A served page's address, and what ends it."""
    told, servers, is_told = [], [], threading.Event()

    class Server(uvicorn.Server):
        def __init__(self, config):
            super().__init__(config)
            servers.append(self)

    def tell(address):
        told.append(address)
        is_told.set()

    monkeypatch.setattr(serve.uvicorn, "Server", Server)
    thread = threading.Thread(target=serve_lecture, args=("127.0.0.1", 0, (), tell), kwargs={"opens_browser": False})
    thread.start()
    assert is_told.wait(30)
    yield told[0], servers[0] if servers else None
    servers[0].should_exit = True
    thread.join(30)


def test_python_takes_the_same_steps_while_it_trains(watch, server):
    page = watch.open(f"{server[0]}#colours")
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
