"""Where a person without a server's token types it: a page that tells nothing else, before the server's own.

What is typed goes in the body of one request, so that no address, and no log of one, ever has it; what comes back is
the cookie that an address with the token brings too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from muslin.web.page import render_page

__all__ = ["Entry", "is_entered"]

FORM = b"application/x-www-form-urlencoded"
MOST_BYTES = 1000  # of what is typed
MISSING, WRONG = "This server asks for its token.", "That is not this server’s token."
STYLE = """
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: 1rem; }
input, button { font: inherit; color: inherit; background: var(--paper); padding: .25rem .6rem; min-width: 0;
  border: 1px solid var(--muted); border-radius: .4rem; }
"""
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with less, a browser does not say where a form comes from
}
BODY = Markup(
    '<main><h1>{said}</h1><p class="faint">Who started the server knows it: it stands in the address that was printed, '
    'or in the file that was named.</p><form method="post" action="./"><label for="token">Token</label>'
    '<input type="password" id="token" name="token" required autofocus autocomplete="current-password">'
    '<button type="submit">Go on</button></form></main>'
)


def is_entered(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether a request without the token is a person's, who opens the server's page or has typed something."""
    if scope["path"] != "/":
        return False
    if scope["method"] == "POST":
        return headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == FORM
    return scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"")


@dataclass(frozen=True)
class Entry:
    """Asks for the token, and lets in who types it.

    Attributes:
        is_token: whether a text is the token, compared in constant time.
        cookie: the header's value that hands it out.
    """

    is_token: Callable[[str], bool]
    cookie: bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            return asking(MISSING)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return asking(WRONG)
        if not self.is_token(parse_qs(body.decode("latin-1")).get("token", [""])[0].strip()):
            return asking(WRONG)
        reply = RedirectResponse("./", 303)
        reply.raw_headers.append((b"set-cookie", self.cookie))
        return reply


def asking(said: str) -> Response:
    """Returns the page that asks for the token."""
    page = render_page("Muslin", BODY.format(said=said), style=STYLE)
    return HTMLResponse(page, 401, HEADERS)
