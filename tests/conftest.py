"""Fixtures that many tests use."""

import gzip
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from muslin import cli
from muslin.data.images import Splits
from muslin.files import renew_sums
from muslin.machine import measurement
from tests.samples import QUICK, bars, make_splits

numbers = itertools.count()

settings.register_profile("ci", derandomize=True)  # there, the same examples each time; elsewhere, new ones
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_heard() -> None:
    """Undoes what a shell does to its background jobs: they, and what tests start from them, would ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def known_speeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares each test the measuring of the machine."""
    speeds = {"fp32": 1.0, "fp32 channels last": 2.0, "bf16": 0.5, "bf16 channels last": 1.0}
    monkeypatch.setattr(measurement, "measure", lambda _device: measurement.Measurement(speeds))


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives every test a cache of its own, none the home folder's."""
    monkeypatch.setenv("MUSLIN_CACHE", str(tmp_path_factory.getbasetemp() / "caches" / str(next(numbers))))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new, empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def type_(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command as typed; gives exit code, standard output and standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["muslin", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def splits() -> Splits:
    return make_splits()


@pytest.fixture
def write_idx() -> Callable[..., Path]:
    def write(path: Path, values: np.ndarray, *, compress: bool = False) -> Path:
        content = (
            bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape) + values.tobytes()
        )
        path.write_bytes(gzip.compress(content) if compress else content)
        return path

    return write


@pytest.fixture
def idx_folder(tmp_path: Path, write_idx: Callable[..., Path]) -> Path:
    """An IDX folder of bars, named and laid out as MNIST is."""
    folder = tmp_path / "bars"
    folder.mkdir()
    for name, count, seed in (("train", 300, 0), ("t10k", 60, 1)):
        images, labels = bars(count, 1, 12, 3, seed)
        write_idx(folder / f"{name}-images-idx3-ubyte.gz", images[:, 0].numpy(), compress=True)
        write_idx(folder / f"{name}-labels-idx1-ubyte", labels.numpy().astype(np.uint8))
    return folder


@pytest.fixture(scope="session")
def exported_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quick run on bars with its ONNX file, made once; for reading, or to copy."""
    import muslin
    from muslin.prediction.classifier import load
    from muslin.serving import onnx
    from muslin.serving.metadata import FILE

    root, splits, arrays = tmp_path_factory.mktemp("exported"), make_splits(), {}
    for name, data in (("train", splits.train), ("test", splits.test)):
        arrays |= {f"{name}_images": data.images[:, 0].numpy(), f"{name}_labels": data.labels.numpy()}
    np.savez(root / "bars.npz", **arrays)
    settings = QUICK | {"epochs": 1, "tta": 1}
    folder = muslin.fit(root / "bars.npz", "espresso", out=root / "run", **settings).folder
    classifier = load(folder)
    (folder / FILE).write_bytes(onnx.as_onnx(classifier, onnx.described(folder)))
    renew_sums(folder, {FILE})
    return folder
