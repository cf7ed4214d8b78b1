"""The server's page as it is handed out; `tests/browser/test_asking.py` drives it."""

import re
from dataclasses import replace

import pytest

from muslin.data.decoding.contrast import Contrast
from muslin.serving.bodies import Limits
from muslin.serving.page import POLICY, render_asking
from muslin.serving.serve import Place
from muslin.serving.service import Service
from muslin.web.page import KINDS, files_of_page
from tests.browser.runs import CLASSES
from tests.serving.served import serving, small_classifier, small_model

TOKEN = "a-long-and-secret-word"  # noqa: S105
FILES = files_of_page("muslin.serving")


def get(client, path, **headers):
    connection = client.connect()
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, {name.lower(): value for name, value in reply.getheaders()}, content.decode()


def test_it_is_served_with_a_strict_policy_and_its_files_with_their_kinds():
    with serving(small_model(small_classifier())) as client:
        status, headers, page = get(client, "/")
        assert (status, headers["content-security-policy"]) == (200, POLICY)
        assert not re.search(r"unsafe|\*|http", POLICY)
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
        assert "<script>" not in page
        assert " style=" not in page
        for path in re.findall(r'(?:src|href)="(page/.+?)"', page):
            assert path.removeprefix("page/") in FILES
        for name, content in FILES.items():
            status, headers, told = get(client, f"/page/{name}")
            assert (status, headers["content-type"], told) == (200, KINDS[name.rpartition(".")[2]], content.decode())
        for name in ("no.js", "serving.html.j2", "../page.py", "%2e%2e/page.py", ""):
            assert get(client, f"/page/{name}")[0] == 404


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_read_as_markup():
    for name, content in FILES.items():
        text = content.decode()
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}, name
        assert not re.search(r"(?<![.\w])(eval|Function)\(|innerHTML", text), name


def test_names_are_escaped():
    model = small_model(small_classifier())
    service = Service(replace(model, spec=replace(model.spec, classes=CLASSES)), CLASSES[0], Limits())
    page = render_asking(service)
    assert not any(name in page for name in CLASSES)
    assert "alert(1)" in page


@pytest.mark.parametrize(
    ("contrast", "is_light"), [(Contrast(0.9, 0.2), "true"), (Contrast(0.1, 0.2), "false"), (None, "false")]
)
def test_it_knows_the_ground_and_how_much_is_read(contrast, is_light):
    model = replace(small_model(small_classifier(side=224)), contrast=contrast)
    page = render_asking(Service(model, "bars", Limits(most_bytes=77)))
    assert f"isLight&#34;: {is_light}" in page
    assert "mostBytes&#34;: 77" in page
    assert "cells&#34;: 64" in page, "those of 224 x 224 could not be painted one by one"


def test_with_a_token_it_is_shown_to_who_brings_it_alone(tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    with serving(small_model(small_classifier()), place=Place(token_file=tmp_path / "token")) as client:
        for path in ("/", "/page/serving.js", "/docs", "/openapi.json"):
            assert get(client, path)[0] == 401
            assert get(client, path, accept="text/html")[0] == 401
            assert get(client, path, cookie=f"muslin-token={TOKEN}")[0] == 200
        _, headers, page = get(client, "/", accept="text/html")
        assert "bar 0" not in page
        assert "set-cookie" not in headers
        assert get(client, f"/?token={TOKEN}")[1]["set-cookie"].startswith(f"muslin-token={TOKEN}; HttpOnly")
