import json
import subprocess
import sys

import onnx
import pytest
import torch

from muslin.errors import BundleError, SettingError
from muslin.models import MODELS
from muslin.prediction.calibration import Calibration
from muslin.prediction.classifier import Classifier
from muslin.serving.onnx import as_onnx, compare, open_session
from tests.models.samples import make_spec


def made(name, channels=1, views=1):
    torch.manual_seed(0)
    spec = make_spec(channels, 16, 12, 3)
    return Classifier(MODELS[name](spec), spec, views=views, calibration=Calibration(temperature=0.7))


def pictures(classifier, count):
    shape = (count, classifier.spec.channels, classifier.spec.height, classifier.spec.width)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", MODELS)
def test_every_model_answers_as_in_pytorch(name):
    classifier = made(name, channels=3)
    assert compare(classifier, as_onnx(classifier, {}), pictures(classifier, 5)) <= 1e-5


@pytest.mark.parametrize("views", [2, 10])
def test_views_and_temperature_are_inside(views):
    classifier = made("convnet", views=views)
    classifier.model[-1].weight.data *= 12  # so that some answers are sure and some are not
    content = as_onnx(classifier, {"classes": json.dumps(classifier.classes)})
    images = pictures(classifier, 70)
    assert compare(classifier, content, images) <= 1e-5
    plain = made("convnet", views=1)
    plain.model.load_state_dict(classifier.model.state_dict())
    with pytest.raises(BundleError, match=r"the ONNX file says .*, PyTorch .*nothing was written"):
        compare(plain, content, images)
    proto = onnx.load_from_string(content)
    assert {prop.key: prop.value for prop in proto.metadata_props} == {"classes": '["0", "1", "2"]'}
    assert not any(weights.external_data for weights in proto.graph.initializer)
    assert {weights.name for weights in proto.graph.initializer} <= names_used(proto.graph)
    (given,), (said,) = open_session(content).get_inputs(), open_session(content).get_outputs()
    assert (given.name, given.type, given.shape[1:]) == ("images", "tensor(uint8)", [1, 16, 12])
    assert (said.name, said.type, said.shape[1:]) == ("probabilities", "tensor(float)", [3])
    assert isinstance(given.shape[0], str), "any number of pictures"


def names_used(graph):
    """What the nodes of a graph take, and those of the graphs within it."""
    inner = [attribute.g for node in graph.node for attribute in node.attribute if attribute.HasField("g")]
    return {name for node in graph.node for name in node.input}.union(*map(names_used, inner))


class Branching(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(3))

    def forward(self, images):
        return self.weight * (images.flatten(1)[:, :3] if images.sum() > 0 else images.flatten(1)[:, 3:6])


def test_a_model_that_has_no_onnx_form_is_one_sentence():
    classifier = Classifier(Branching(), make_spec(1, 4, 4, 3))
    with pytest.raises(SettingError, match=r"the model cannot be written as ONNX: .*nothing was written"):
        as_onnx(classifier, {})


def test_a_model_that_answers_with_no_number_is_not_written():
    classifier = made("linear")
    content = as_onnx(classifier, {})
    for weights in classifier.model.parameters():
        weights.data.fill_(float("nan"))
    with pytest.raises(BundleError, match="test picture 0, in a batch of 1"):
        compare(classifier, content, pictures(classifier, 2))


def test_missing_libraries_are_named_with_the_command():
    code = (
        "import sys; sys.modules['onnx'] = None\n"
        "from muslin.serving.onnx import check_installed\n"
        "from muslin.errors import SettingError\n"
        "try: check_installed()\n"
        "except SettingError as error: print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'muslin[onnx]'" in told
