"""Fixtures for tests of pages: one browser for the whole folder, and for each test a page of its own under watch."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.find import ARGUMENTS, NoBrowserError, find_browser
from tests.browser.pages import LOOPBACK_ALONE, MOST_MS, Watch
from tests.browser.serving import serve_folder
from tests.browser.twin import FOLDER, Twin


@pytest.fixture(scope="package")  # not for the session: playwright's event loop would stay in the way of asyncio.run
def browser() -> Iterator[Browser]:
    """A browser without a window; where MUSLIN_BROWSER names one, as `make test` does, it must be there."""
    named = os.environ.get("MUSLIN_BROWSER")
    if named == "no":
        pytest.skip("the tests of pages are left out: MUSLIN_BROWSER=no")
    try:
        program = find_browser(os.environ)
    except NoBrowserError as error:
        if named:
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        arguments = [*ARGUMENTS, LOOPBACK_ALONE]
        expect.set_options(timeout=MOST_MS)
        browser = playwright.chromium.launch(executable_path=program, args=arguments, timeout=MOST_MS)
        yield browser
        browser.close()


@pytest.fixture
def watch(browser: Browser) -> Iterator[Watch]:
    """A page under watch, which is checked at the test's end."""
    with Watch(browser) as watch:
        yield watch


@pytest.fixture
def page(watch: Watch) -> Page:
    """The page under watch; `watch.open` opens something in it."""
    return watch.page


@pytest.fixture(scope="module")
def twin(browser: Browser) -> Iterator[Twin]:
    """The JavaScript twin of the textbook's mathematics, in a page under watch of its own."""
    with serve_folder(FOLDER) as url, Watch(browser) as watch:
        yield Twin(watch.open(f"{url}/"))
