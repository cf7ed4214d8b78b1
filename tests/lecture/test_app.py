"""The page is served as it is exported, and the server tells its address."""

import http.client

import pytest

from muslin.errors import RunError, SettingError
from muslin.lecture.export import export_lecture
from muslin.lecture.packs import WIDGETS
from muslin.lecture.page import page_files
from muslin.lecture.serve import lecture_server
from muslin.web.page import KINDS
from tests.lecture.served import served


@pytest.fixture
def address():
    """The host and port of a served page."""
    with served() as url:
        yield url.removeprefix("http://").rstrip("/")


def get(address, path, method="GET", **headers):
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request(method, path, headers=headers)
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply.status, reply.getheader("content-type"), content


def test_every_file_is_served_with_its_kind_and_nothing_else(address):
    status, kind, page = get(address, "/")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert b'data-live="yes"' in page
    for name, content in page_files().items():
        assert get(address, f"/{name}") == (200, KINDS[name.rpartition(".")[2]], content)
    for stem in WIDGETS:
        assert get(address, f"/packs/{stem}.json")[:2] == (200, "application/json")
    for path in (
        "/nothing",
        "/../app.py",
        "/%2e%2e/app.py",
        "/lecture.html.j2",
        "/packs/..%2fapp.json",
        "/packs/no.json",
    ):
        status, kind, content = get(address, path)
        assert (status, kind) == (404, "application/json")
        assert content.startswith(b'{"error":')
    assert get(address, "/live/no", "POST")[0] == 400
    assert get(address, "/", "POST")[0] == 405
    assert get(address, "/", Host="evil.example")[0] == 421


def test_the_folder_has_what_the_server_serves(tmp_path):
    size = export_lecture(tmp_path / "page")
    files = [path for path in (tmp_path / "page").rglob("*") if path.is_file()]
    names = {path.relative_to(tmp_path / "page").as_posix() for path in files}
    assert names == {"index.html", *page_files(), *(f"packs/{stem}.json" for stem in WIDGETS)}
    assert size == sum(path.stat().st_size for path in files)
    assert str(tmp_path) not in (tmp_path / "page" / "index.html").read_text()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="not empty; name a new folder"):
        export_lecture(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_open_address_asks_for_names():
    with pytest.raises(SettingError, match=r"host is 0\.0\.0\.0, which other computers can reach"):
        lecture_server("0.0.0.0", 0, ())  # noqa: S104


def test_a_port_that_is_taken_is_told(address):
    port = int(address.rpartition(":")[2])
    with pytest.raises(SettingError, match=f"cannot listen on 127.0.0.1, port {port}"):
        lecture_server("127.0.0.1", port, ())
