"""Damaged and hostile files are refused, by name; none is loaded in silence, and none runs."""

import hashlib
import io
import json
import pickle
import random
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from benchmarks.proofs.processes import SERVER, Outcome, muslin
from benchmarks.proofs.runs import write_data

import muslin as package
from muslin.errors import BundleError
from muslin.run.checkpoints import Checkpoint, Checkpoints, decode
from muslin.run.description import sealed

__all__ = ["flip_bits", "plant_code"]


def flip_bits(folder: Path, count: int) -> Outcome:
    """Flips a bit of, or cuts off, a checkpoint, its digest, and a model's two files; all in turn, at random places."""
    run = small_run(folder)
    newest = run / "checkpoints" / "step-000000002"
    targets = [newest.with_suffix(".safetensors"), newest.with_suffix(".sha256")]
    targets += [run / "model.safetensors", run / "model.json"]
    generator = random.Random(0)  # noqa: S311 - nothing is secret here
    problems = []
    for number in range(count):
        path = targets[number % len(targets)]
        whole = path.read_bytes()
        path.write_bytes(damaged(whole, generator))
        problem = checkpoint_problem(run) if path.parent != run else model_problem(run)
        problems += [f"{path.name}, damage {number}: {problem}"] if problem else []
        path.write_bytes(whole)
    return Outcome(count, problems)


def small_run(folder: Path) -> Path:
    """Makes a run with a model and two checkpoints."""
    run, data = folder / "run", write_data(folder)
    ended = muslin("fit", data, "--out", run, "--model", "mlp", "--epochs", "1", "--json")
    assert ended.code == 0, ended.text
    shutil.rmtree(run / "checkpoints")
    weights = {f"model.{name}": t for name, t in safetensors.torch.load_file(run / "model.safetensors").items()}
    with Checkpoints(run, keep=9) as checkpoints:
        for step in (1, 2):
            checkpoints.save(Checkpoint(step, weights, {"epoch_step": step}), best=0)
    return run


def damaged(content: bytes, generator: random.Random) -> bytes:
    """Flips one bit, or cuts the end off."""
    if generator.random() < 0.3:
        return content[: generator.randrange(len(content))]
    changed = bytearray(content)
    changed[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
    return bytes(changed)


def checkpoint_problem(run: Path) -> str:
    """Says what is wrong with how a damaged newest checkpoint was met; nothing if it was passed over, by name."""
    warnings: list[str] = []
    content = Checkpoints(run, keep=9).newest(warnings.append)
    if content is None:
        return "not even the one before was found"
    if decode(content).step == 2:
        return "" if hashlib.sha256(content).hexdigest() in intact(run) else "loaded in silence"
    return "" if len(warnings) == 1 and "step-000000002.safetensors" in warnings[0] else f"warnings are {warnings}"


def intact(run: Path) -> str:
    """Returns the digest that a checkpoint has while it is whole: that of the one of step 2."""
    return (run / "checkpoints" / "step-000000002.sha256").read_text(errors="replace")


def model_problem(run: Path) -> str:
    """Says what is wrong with how a damaged model was met; nothing if it was refused, by name."""
    try:
        loaded = package.load(run)
    except BundleError as error:
        return "" if "model." in str(error) else f"the message names no file: {error}"
    return f"loaded in silence as {loaded.spec}"


class Attack:
    """Creates a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return open, (str(self.marker), "w")


def payloads(marker: Path) -> dict[str, bytes]:
    """Makes files that run code in whoever is careless with them."""
    attack = Attack(marker)
    by_protocol = {f"pickle, protocol {n}": pickle.dumps(attack, protocol=n) for n in range(6)}
    code = f"open({str(marker)!r}, 'w')"
    header = json.dumps({"__metadata__": {"values": code}, "w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    return by_protocol | {
        "torch.save": torch_saved(attack, zipped=True),
        "torch.save, the old format": torch_saved(attack, zipped=False),
        "dictionary of weights with a pickle": torch_saved({"weight": torch.ones(3), "x": attack}, zipped=True),
        "NumPy objects, .npy": numpy_saved(attack, np.save),
        "NumPy objects, .npz": numpy_saved(attack, np.savez),
        "zip that climbs out": zipped({f"../../{marker.name}": b"x", str(marker): b"x"}),
        "zip with a pickle": zipped({"archive/data.pkl": pickle.dumps(attack)}),
        "tar that climbs out": tarred(f"../../{marker.name}"),
        "Python": code.encode(),
        "JSON that names a function": json.dumps(
            {"format": 1, "__reduce__": ["os.system", f"touch {marker}"]}
        ).encode(),
        "YAML that names a function": f"!!python/object/apply:os.system ['touch {marker}']".encode(),
        "JSON 150,000 deep": b"[" * 150_000,
        "safetensors with code in its header": struct.pack("<Q", len(header)) + header.encode() + bytes(4),
        "safetensors whose header never ends": b"\xff" * 8 + code.encode(),
        "safetensors whose header is 150,000 deep": struct.pack("<Q", 150_000) + b"[" * 150_000,
        "safetensors before a pickle": safetensors.torch.save({"w": torch.ones(1)}) + pickle.dumps(attack),
    }


def torch_saved(value: object, *, zipped: bool) -> bytes:
    """Returns what `torch.save` writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=zipped)
    return buffer.getvalue()


def numpy_saved(value: object, save: Callable[..., None]) -> bytes:
    """Returns what NumPy writes of an object."""
    buffer = io.BytesIO()
    save(buffer, np.array([value], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """Packs files under any names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(name: str) -> bytes:
    """Packs an empty file under any name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    return buffer.getvalue()


def plant_code(folder: Path, count: int) -> Outcome:
    """Puts hostile files, their digests made to fit, in place of a model's two files and of a checkpoint."""
    run, marker = small_run(folder), folder / "it-ran"
    attacks = dict(list(payloads(marker).items())[:count])
    problems = [] if is_loaded(attacks, marker) else ["the attacks themselves do not work: nothing was proven"]
    for name, content in attacks.items():
        for place in ("model.safetensors", "model.json", "checkpoint"):
            problem = attacked(run, place, content)
            if marker.exists():
                marker.unlink()
                problem = "it ran"
            problems += [f"{name} as {place}: {problem}"] if problem else []
    return Outcome(len(attacks), problems, "each in 3 places")


def is_loaded(attacks: dict[str, bytes], marker: Path) -> bool:
    """Whether the first attack works on a careless reader, in a process of its own."""
    process = SERVER.Process(target=pickle.loads, args=(next(iter(attacks.values())),))
    process.start()
    process.join()
    worked = marker.exists()
    marker.unlink(missing_ok=True)
    return worked


def attacked(run: Path, place: str, content: bytes) -> str:
    """Loads a run with one file exchanged; says so if it was not refused."""
    path = run / "checkpoints" / "step-000000002.safetensors" if place == "checkpoint" else run / place
    beside = path.with_suffix(".sha256") if place == "checkpoint" else run / "model.json"
    before = {one: one.read_bytes() for one in (path, beside)}
    digest = hashlib.sha256(content).hexdigest()
    if place == "model.safetensors":
        beside.write_text(sealed(json.loads(beside.read_bytes()) | {"weights_sha256": digest}))
    elif place == "checkpoint":
        beside.write_text(digest)
    path.write_bytes(content)
    try:
        return checkpoint_problem(run) if place == "checkpoint" else model_problem(run)
    finally:
        for one, whole in before.items():
            one.write_bytes(whole)
