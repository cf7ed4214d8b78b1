import hashlib
import json

import onnxruntime

import muslin
from muslin.serving import onnx
from tests.samples import QUICK


def test_a_run_as_onnx(here, idx_folder, type_, monkeypatch):
    muslin.fit(idx_folder, "espresso", out="run", **QUICK | {"epochs": 1})
    code, out, err = type_("export", "run", "--out", "model.txt")
    assert (code, out) == (2, "")
    assert "ends in .onnx" in err
    with monkeypatch.context() as patch:
        patch.setattr(onnx, "CLOSE", -1.0)
        code, out, err = type_("export", "run")
    assert (code, out) == (1, "")
    assert "test picture 0, in a batch of 1: the ONNX file says" in err
    assert not (here / "run" / "model.onnx").exists()
    code, out, err = type_("export", "run")
    assert code == 0, err
    assert out.startswith("run/model.onnx: ")
    assert "the same answers" in out
    content = (here / "run" / "model.onnx").read_bytes()
    assert f"{hashlib.sha256(content).hexdigest()}  model.onnx\n" in (here / "run" / "SHA256SUMS").read_text()
    said = onnxruntime.InferenceSession(content).get_modelmeta().custom_metadata_map
    description = json.loads((here / "run" / "model.json").read_text())
    assert json.loads(said["classes"]) == description["data"]["classes"]
    assert said["weights_sha256"] == description["weights_sha256"]
