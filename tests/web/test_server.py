"""Who may ask a local server, for what, and how much."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from muslin.errors import SettingError
from muslin.web.server import ERROR_HANDLERS, LOOPBACK, Guard, read_json

PORT, MOST = 8000, 100
TOKEN = "open-sesame"  # noqa: S105
OWN = (("host", f"127.0.0.1:{PORT}"),)
Headers = Iterable[tuple[str, str]]


async def _echo(request: Request) -> JSONResponse:
    return JSONResponse(await read_json(request))


async def _mistake(_: Request) -> JSONResponse:
    raise SettingError("lr is -1; it must be above 0")


ROUTES = [
    Route("/", lambda _: JSONResponse("page")),
    Route("/echo", _echo, methods=["POST"]),
    Route("/mistake", _mistake),
]
APP = Starlette(routes=ROUTES, exception_handlers=ERROR_HANDLERS)


def ask(
    method: str,
    target: str,
    headers: Headers = OWN,
    body: Iterable[bytes] = (b"",),
    token: str = "",
    fronts: Iterable[str] = (),
) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers of the answer to one request, with exactly these headers."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "scheme": "http", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    parts = list(body)
    sent = []

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(APP, LOOPBACK, PORT, MOST, token, tuple(fronts))(scope, receive, send))
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return sent[0]["status"], text, {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_the_page_is_answered_with_headers_that_keep_it_apart():
    status, text, headers = ask("GET", "/")
    assert (status, text) == (200, '"page"')
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("host", [f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
def test_it_answers_to_its_own_names(host):
    assert ask("GET", "/", [("host", host)])[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("host", "evil.example")],
        [("host", f"evil.example:{PORT}")],
        [("host", "127.0.0.1:1")],
        [("host", "127.0.0.1")],
        [("host", f"127.0.0.1:{PORT}@evil.example")],
        [],
        [("host", f"127.0.0.1:{PORT}"), ("host", "evil.example")],
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS", "PUT"])
def test_other_names_are_refused_whatever_the_route_and_method(headers, method):
    for target in ("/", "/echo", "/nothing"):
        status, text, _ = ask(method, target, headers)
        assert status == 421
        assert "its own name" in text


@pytest.mark.parametrize(
    "more",
    [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", f"http://127.0.0.1:{PORT + 1}"),
        ("origin", f"file://127.0.0.1:{PORT}"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ],
)
def test_other_pages_are_not_listened_to(more):
    for method, target in (("POST", "/echo"), ("GET", "/"), ("GET", "/mistake")):
        assert ask(method, target, [*OWN, more], [b"1"])[0] == 403


def test_a_link_on_another_page_may_open_this_one():
    assert ask("GET", "/", [*OWN, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")])[0] == 200


def test_its_own_page_may_ask():
    headers = [*OWN, ("origin", f"http://127.0.0.1:{PORT}"), ("sec-fetch-site", "same-origin")]
    assert ask("POST", "/echo", headers, [b'{"a":', b"1}"])[:2] == (200, '{"a":1}')


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("content-length", "101")], [b""]),
        ([("content-length", "-1")], [b""]),
        ([("content-length", "1e3")], [b""]),
        ([("content-length", "3")], [b"[" + b"1," * 60, b"1]"]),
        ([], [b"1" * 60, b"1" * 60]),
    ],
)
def test_a_long_body_is_refused_whatever_its_header_says(headers, body):
    status, text, _ = ask("POST", "/echo", [*OWN, *headers], body)
    assert status == 413
    assert "at most 100 bytes" in text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b"[Infinity]", b"[" * 99])
def test_what_is_no_json_is_told_so(body):
    status, text, _ = ask("POST", "/echo", OWN, [body])
    assert status == 400
    assert "not JSON" in text


def test_a_persons_mistake_is_a_sentence():
    assert ask("GET", "/mistake")[:2] == (400, '{"error":"lr is -1; it must be above 0"}')


def test_a_token_is_asked_for_and_then_kept_by_a_cookie():
    assert ask("GET", "/", token=TOKEN)[0] == 401
    assert ask("GET", "/?token=wrong", token=TOKEN)[0] == 401
    assert ask("GET", "/?token=", token=TOKEN)[0] == 401
    status, _, headers = ask("GET", f"/?token={TOKEN}", token=TOKEN)
    assert status == 200
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    brought = ("cookie", "other=1; " + cookie.split(";")[0])
    assert ask("GET", "/", [*OWN, brought], token=TOKEN)[0] == 200
    assert ask("GET", "/", [*OWN, ("cookie", "muslin-token=wrong")], token=TOKEN)[0] == 401


FORM = ("content-type", "application/x-www-form-urlencoded")


def test_a_person_without_the_token_types_it_and_gets_the_cookie():
    seen = [*OWN, ("accept", "text/html,*/*")]
    status, page, headers = ask("GET", "/", seen, token=TOKEN)
    assert (status, headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert '<form method="post" action="./">' in page
    assert "set-cookie" not in headers
    assert ask("GET", "/echo", seen, token=TOKEN)[1].startswith('{"error":')
    status, _, headers = ask("POST", "/", [*OWN, FORM], [b"token=" + TOKEN[:3].encode(), TOKEN[3:].encode()], TOKEN)
    assert (status, headers["location"]) == (303, "./")
    assert ask("GET", "/", [*OWN, ("cookie", headers["set-cookie"].split(";")[0])], token=TOKEN)[0] == 200
    assert "HttpOnly" in headers["set-cookie"]


@pytest.mark.parametrize("typed", [b"", b"token=", b"token=wrong", b"\xff", b"token=" + b"x" * 2000])
def test_what_is_typed_and_not_the_token_is_told(typed):
    status, page, headers = ask("POST", "/", [*OWN, FORM], [typed], TOKEN)
    assert status == 401
    assert "not this server’s token" in page
    assert "set-cookie" not in headers


def test_no_other_page_may_type_it():
    for header in (("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")):
        assert ask("POST", "/", [*OWN, FORM, header], [b"token=" + TOKEN.encode()], TOKEN)[0] == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("muslin.example", 200),
        ("MUSLIN.example", 200),
        ("muslin.example:8443", 421),
        ("other.example:8443", 200),
        ("other.example", 421),
        ("localhost", 421),
    ],
)
def test_the_names_of_a_proxy_in_front_are_taken_as_they_are(host, status):
    fronts = ("muslin.example", "other.example:8443")
    assert ask("GET", "/", [("host", host)], fronts=fronts)[0] == status
    assert ask("GET", "/", [*OWN, ("origin", f"https://{host}")], fronts=fronts)[0] == (200 if status == 200 else 403)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer  {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Basic {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer ", 401),
        ("Bearer ö", 401),
    ],
)
def test_a_token_may_come_as_programs_send_it(value, status):
    code, _, headers = ask("GET", "/", [*OWN, ("authorization", value)], token=TOKEN)
    assert code == status
    assert "set-cookie" not in headers
