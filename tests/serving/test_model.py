"""A run is served as it was written, or not at all."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import onnx
import pytest

from muslin.errors import BundleError, RunError
from muslin.files import SUMS, renew_sums
from muslin.prediction.classifier import load
from muslin.run.description import add_to_description
from muslin.serving import onnx as exporting
from muslin.serving import spare
from muslin.serving.model import open_model
from tests.bad_pictures import noise, saved


@pytest.fixture
def run(exported_run, tmp_path):
    """A copy to damage."""
    return shutil.copytree(exported_run, tmp_path / "run")


def pictures(count=5):
    return np.random.default_rng(0).integers(0, 256, (count, 1, 12, 12), np.uint8)


def check(model, folder):
    classifier, images = load(folder), pictures()
    told = [model.told(image[None], row, ()) for image, row in zip(images, model.answer(images), strict=True)]
    for one, image in zip(told, images, strict=True):
        assert one.probabilities == pytest.approx(classifier.predict(image[0]).probabilities, abs=1e-5)
    assert model.digest == json.loads((folder / "model.json").read_text())["weights_sha256"]


def test_its_own_file_answers(run):
    model, how = open_model(run)
    assert model.platform == "onnxruntime_onnx"
    assert how.startswith("ONNX Runtime, by ")
    check(model, run)


def test_a_run_without_a_file_is_exported_for_the_server_alone(run, monkeypatch):
    content = (run / "model.onnx").read_bytes()
    (run / "model.onnx").unlink()
    monkeypatch.setattr(spare, "as_onnx", lambda *_: content)  # which takes seconds, and has tests of its own
    model, how = open_model(run)
    assert model.platform == "onnxruntime_onnx"
    assert "muslin export" in how
    assert not (run / "model.onnx").exists()
    check(model, run)


def test_where_no_file_can_be_made_pytorch_answers_and_it_is_told(run, monkeypatch):
    (run / "model.onnx").unlink()
    monkeypatch.setattr(exporting.importlib, "import_module", lambda name: exec(f"import no_such_{name}"))  # noqa: S102
    model, how = open_model(run)
    assert model.platform == "pytorch_torch"
    assert "pip install 'muslin[onnx]'" in how
    check(model, run)


def test_a_run_with_its_file_is_served_without_torch_and_reports_to_nobody(run, tmp_path):
    (tmp_path / "wide.png").write_bytes(saved(noise(3).resize((30, 20)), "PNG"))
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from muslin.serving.model import open_model\n"
        "from muslin.serving.bodies import Limits\n"
        "from muslin.serving.serve import Place, model_server\n"
        f"model, _ = open_model({str(run)!r})\n"
        "server = model_server(model, 'bars', Place(metrics_port=0), Limits())\n"
        f"for picture in (Path({str(tmp_path / 'wide.png')!r}).read_bytes(), np.zeros((12, 12), np.uint8)):\n"
        "    image, notes = model.read(picture)\n"
        "    print(model.told(image, model.answer(image)[0], notes).label)\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    (tmp_path / "temporary").mkdir()
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"TMPDIR": str(tmp_path / "temporary")})
    assert not list((tmp_path / "temporary").iterdir()), "ONNX Runtime has told itself who it is, to report it"


@pytest.mark.parametrize("name", ["model.json", "model.safetensors", "model.onnx"])
def test_damage_anywhere_is_never_served(run, name):
    content = (run / name).read_bytes()
    for place in range(0, len(content), max(1, len(content) // 20)):
        damaged = bytearray(content)
        damaged[place] ^= 4
        (run / name).write_bytes(damaged)
        with pytest.raises(BundleError, match=name):
            open_model(run)
    (run / name).write_bytes(content[:-1])
    with pytest.raises(BundleError, match=name):
        open_model(run)
    (run / name).write_bytes(content)
    open_model(run)


def test_a_file_that_nobody_vouches_for_is_not_served(run):
    (run / SUMS).unlink()
    with pytest.raises(BundleError, match="its SHA-256 is not the one in SHA256SUMS"):
        open_model(run)


def test_a_file_of_another_state_is_not_served(run):
    add_to_description(run, "calibration", {"temperature": 3.0, "threshold": 0.25, "pictures": 9})
    with pytest.raises(BundleError, match=r"another state of this run \(it differs in temperature, threshold\)"):
        open_model(run)


def test_a_file_that_names_other_files_is_not_served(run, here):
    proto = onnx.load_from_string((run / "model.onnx").read_bytes())
    onnx.save(
        proto, run / "model.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0,
    )  # fmt: skip
    renew_sums(run, {"model.onnx"})
    with pytest.raises(BundleError, match="cannot be opened"):
        open_model(run)


def test_what_is_no_run_is_one_sentence(tmp_path):
    with pytest.raises(RunError, match="no run at"):
        open_model(tmp_path)
    assert max(exporting.BATCHES) == spare.MOST_COMPARED
