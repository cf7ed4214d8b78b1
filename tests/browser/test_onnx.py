"""An exported model in ONNX Runtime for browsers, which `make test` takes from npm's registry beforehand."""

import shutil
from pathlib import Path

import pytest
import torch

from muslin.models import build
from muslin.prediction.calibration import Calibration
from muslin.prediction.classifier import Classifier
from muslin.serving.onnx import as_onnx, open_session
from tests.browser.pages import Watch
from tests.browser.serving import serve_folder
from tests.models.samples import make_spec

RUNTIME = Path(__file__).parents[2] / ".venv" / "onnxruntime-web"

ANSWER = """async ([batches, shape]) => {
    const {env, InferenceSession, Tensor} = await import("./ort.wasm.min.mjs");
    env.wasm.numThreads = 1;  // more need headers that a plain web host does not send
    const session = await InferenceSession.create("model.onnx");
    const answers = [];
    for (const pixels of batches) {
        const size = shape.reduce((product, side) => product * side, 1);
        const images = new Tensor("uint8", Uint8Array.from(pixels), [pixels.length / size, ...shape]);
        const {probabilities} = await session.run({images});
        answers.push([...probabilities.data]);
    }
    return answers;
}"""


@pytest.mark.skipif(not RUNTIME.is_dir(), reason="onnxruntime-web is not there: make test installs it where npm is")
@pytest.mark.parametrize("name", ["convnet", "resnet_slim"])
def test_a_page_gets_the_same_answers(name: str, watch: Watch, tmp_path: Path):
    torch.manual_seed(0)
    spec = make_spec(3, 16, 12, 4)
    classifier = Classifier(build(name, spec), spec, views=10, calibration=Calibration(temperature=0.3))
    shutil.copytree(RUNTIME, tmp_path, dirs_exist_ok=True)
    content = as_onnx(classifier, {})
    (tmp_path / "model.onnx").write_bytes(content)
    (tmp_path / "index.html").write_text("<!doctype html><link rel=icon href=data:,>", encoding="utf-8")
    batches = [torch.randint(256, (count, 3, 16, 12), dtype=torch.uint8) for count in (1, 7)]
    with serve_folder(tmp_path) as url:
        page = watch.open(f"{url}/")
        answers = page.evaluate(ANSWER, [[batch.flatten().tolist() for batch in batches], [3, 16, 12]])
    for batch, answer in zip(batches, answers, strict=True):
        (expected,) = open_session(content).run(None, {"images": batch.numpy()})
        found = torch.tensor(answer).view(len(batch), 4)
        torch.testing.assert_close(found, torch.from_numpy(expected), atol=1e-5, rtol=0)
        assert torch.equal(found.argmax(1), torch.from_numpy(expected).argmax(1))
