"""A served run beside LitServe and a plain endpoint: the same model and views, the same two cores, the same pictures.

Each is started anew for each round, and they take turns. wrk asks: one client, then 64. From the start to the first
answer, and the memory of all processes of each, are measured too. Figures are medians over the rounds.

    python -m benchmarks.measure.serving RUN          # a run with its ONNX file: five minutes, alone on the machine
    python -m benchmarks.measure.serving RUN --quick  # does it work? nothing is saved
"""

import argparse
import base64
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure.results import save_result
from benchmarks.rivals.peers import hold_to_cores
from benchmarks.tables.serving_table import serving_table
from PIL import Image

from muslin.data.sources import fashion_mnist
from muslin.machine.cores import available_threads

ROOT = Path(__file__).parents[2]
ROUNDS, SECONDS = 3, {1: 8.0, 64: 15.0}  # of each number of clients
QUICK_ROUNDS, QUICK_SECONDS = 1, {1: 2.0, 64: 4.0}
WARM = 3  # s of 64 clients before
PICTURES = 1000
PORT = 8765
PATIENCE = 120  # s until the first answer


@dataclass(frozen=True)
class Served:
    """What is measured.

    Attributes:
        title: in the table.
        program: what Python is told, before the run and the port.
        kind: of the bodies that it takes.
    """

    title: str
    program: tuple[str, ...]
    kind: str = "application/octet-stream"


SERVERS = {
    "muslin": Served("`muslin serve`", ()),
    "litserve": Served("LitServe", ("-m", "benchmarks.rivals.litserve_server"), "application/json"),
    "plain": Served("FastAPI and PyTorch", ("-m", "benchmarks.rivals.plain_server")),
}


def main() -> None:
    """Measures in turns, prints the table, and saves unless it was quick."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a run of recipe coffee on Fashion-MNIST, with its ONNX file")
    parser.add_argument("--peers", type=Path, default=ROOT / ".venv-peers/bin/python", help="Python of the others")
    parser.add_argument("--quick", action="store_true", help="one short round, and nothing saved")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed to ask; install it: apt-get install wrk")
    if not (options.run / "model.onnx").is_file():
        sys.exit(f"{options.run} has no ONNX file; write it: muslin export {options.run}")
    hold_to_cores()
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if options.quick else (ROUNDS, SECONDS)
    seen: dict[str, list[dict[str, Any]]] = {name: [] for name in SERVERS}
    with tempfile.TemporaryDirectory(prefix="muslin-serving-") as place:
        bodies = write_bodies(Path(place))
        for number in range(rounds):
            for name in list(SERVERS) if number % 2 == 0 else list(SERVERS)[::-1]:
                seen[name].append(measured(name, options.run, options.peers, bodies, seconds))
                print(name, seen[name][-1], flush=True)
    figures = {
        name: {
            "title": SERVERS[name].title,
            **{key: statistics.median(one[key] for one in all_of) for key in all_of[0]},
        }
        for name, all_of in seen.items()
    }
    values = {"rounds": rounds, "servers": figures, "versions": versions(options.peers), "load": os.getloadavg()[2]}
    print(
        serving_table(
            values | {"measured_on": {"processor": "this processor", "threads": available_threads(), "date": ""}}
        )
    )
    if not options.quick:
        save_result("serving", **values)


def write_bodies(place: Path) -> dict[str, Path]:
    """Writes test pictures as PNG files and as JSON; returns the folder of each kind, whose files are numbered."""
    folders = {"application/octet-stream": place / "png", "application/json": place / "json"}
    for folder in folders.values():
        folder.mkdir()
    for number, image in enumerate(fashion_mnist.load(validation=2000, seed=0).test.images[:PICTURES]):
        path = folders["application/octet-stream"] / f"{number}"
        Image.fromarray(image[0].numpy()).save(path, "PNG")
        text = json.dumps({"picture": base64.b64encode(path.read_bytes()).decode()})
        (folders["application/json"] / f"{number}").write_text(text, encoding="utf-8")
    return folders


def measured(name: str, run: Path, peers: Path, bodies: dict[str, Path], seconds: dict[int, float]) -> dict[str, float]:
    """Starts a server, and returns its figures."""
    served = SERVERS[name]
    command = [str(peers), *served.program, str(run), str(PORT)]
    if name == "muslin":
        command = [sys.executable, "-m", "muslin", "serve", str(run), "--port", str(PORT)]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, process_group=0) as process:
        try:
            until_answered(bodies[served.kind] / "0", served.kind)
            figures = {"ready_seconds": time.perf_counter() - began}
            ask(64, WARM, bodies[served.kind], served.kind)
            for clients, duration in seconds.items():
                figures |= ask(clients, duration, bodies[served.kind], served.kind)
            figures["memory_mb"] = memory(process.pid) / 1e6
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and what it started
    return figures


def until_answered(body: Path, kind: str) -> None:
    """Waits for a first answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/predict", body.read_bytes(), {"content-type": kind})
    for _ in range(100 * PATIENCE):
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310
                return
        except OSError:  # not there, or not ready
            time.sleep(0.01)
    sys.exit("no answer")


def ask(clients: int, duration: float, folder: Path, kind: str) -> dict[str, float]:
    """Lets wrk ask by so many clients; returns requests/s, and milliseconds."""
    wrk = [
        "wrk",
        "-t1",
        f"-c{clients}",
        f"-d{duration:g}s",
        "--timeout",
        "30s",
        "-s",
        str(Path(__file__).with_name("post.lua")),
    ]
    command = [*wrk, f"http://127.0.0.1:{PORT}/predict", "--", str(folder), str(PICTURES), kind]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    good = told["requests"] - told["failed"]
    return {
        f"requests_per_second_{clients}": good / told["seconds"],
        f"failed_{clients}": told["failed"],
        f"p50_ms_{clients}": 1000 * told["p50"],
        f"p99_ms_{clients}": 1000 * told["p99"],
    }


def memory(process: int) -> int:
    """Returns the bytes of a process and all below it; what they share is shared out among them."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return 1024 * int(text.split("Pss:")[1].split()[0]) + sum(memory(int(child)) for child in children)


def versions(peers: Path) -> dict[str, str]:
    """Returns the versions of what answers."""
    code = "from importlib.metadata import version; print(version('litserve'), version('fastapi'), version('torch'))"
    told = subprocess.run([peers, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return dict(zip(("litserve", "fastapi", "torch"), told, strict=True)) | {"onnxruntime": version("onnxruntime")}


if __name__ == "__main__":
    main()
