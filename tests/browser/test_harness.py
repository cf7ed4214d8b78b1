"""What the tests of pages rely on: each kind of mistake, planted in a small page, is seen."""

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.pages import LOOKS, Watch, emulate, serious_problems, take_picture

CLEAN = "<main><h1>A page</h1><p>Text that can be read.</p></main>"
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


@pytest.fixture
def watch(browser: Browser) -> Iterator[Watch]:
    """A page under watch that may end with mistakes, which are planted here."""
    watch = Watch(browser)
    yield watch
    watch.close()


@pytest.fixture
def show(tmp_path: Path, watch: Watch) -> Callable[..., Page]:
    """Opens a page with a body, and maybe more for its head."""

    def open_page(body: str, head: str = "") -> Page:
        path = tmp_path / "a page, 100 % ü.html"
        path.write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>{head}</head>'
            f"<body>{body}</body></html>",
            encoding="utf-8",
        )
        return watch.open(path)

    return open_page


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with a clean page, or sends on to another host."""

    def do_GET(self) -> None:
        away = self.path == "/away"
        self.send_response(302 if away else 404 if self.path == "/missing" else 200)
        if away:
            self.send_header("Location", "http://elsewhere.example/")
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(CLEAN.encode())

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    """The origin of a server on this computer."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_clean_page_passes(watch: Watch, show: Callable[..., Page]):
    page = show(f'{CLEAN}<a href="#here">here</a><img id="here" alt="a dot" src="{DOT}">')
    page.get_by_text("here").click()
    assert page.url.endswith("#here")
    assert serious_problems(page) == []
    watch.check()
    assert [unquote(url.rpartition("/")[2]) for url in watch.requests] == ["a page, 100 % ü.html"]


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("console.error('spilled')", "console: spilled"),
        ("console.assert(false, 'untrue')", "console: untrue"),
        ("throw new Error('thrown')", "exception: thrown"),
        ("Promise.reject(new Error('rejected'))", "exception: rejected"),
        ("alert('shown')", "dialog: shown"),
    ],
)
def test_what_goes_wrong_is_seen(watch: Watch, show: Callable[..., Page], script: str, seen: str):
    show(f"{CLEAN}<script>{script}</script>")
    with pytest.raises(AssertionError, match="something went wrong in the page"):
        watch.check()
    assert len(watch.errors) == 1
    assert watch.errors[0].startswith(seen)


def test_a_page_is_checked_at_the_end(browser: Browser):
    with pytest.raises(AssertionError, match="something went wrong in the page"), Watch(browser) as watch:
        watch.page.evaluate("console.error('late')")
    assert watch.page.is_closed()


def test_a_workers_error_is_seen(watch: Watch, show: Callable[..., Page]):
    with watch.page.expect_console_message():
        show("<script>new Worker(URL.createObjectURL(new Blob(['console.error(`at work`)'])))</script>")
    assert watch.errors[0].startswith("console: at work")


@pytest.mark.parametrize(
    "body",
    [
        '<img src="{}">',
        '<link rel="stylesheet" href="{}">',
        '<style>@import "{}"</style>',
        '<style>@font-face {{font-family: f; src: url("{}")}} p {{font-family: f}}</style><p>Text</p>',
        '<iframe src="{}"></iframe>',
        "<script>fetch('{}').catch(() => 0)</script>",
        "<script>navigator.sendBeacon('{}')</script>",
        "<script>open('{}')</script>",
        "<script>location = '{}'</script>",
        "<script>new Worker(URL.createObjectURL(new Blob(['fetch(`{}`).catch(() => 0)'])))</script>",
    ],
)
def test_what_is_elsewhere_is_blocked_and_recorded(watch: Watch, show: Callable[..., Page], body: str):
    url = "https://elsewhere.example/a"
    with watch.page.context.expect_event("requestfailed", lambda request: request.url == url):
        show(body.format(url))
    assert watch.strays == [url]
    with pytest.raises(AssertionError, match="asked for what is elsewhere"):
        watch.check()


def test_another_file_is_elsewhere(watch: Watch, show: Callable[..., Page], tmp_path: Path):
    Image.new("L", (1, 1)).save(tmp_path / "dot.png")
    show(f'{CLEAN}<img alt="a dot" src="dot.png">')
    assert watch.strays == [(tmp_path / "dot.png").as_uri()]


@pytest.mark.parametrize("relation", ["preconnect", "dns-prefetch", "icon"])
def test_what_a_browser_loads_unseen_is_seen(watch: Watch, show: Callable[..., Page], relation: str):
    show(CLEAN, f'<link rel="icon" href="{DOT}"><link rel="{relation}" href="https://elsewhere.example/">')
    with pytest.raises(AssertionError, match="asked for what is elsewhere"):
        watch.check()
    assert set(watch.strays) == {"https://elsewhere.example/"}


