"""The files for many machines: all are read, and what can run here runs; no cluster and no engine is at hand."""

import asyncio
import http.client
import importlib.util
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import types
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.types import ASGIApp, Message
from uvicorn.config import Config
from uvicorn.lifespan.on import LifespanOn

import muslin
from muslin.cli.serve import serve
from muslin.serving.app import HEALTH
from muslin.serving.serve import Place
from tests.bad_pictures import noise, saved
from tests.serving.served import serving, small_classifier, small_model

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TOKEN = "a-token-of-some-length"  # noqa: S105 - it opens what the tests start
PICTURE = saved(noise(1), "PNG")
SECONDS = 30


def parsed(name: str) -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))


def options_of(arguments: list[str]) -> dict[str, Any]:
    """What `muslin serve` takes arguments for; it raises where it would refuse them."""
    name, *others = arguments
    assert name == "serve"
    return serve.make_context("serve", list(others)).params


def test_compose_starts_servers_that_nginx_shares_out_to():
    services = parsed("compose.yaml")["services"]
    nginx = services.pop("nginx")
    shared = re.findall(r"server (\S+):(\d+) ", (DEPLOY / "nginx.conf").read_text())
    assert [name for name, _ in shared] == list(services) == list(nginx["depends_on"])
    stages = re.findall(r"^FROM .* AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    outside, inside = nginx["ports"][0].split(":")
    assert f"listen {inside};" in (DEPLOY / "nginx.conf").read_text()
    for service in services.values():
        options = options_of(service["command"])
        assert {str(options["port"])} == {port for _, port in shared}
        assert options["allow"] == (f"localhost:{outside}",)
        assert service["build"]["target"] in stages
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert str(options["token_file"]) == "/run/secrets/token"


def test_nginx_shares_requests_out_and_a_server_that_ends_is_not_missed(tmp_path: Path):
    if not shutil.which("nginx"):
        pytest.skip("nginx is not installed")
    (tmp_path / "token").write_text(TOKEN)
    outside = free_port()
    place = Place("0.0.0.0", allow=(f"localhost:{outside}",), token_file=tmp_path / "token")  # noqa: S104
    model = small_model(small_classifier())
    with ExitStack() as last, ExitStack() as first:
        servers = [stack.enter_context(serving(model, place=place)) for stack in (first, last)]
        text = (DEPLOY / "nginx.conf").read_text().replace("listen 8080;", f"listen {outside};")
        for number, server in enumerate(servers, 1):
            text = text.replace(f"muslin-{number}:8000", f"127.0.0.1:{server.port}")
        (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\n{with_folders(text, tmp_path)}")
        command = ["nginx", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        with subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL) as nginx:
            last.callback(nginx.terminate)
            wait_for(outside)
            assert ask(outside, token="") == 401
            assert [ask(outside) for _ in range(10)] == [200] * 10
            first.close()  # the first server drains and ends
            assert [ask(outside) for _ in range(10)] == [200] * 10
            nginx.terminate()


def with_folders(text: str, folder: Path) -> str:
    """The configuration with the folders that nginx writes to: whoever runs the test may not write to its own."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    lines = [f"{kind}_temp_path {folder}/{kind};" for kind in kinds]
    return text.replace("http {", "\n".join(["http {", "access_log off;", *lines]))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=SECONDS).close()
        except ConnectionRefusedError:
            continue
    pytest.fail(f"nothing listens on {port}")


def ask(port: int, token: str = TOKEN) -> int:
    connection = http.client.HTTPConnection("localhost", port, timeout=SECONDS)
    connection.request("POST", "/predict", PICTURE, {"authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_kserve_starts_what_muslin_serve_understands():
    predictor = parsed("kserve.yaml")["spec"]["predictor"]
    (container,) = predictor["containers"]
    options = options_of(container["args"])
    assert options["run"] == "/mnt/models"  # where KServe puts what is at STORAGE_URI
    assert {port["containerPort"] for port in container["ports"]} == {options["port"]}
    for probe in (container["readinessProbe"], container["livenessProbe"]):
        assert probe["httpGet"]["path"] in HEALTH
        assert probe["httpGet"]["port"] == options["port"]
    mounts = {mount["name"]: Path(mount["mountPath"]) for mount in container["volumeMounts"]}
    assert mounts == {"tmp": Path("/", "tmp"), "token": options["token_file"].parent}
    assert {volume["name"] for volume in predictor["volumes"]} == set(mounts)
    uid = re.search(r"--uid (\d+)", (ROOT / "Dockerfile").read_text()).group(1)
    assert container["securityContext"]["runAsUser"] == int(uid)
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert len(options["allow"]) == 2


@pytest.fixture
def ray_serve(monkeypatch: pytest.MonkeyPatch, exported_run: Path) -> types.ModuleType:
    """The ingress's module; Ray itself is not installed, and what stands for it keeps what it is told."""
    kept = types.SimpleNamespace(
        ingress=lambda build: lambda: build,
        deployment=lambda build, **options: types.SimpleNamespace(options=options, bind=lambda: build),
    )
    monkeypatch.setitem(sys.modules, "ray", types.SimpleNamespace(serve=kept))
    for name, value in (("RUN", str(exported_run)), ("TOKEN", TOKEN), ("ALLOW", "muslin.example")):
        monkeypatch.setenv(f"MUSLIN_{name}", value)
    description = importlib.util.spec_from_file_location("ray_serve", DEPLOY / "ray_serve.py")
    module = importlib.util.module_from_spec(description)
    description.loader.exec_module(module)
    return module


def test_the_ingress_answers_whom_it_knows(ray_serve, exported_run):
    assert ray_serve.application is ray_serve.guarded_app
    host, bearer = (b"host", b"muslin.example"), (b"authorization", f"Bearer {TOKEN}".encode())
    told = asyncio.run(answers(ray_serve.application(), [[host], [host, bearer], [(b"host", b"another"), bearer]]))
    assert [status for status, _ in told] == [401, 200, 421]
    assert json.loads(told[1][1])["label"] == muslin.load(exported_run).predict(noise(1)).label


async def answers(app: ASGIApp, heads: list[list[tuple[bytes, bytes]]]) -> list[tuple[int, bytes]]:
    """Status and body of what an application says of the picture, for each request's headers, as a server asks it."""
    lifespan = LifespanOn(Config(app, lifespan="on"))
    await lifespan.startup()
    told = []
    for headers in heads:
        scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": headers}
        parts: asyncio.Queue[Message] = asyncio.Queue()
        parts.put_nowait({"type": "http.request", "body": PICTURE, "more_body": False})
        said: list[Message] = []

        async def send(message: Message, said: list[Message] = said) -> None:
            said.append(message)

        await app(scope, parts.get, send)
        told.append((said[0]["status"], b"".join(message.get("body", b"") for message in said)))
    await lifespan.shutdown()
    return told
