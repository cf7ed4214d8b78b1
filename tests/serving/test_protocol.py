"""The Open Inference Protocol: Triton's own client is answered in all of its forms, and nonsense by one sentence."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from tritonclient import http as triton
from tritonclient.utils import InferenceServerException

from muslin.serving.app import picture_in
from muslin.serving.bodies import Limits
from muslin.serving.protocol import parse_asked
from tests.serving.served import SECONDS, serving, small_classifier, small_model

DIGEST = "abcdef0123456789" * 4
VERSION = DIGEST[:12]


@pytest.fixture(scope="module")
def classifier():
    return small_classifier(channels=3)


@pytest.fixture(scope="module")
def server(classifier):
    with serving(replace(small_model(classifier), digest=DIGEST), Limits(deadline=SECONDS)) as client:
        yield client


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(f"127.0.0.1:{server.port}") as client:
        yield client


def pictures(count):
    return np.random.default_rng(count).integers(0, 256, (count, 3, 12, 12), np.uint8)


def expected(classifier, images):
    found = [classifier.predict(image.transpose(1, 2, 0)).probabilities for image in images]
    return np.array([[one[name] for name in classifier.classes] for one in found], np.float32)


def infer(client, images, *, binary=True, wanted=None, **more):
    asked = triton.InferInput("images", list(images.shape), "UINT8")
    asked.set_data_from_numpy(images, binary_data=binary)
    outputs = None if wanted is None else [triton.InferRequestedOutput("probabilities", binary_data=wanted)]
    return client.infer("bars", [asked], outputs=outputs, **more)


def test_health_and_metadata(client, classifier):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("bars")
    assert client.is_model_ready("bars", VERSION)
    assert not client.is_model_ready("other")
    server = client.get_server_metadata()
    assert (server["name"], server["extensions"]) == ("muslin", ["binary_tensor_data"])
    assert (
        client.get_model_metadata("bars", VERSION)
        == client.get_model_metadata("bars")
        == {
            "name": "bars",
            "versions": [VERSION],
            "platform": "pytorch_torch",
            "inputs": [{"name": "images", "datatype": "UINT8", "shape": [-1, 3, 12, 12]}],
            "outputs": [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 3]}],
            "parameters": {"classes": list(classifier.classes), "threshold": 0.4, "views": 1},
        }
    )
    with pytest.raises(InferenceServerException, match="unknown model 'other'; this server has 'bars'"):
        client.get_model_metadata("other")
    with pytest.raises(InferenceServerException, match="unknown version '7'"):
        client.get_model_metadata("bars", "7")


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("wanted", [True, False, None])
@pytest.mark.parametrize("count", [1, 5])
def test_all_six_forms_are_answered_as_in_python(client, classifier, binary, wanted, count):
    images = pictures(count)
    told = infer(client, images, binary=binary, wanted=wanted, request_id="mine")
    assert told.as_numpy("probabilities") == pytest.approx(expected(classifier, images), abs=1e-6)
    response = told.get_response()
    assert (response["model_name"], response["model_version"], response["id"]) == ("bars", VERSION, "mine")
    (output,) = response["outputs"]
    assert ("data" in output) == (wanted is False)


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_packed_both_ways(client, classifier, binary, wanted, algorithm):
    images = pictures(60)
    packing = {"request_compression_algorithm": algorithm, "response_compression_algorithm": algorithm}
    told = infer(client, images, binary=binary, wanted=wanted, **packing)
    assert told.as_numpy("probabilities") == pytest.approx(expected(classifier, images), abs=1e-6)


def test_an_answer_is_packed_where_that_is_asked_for(server):
    data = pictures(60).ravel().tolist()
    body = json.dumps({"inputs": [tensor(shape=[60, 3, 12, 12], data=data)]})
    for value, packed in [("gzip", "gzip"), ("br, gzip", "gzip"), ("identity", None), ("gzip;q=0", None)]:
        connection = server.connect()
        connection.request("POST", "/v2/models/bars/infer", body, {"accept-encoding": value})
        reply = connection.getresponse()
        reply.read()
        connection.close()
        assert (reply.status, reply.getheader("content-encoding")) == (200, packed)


def test_more_pictures_than_a_batch_holds_are_refused(client):
    assert infer(client, pictures(64)).as_numpy("probabilities").shape == (64, 3)
    with pytest.raises(InferenceServerException, match="N is 65; at least 1 and at most 64"):
        infer(client, pictures(65))


def tensor(**changes):
    return {"name": "images", "shape": [1, 3, 12, 12], "datatype": "UINT8", "data": [7] * 432} | changes


def asks(server, value, **headers):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return server.ask("POST", "/v2/models/bars/infer", body, **headers)[:2]


def test_data_may_be_nested_and_unknown_entries_are_passed_over(server):
    flat = asks(server, {"inputs": [tensor()]})
    assert flat[0] == 200
    nested = tensor(data=np.full((1, 3, 12, 12), 7).tolist())
    assert asks(server, {"inputs": [nested], "parameters": {"priority": 1}, "outputs": []}) == flat


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([], "not a JSON object"),
        ({}, "inputs has to be a list of one"),
        ({"inputs": [tensor(), tensor()]}, "inputs has to be a list of one"),
        ({"inputs": [7]}, "inputs has to be a list of one"),
        ({"inputs": [tensor(name="image")]}, "named images"),
        ({"inputs": [tensor(datatype="FP32")]}, "datatype is UINT8"),
        ({"inputs": [tensor(shape=[1, 432])]}, "(N, C, H, W)"),
        ({"inputs": [tensor(shape=[0, 3, 12, 12])]}, "N is 0; at least 1"),
        ({"inputs": [tensor(shape=[10**40, 3, 12, 12])]}, "N is 1000"),
        ({"inputs": [tensor(shape=[True, 3, 12, 12])]}, "(N, C, H, W)"),
        ({"inputs": [tensor(shape=[1, 1, 36, 12])]}, "[3, 12, 12] for C, H and W"),
        ({"inputs": [tensor(data=[7] * 431)]}, "431 numbers"),
        ({"inputs": [tensor(data=[256] * 432)]}, "whole numbers from 0 to 255"),
        ({"inputs": [tensor(data=[0.5] * 432)]}, "whole numbers from 0 to 255"),
        ({"inputs": [tensor(data=["a"] * 432)]}, "whole numbers from 0 to 255"),
        ({"inputs": [tensor(data=[])]}, "whole numbers from 0 to 255"),
        ({"inputs": [tensor(data=[[1], [1, 2]])]}, "different lengths"),
        ({"inputs": [tensor(data="abc")]}, "needs data"),
        ({"inputs": [tensor(parameters=[])]}, "parameters is not a JSON object"),
        ({"inputs": [tensor(parameters={"binary_data_size": 432})]}, "binary_data_size is 432"),
        ({"inputs": [tensor()], "id": 7}, "id is not a text"),
        ({"inputs": [tensor()], "outputs": [{"name": "logits"}]}, "outputs has to be a list of one"),
        ({"inputs": [tensor()], "outputs": [7]}, "outputs has to be a list of one"),
        ({"inputs": [tensor()], "outputs": 7}, "outputs has to be a list of one"),
        ({"inputs": [tensor()], "parameters": {"binary_data_output": 1}}, "true or false"),
        (
            {"inputs": [tensor()], "outputs": [{"name": "probabilities", "parameters": {"classification": 2}}]},
            "classification is not offered",
        ),
    ],
)
def test_what_is_no_request_is_one_sentence(server, value, why):
    status, told = asks(server, value)
    assert status == 400
    assert why in told["error"]


@pytest.mark.parametrize("length", ["-1", "abc", "²", "9" * 30, "100000", "3.0"])
def test_a_head_that_lies_about_its_length_is_refused(server, length):
    body = json.dumps({"inputs": [tensor()]}).encode()
    connection = server.connect()
    connection.request("POST", "/v2/models/bars/infer", body, {"Inference-Header-Content-Length": length.encode()})
    reply = connection.getresponse()
    assert reply.status == 400
    assert "inference-header-content-length is" in json.loads(reply.read())["error"]
    connection.close()


@pytest.mark.parametrize(
    ("changes", "size"),
    [({}, 431), ({}, 433), ({"data": [1]}, 432), ({"parameters": {"binary_data_size": True}}, 432),
     ({"parameters": {}}, 432)],
)  # fmt: skip
def test_bytes_that_do_not_fit_are_refused(server, changes, size):
    whole = tensor(parameters={"binary_data_size": 432})
    del whole["data"]
    head = json.dumps({"inputs": [whole | changes]}).encode()
    status, told = asks(server, head + bytes(size), Inference_Header_Content_Length=str(len(head)))
    assert (status, list(told)) == (400, ["error"])
    head = json.dumps({"inputs": [whole]}).encode()
    assert asks(server, head + bytes(432), Inference_Header_Content_Length=str(len(head)))[0] == 200


def refusal(parse):
    try:
        parse()
    except HTTPException as error:
        return error
    return None


letters = st.text("a1ü\ud800", max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | letters,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(letters, inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["inputs", "outputs", "parameters", "id"]), values),
    st.dictionaries(st.sampled_from(["name", "shape", "datatype", "data", "parameters"]), values),
    st.none() | st.integers(0, 300),
    st.binary(max_size=20),
)
def test_whatever_is_sent_is_read_or_refused(request_changes, input_changes, length, binary):
    value = {"inputs": [tensor() | input_changes]} | request_changes
    body = json.dumps(value).encode() + binary
    for parse in (
        lambda: parse_asked(body, None if length is None else str(length), (3, 12, 12)),
        lambda: picture_in(value.get("id")),
        lambda: picture_in({"pixels": input_changes.get("data")}),
        lambda: picture_in({"picture": input_changes.get("name")}),
    ):
        refused = refusal(parse)
        assert refused is None or refused.status_code == 400
        JSONResponse({"error": refused and refused.detail})  # which can be told


def test_it_is_not_ready_where_it_ends(classifier):
    with serving(small_model(classifier)) as server:
        service = server.server.server.service
        service.active += 1
        server.server.stop()
        with triton.InferenceServerClient(f"127.0.0.1:{server.port}") as client:
            assert client.is_server_live()
            assert not client.is_server_ready()
            assert not client.is_model_ready("bars")
            with pytest.raises(InferenceServerException, match="is ending"):
                infer(client, pictures(1))
        service.active -= 1
