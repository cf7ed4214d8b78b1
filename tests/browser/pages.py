"""What the tests of pages share: a page under watch, the ways to look at it, and what axe-core finds in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Route, WebSocket

MOST_MS = 30_000  # what a page may take to be as awaited, on a slow machine
LOOPBACK = {"127.0.0.1", "localhost"}
# Whatever else is asked for finds no address, so that nothing gets out that is not routed: redirects, WebSockets.
LOOPBACK_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"


@dataclass(frozen=True)
class Look:
    """A way to look at a page.

    Attributes:
        width: of the window, in CSS pixels.
        scheme: `light` or `dark`, as the person's system prefers.
        media: `screen` or `print`.
        motion: `no-preference` or `reduce`, as the person's system prefers.
    """

    width: int = 1280
    scheme: str = "light"
    media: str = "screen"
    motion: str = "no-preference"


LOOKS = {
    "wide": Look(),
    "narrow": Look(width=320),
    "dark": Look(scheme="dark"),
    "narrow and dark": Look(width=320, scheme="dark"),
    "print": Look(width=794, media="print"),  # A4 at 96 dots an inch
    "still": Look(motion="reduce"),
}


def emulate(page: Page, look: str) -> None:
    """Shows a page in one of LOOKS, from now on."""
    wanted = LOOKS[look]
    page.set_viewport_size({"width": wanted.width, "height": 800})
    page.emulate_media(media=wanted.media, color_scheme=wanted.scheme, reduced_motion=wanted.motion)


def wait_for_rest(page: Page) -> None:
    """Waits until fonts are there and nothing moves but what moves for ever."""
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_function(
        """() => document.getAnimations().every(one =>
            one.playState !== "running" || one.effect?.getComputedTiming().endTime === Infinity)"""
    )


def take_picture(page: Page, path: Path) -> None:
    """Writes the whole page, down to its end, as a PNG."""
    wait_for_rest(page)
    page.screenshot(path=path, full_page=True, animations="disabled")


def serious_problems(page: Page) -> list[str]:
    """Returns a line for each element that axe-core has a serious or critical objection to, in the look of now.

    What moves is awaited, for text that fades in has little contrast. What axe-core cannot decide, such as the contrast
    of text on a picture, is not among them.
    """
    wait_for_rest(page)
    return [
        f"{rule['impact']} {rule['id']}: {element['html']}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in {"serious", "critical"}
        for element in rule["nodes"]
    ]


class Watch:
    """One page in a profile of its own, of which all is recorded: what goes wrong in it, and what it asks for.

    Only what was opened may be loaded: that one file, or what is on that origin of this computer. All else is blocked.
    As a context, it is checked and closed at the end.

    Attributes:
        page: the page; others that it opens are watched too.
        errors: console errors, exceptions, dialogs, failed requests and crashes, in order.
        requests: every URL that was asked for, in order, those that were blocked too.
        strays: those among them that the page may not ask for.
    """

    def __init__(self, browser: Browser) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.strays: list[str] = []
        self._opened = ""
        self._context = browser.new_context(service_workers="block")  # they would ask unseen
        self._context.set_default_timeout(MOST_MS)
        self._context.route("**/*", self._pass_or_block)
        self._context.on("request", self._note_request)
        self._context.on("requestfailed", self._note_failure)
        self._context.on("console", self._note_message)
        self._context.on("weberror", lambda event: self.errors.append(f"exception: {event.error}"))
        self._context.on("dialog", self._note_dialog)
        self._context.on("page", self._watch_page)
        self.page = self._context.new_page()
        emulate(self.page, "wide")

    def open(self, source: Path | str) -> Page:
        """Opens an HTML file, or an address of this computer; from then on, it alone may be loaded."""
        self._opened = source.absolute().as_uri() if isinstance(source, Path) else source
        there = urlsplit(self._opened)
        assert there.scheme == "file" or there.hostname in LOOPBACK, f"{source} is not on this computer"
        self.page.goto(self._opened)
        return self.page

    def check(self) -> None:
        """Asserts that nothing went wrong so far, and that nothing was asked for but what was opened."""
        # A browser connects to these ahead of time, or loads them when it likes, and playwright may not tell.
        unseen = "link[rel~=preconnect], link[rel~=dns-prefetch], link[rel~=icon]"
        for url in self.page.eval_on_selector_all(unseen, "links => links.map(link => link.href)"):
            if not self._may_load(url):
                self._note_url(url)
        assert self.strays == [], "the page asked for what is elsewhere"
        assert self.errors == [], "something went wrong in the page"

    def close(self) -> None:
        self._context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                self.check()
        finally:
            self.close()

    def _may_load(self, url: str) -> bool:
        wanted, opened = urlsplit(url), urlsplit(self._opened)
        if wanted.scheme in {"data", "blob", "about"}:
            return True
        if wanted.scheme == "file":
            return opened.scheme == "file" and unquote(wanted.path) == unquote(opened.path)
        return opened.scheme != "file" and wanted.netloc == opened.netloc

    def _note_url(self, url: str) -> None:
        self.requests.append(url)
        if not self._may_load(url):
            self.strays.append(url)

    def _pass_or_block(self, route: Route) -> None:
        if self._may_load(route.request.url):
            route.continue_()
        else:
            route.abort()

    def _note_request(self, request: Request) -> None:
        self._note_url(request.url)

    def _note_failure(self, request: Request) -> None:
        if request.failure == "net::ERR_ABORTED" and self._may_load(request.url):
            return  # the page was left while it was on its way
        self.errors.append(f"failed request: {request.url}: {request.failure}")

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self.errors.append(f"console: {message.text} ({message.location['url']})")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", self._note_socket)
        page.on("crash", lambda _: self.errors.append("crash"))

    def _note_socket(self, socket: WebSocket) -> None:
        self._note_url(socket.url)
