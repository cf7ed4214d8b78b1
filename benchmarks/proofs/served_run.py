"""A run to serve: made where none is given, sent pictures of its size, and damaged."""

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
from benchmarks.proofs.loads import Given
from benchmarks.proofs.processes import Muslin, Outcome, muslin
from benchmarks.proofs.runs import fit_arguments, write_data
from PIL import Image
from tests.bad_pictures import saved

__all__ = ["given_by", "make_run", "photographed", "serve_damaged"]

PICTURES = 200
PHOTOGRAPHS, PHOTOGRAPH = 4, (1600, 1200)
DAMAGED = ("model.onnx", "model.safetensors", "model.json")
SERVES = "answers at"


def make_run(folder: Path) -> Path:
    """Makes a small run of the recipe `coffee` with its ONNX file."""
    for arguments in (fit_arguments("coffee", write_data(folder), folder / "run"), ("export", folder / "run")):
        ended = muslin(*arguments)
        assert ended.code == 0, ended.text
    return folder / "run"


def given_by(run: Path, seed: int) -> Given:
    """Returns what is sent to a run: pictures of its size, from smooth ones, of which it may be sure, to noise."""
    data = json.loads((run / "model.json").read_text(encoding="utf-8"))["data"]
    channels, height, width = data["channels"], data["height"], data["width"]
    chance = np.random.default_rng(seed)
    files = []
    for number in range(PICTURES):
        side = 1 + number % min(height, width)
        pixels = chance.integers(0, 256, (side, side, 3), np.uint8)
        image = Image.fromarray(pixels).resize((width, height)).convert("L" if channels == 1 else "RGB")
        files.append(saved(image, "PNG"))
    return Given(run, (channels, height, width), files)


def photographed(given: Given, seed: int) -> Given:
    """Returns the same with pictures of a camera's size, whose decoding takes most of the time."""
    chance = np.random.default_rng(seed)
    coarse = chance.integers(0, 256, (PHOTOGRAPHS, 12, 16, 3), np.uint8)
    return replace(given, pictures=[saved(Image.fromarray(one).resize(PHOTOGRAPH), "JPEG") for one in coarse])


def serve_damaged(given: Given, folder: Path, count: int, seed: int) -> Outcome:
    """Serves copies of the run with a flipped bit or a cut end: none may answer, each is told in a sentence."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    problems = []
    for number in range(count):
        run = shutil.copytree(given.run, folder / f"{number}")
        path = run / DAMAGED[number % len(DAMAGED)]
        content = bytearray(path.read_bytes())
        place = chance.randrange(len(content))
        if chance.random() < 0.2:
            del content[place:]
        else:
            content[place] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        server = Muslin("serve", run, "--port", 0)
        is_served = server.wait_for(SERVES)
        if is_served:
            server.kill()
        ended = server.end()
        if is_served or ended.code != 1 or "Error: " not in ended.text or "Traceback" in ended.text:
            problems.append(f"{path.name}, byte {place}: exit code {ended.code}: {ended.text[-300:]}")
        shutil.rmtree(run)
    return Outcome(count, problems, "each refused in a sentence")
