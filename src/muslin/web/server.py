"""What every local server of Muslin's does before it listens to anyone: who may ask, for what, and how much.

A page that somebody else wrote can make a browser send requests to this computer, and a name that somebody else owns
can be pointed at it. So each request is checked by allow-list, whatever its route and method, on the raw headers: the
host that it names, the origin that it comes from, and how large its body is. What cannot be answered is one sentence.
"""

import hmac
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muslin.errors import MuslinError
from muslin.web.entry import Entry, is_entered

__all__ = ["ERROR_HANDLERS", "HEADERS", "LOOPBACK", "ErrorHandlers", "Guard", "parse_json", "read_json", "refuse"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
COOKIE = "muslin-token"
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]


@dataclass(frozen=True)
class Guard:
    """Lets through what may be asked, as ASGI middleware; all else ends in a sentence.

    Attributes:
        app: what answers.
        hosts: names that a request may give this server, without its port.
        port: the server's port.
        most_bytes: of a request's body.
        token: a secret that each request must bring, in the URL and from then on by a cookie, or as
            `Authorization: Bearer TOKEN`; none where empty.
        fronts: names that a request may give as they are here, with the port if it has one: those of a proxy in front.
    """

    app: ASGIApp
    hosts: Collection[str]
    port: int
    most_bytes: int
    token: str = ""
    fronts: Collection[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = dict(reversed(scope["headers"]))  # the first of each name, as servers behind it would take it
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self.app(scope, self._capped(receive), self._guarded(send, is_new=self._brings_token(scope)))

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> ASGIApp | None:
        """Returns what answers a request that is not let through; None where it is."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or not self._is_own(named[0].decode("latin-1")):
            return refuse(421, "this server answers to its own name alone; open the address that it printed")
        origin = headers.get(b"origin", b"").decode("latin-1")
        site = headers.get(b"sec-fetch-site", b"same-origin").decode("latin-1")
        is_change = scope["method"] not in ("GET", "HEAD")
        if origin and not (origin.startswith(("http://", "https://")) and self._is_own(origin.split("//", 1)[1])):
            return refuse(403, "this server listens to its own page alone")
        if site not in ("same-origin", "none") and (is_change or headers.get(b"sec-fetch-mode") != b"navigate"):
            return refuse(403, "this server listens to its own page alone")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self.most_bytes:
            return refuse(413, f"the body is too long; at most {self.most_bytes:,} bytes are read")
        if self.token and not (self._brings_token(scope) or self._has_cookie(headers) or self._bears(headers)):
            if is_entered(scope, headers):
                return Entry(self._is_token, self._cookie)
            return refuse(401, "the address lacks its token; open the whole address that the server printed")
        return None

    def _is_own(self, place: str) -> bool:
        host, _, port = place.lower().rpartition(":")
        return (host in self.hosts and port == str(self.port)) or place.lower() in self.fronts

    def _brings_token(self, scope: Scope) -> bool:
        if not self.token:
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return self._is_token(given)

    @property
    def _cookie(self) -> bytes:
        return f"{COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/".encode()

    def _has_cookie(self, headers: dict[bytes, bytes]) -> bool:
        cookies = headers.get(b"cookie", b"").decode("latin-1").split(";")
        pairs = [cookie.strip().partition("=") for cookie in cookies]
        return any(name == COOKIE and self._is_token(value) for name, _, value in pairs)

    def _bears(self, headers: dict[bytes, bytes]) -> bool:
        kind, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        return kind.lower() == "bearer" and self._is_token(given.strip())

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())

    def _capped(self, receive: Receive) -> Receive:
        """Returns a body that ends with an error once it is too long, whatever its header said."""
        read = 0

        async def next_part() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.most_bytes:
                raise HTTPException(413, f"the body is too long; at most {self.most_bytes:,} bytes are read")
            return message

        return next_part

    def _guarded(self, send: Send, *, is_new: bool) -> Send:
        """Returns a way out that adds the headers of safety, and hands out the token's cookie where it came by URL."""

        async def send_part(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [*HEADERS, (b"set-cookie", self._cookie)] if is_new else HEADERS
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return send_part


def refuse(status: int, why: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Returns an error as every server of Muslin's tells it."""
    return JSONResponse({"error": why}, status, headers)


async def read_json(request: Request) -> object:
    """Reads a request's body as JSON without NaN or infinities.

    Raises:
        HTTPException: it is not JSON; status 400.
    """
    return parse_json(await request.body())


def parse_json(body: bytes | bytearray) -> object:
    """Reads JSON without NaN or infinities.

    Raises:
        HTTPException: it is not JSON; status 400.
    """
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"the body is not JSON: {error}") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


async def _tell(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return refuse(error.status_code, str(error.detail), error.headers)
    return refuse(400, str(error))


ErrorHandlers = Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]]

ERROR_HANDLERS: ErrorHandlers = {
    HTTPException: _tell,
    MuslinError: _tell,
}