def test_a_socket_elsewhere_is_seen_and_gets_nowhere(watch: Watch, show: Callable[..., Page]):
    with watch.page.expect_console_message(lambda message: "ERR_NAME_NOT_RESOLVED" in message.text):
        show("<script>new WebSocket('wss://elsewhere.example/')</script>")
    assert watch.strays == ["wss://elsewhere.example/"]


def test_a_page_may_ask_its_own_server(watch: Watch, origin: str):
    page = watch.open(f"{origin}/")
    assert page.evaluate("fetch('/more').then(answer => answer.status)") == 200
    watch.check()
    assert watch.requests == [f"{origin}/", f"{origin}/more"]


def test_a_server_that_sends_elsewhere_is_seen(watch: Watch, origin: str):
    page = watch.open(f"{origin}/")
    with page.expect_console_message():
        page.evaluate("fetch('/away').catch(() => 0)")
    assert "ERR_NAME_NOT_RESOLVED (http://elsewhere.example/)" in " ".join(watch.errors)
    with pytest.raises(
        AssertionError
    ):  # for the request or for its failure: not always does playwright tell of the first
        watch.check()


def test_what_its_server_lacks_is_seen(watch: Watch, origin: str):
    page = watch.open(f"{origin}/")
    with page.expect_console_message():
        page.evaluate("fetch('/missing').then(() => 0)")
    with pytest.raises(AssertionError, match="something went wrong in the page"):
        watch.check()


def test_a_server_elsewhere_is_not_opened(watch: Watch):
    with pytest.raises(AssertionError, match="https://elsewhere.example/ is not on this computer"):
        watch.open("https://elsewhere.example/")


def test_axe_sees_serious_problems(show: Callable[..., Page]):
    problems = serious_problems(
        show(f"""<main><h1>A page</h1><img src="{DOT}"><p style="color: #bbb">Pale on white.</p>
            <button></button><label>Name</label><input></main>""")
    )
    assert sorted(problem.partition("=")[0].partition(">")[0] for problem in problems) == [
        "critical button-name: <button",
        "critical image-alt: <img src",
        "critical label: <input",
        "serious color-contrast: <p style",
    ]


def test_axe_waits_for_what_fades_in(show: Callable[..., Page]):
    style = """<style>@keyframes fade {from {opacity: 0.1}} p {animation: fade 0.3s}
        @keyframes drift {to {translate: 1px}} h1 {animation: drift 1s infinite}</style>"""
    assert serious_problems(show(CLEAN, style)) == []


def test_axe_runs_where_the_page_forbids_scripts(show: Callable[..., Page]):
    policy = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:">"""
    assert len(serious_problems(show(f'<main><h1>A page</h1><img src="{DOT}"></main>', policy))) == 1


def test_dark_has_its_own_problems(show: Callable[..., Page]):
    style = """<style>:root {color-scheme: light dark}
        @media (prefers-color-scheme: dark) {body {background: #000} p {color: #333}}</style>"""
    page = show(CLEAN, style)
    assert serious_problems(page) == []
    emulate(page, "dark")
    assert [problem.partition(":")[0] for problem in serious_problems(page)] == ["serious color-contrast"]


def test_a_look_reaches_the_page(show: Callable[..., Page]):
    page = show(CLEAN)
    for look, wanted in LOOKS.items():
        emulate(page, look)
        queries = {
            f"(width: {wanted.width}px)",
            f"(prefers-color-scheme: {wanted.scheme})",
            f"(prefers-reduced-motion: {wanted.motion})",
            wanted.media,
        }
        assert {one for one in queries if page.evaluate("query => matchMedia(query).matches", one)} == queries, look


def test_a_picture_has_the_whole_page_in_its_look(show: Callable[..., Page], tmp_path: Path):
    page = show('<div style="height: 1500px"></div>', "<style>@media print {body {background: #0f0}}</style>")
    take_picture(page, tmp_path / "wide.png")
    emulate(page, "print")
    take_picture(page, tmp_path / "print.png")
    wide, printed = Image.open(tmp_path / "wide.png"), Image.open(tmp_path / "print.png")
    assert wide.width == 1280
    assert printed.width == LOOKS["print"].width
    assert wide.height == printed.height == 1500 + 2 * 8  # the body's margin
    assert wide.getpixel((5, 1400)) == (255, 255, 255)
    assert printed.getpixel((5, 1400)) == (0, 255, 0)


def test_each_page_has_a_profile_of_its_own(browser: Browser, origin: str):
    for _ in range(2):
        with Watch(browser) as watch:
            page = watch.open(f"{origin}/")
            assert page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
            page.evaluate("document.cookie = 'a=b'; localStorage.c = 'd'")
