"""The server's own description has every route, and what it says of them is so."""

import json

import pytest

from muslin.serving.app import serving_app
from muslin.serving.bodies import Limits
from muslin.serving.description import description_of, page_of
from muslin.serving.service import Service
from tests.bad_pictures import noise, saved
from tests.serving.described import ask_as_described
from tests.serving.served import SECONDS, serving, small_classifier, small_model


@pytest.fixture(scope="module")
def client():
    with serving(small_model(small_classifier()), Limits(deadline=SECONDS)) as client:
        yield client


@pytest.fixture(scope="module")
def described(client):
    status, told, _ = client.ask("GET", "/openapi.json")
    assert status == 200
    return told


def test_every_route_and_method_is_in_it_and_no_other():
    service = Service(small_model(small_classifier()), "bars", Limits())
    routes = {
        (route.path.replace(":path", ""), method.lower())
        for route in serving_app(service).routes
        for method in route.methods
    }
    paths = description_of(service)["paths"]
    assert {(path, method) for path in paths for method in paths[path]} == {
        (path, method) for path, method in routes if method != "head"
    }


def test_each_get_is_answered_with_what_is_described(client, described):
    version = client.ask("GET", "/v2/models/bars")[1]["versions"][0]
    for path, operations in described["paths"].items():
        if "get" in operations:
            connection = client.connect()
            names = {"{name}": "bars", "{version}": version, "{path}": "serving.js"}
            asked = path
            for name, value in names.items():
                asked = asked.replace(name, value)
            connection.request("GET", asked)
            reply = connection.getresponse()
            content = reply.read()
            connection.close()
            kind = reply.getheader("content-type").partition(";")[0]
            assert reply.status == 200
            assert kind in operations["get"]["responses"]["200"]["content"]
            if kind == "application/json":
                required = operations["get"]["responses"]["200"]["content"][kind]["schema"].get("required", [])
                assert set(required) <= set(json.loads(content))


@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_an_answer_has_what_is_described_and_nothing_else(client, described, path):
    schema = described["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    status, told, _ = client.ask("POST", path, saved(noise(1), "PNG"))
    assert status == 200
    assert list(told) == schema["required"] == list(schema["properties"])


def test_whatever_is_drawn_from_it_is_answered_as_it_says(client):
    assert ask_as_described(f"http://127.0.0.1:{client.port}/", 20) > 200


def test_the_page_names_every_path_and_loads_nothing(client, described):
    page = page_of(described)
    assert all(f"<code>{path}</code>" in page for path in described["paths"])
    assert "<script" not in page
    assert "src=" not in page
    assert "//" not in page.replace("<!doctype", "")


def test_it_is_escaped():
    service = {"title": "<b>", "description": "&"}
    page = page_of({"info": service, "paths": {"/<x>": {"get": {"summary": "<i>"}}}})
    assert "<b>" not in page
    assert "<i>" not in page
    assert "/<x>" not in page
