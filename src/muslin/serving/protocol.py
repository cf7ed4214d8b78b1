"""The Open Inference Protocol, version 2, over HTTP, with its binary tensors: what KServe and Triton speak.

https://github.com/kserve/open-inference-protocol, Triton's protocol/extension_binary_data.md

Legend: N pictures, C channels, H x W pixels, K classes.
"""

import gzip
import json
import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from muslin.serving.batching import MOST_PICTURES
from muslin.serving.bodies import parse_values
from muslin.serving.model import Images, Probabilities
from muslin.serving.service import Service
from muslin.text import shortened
from muslin.version import __version__

__all__ = ["live", "protocol_routes", "ready", "version_of"]

INPUT, OUTPUT = "images", "probabilities"
HEAD_LENGTH = "inference-header-content-length"
WORTH_PACKING = 512  # bytes
VERSION_LETTERS = 12  # of the weights' SHA-256


@dataclass(frozen=True)
class Asked:
    """A request for inference.

    Attributes:
        images: (N, C, H, W).
        id: what the client calls it; None if it does not.
        is_binary: whether the answer's numbers are wanted as bytes.
    """

    images: Images
    id: str | None
    is_binary: bool


def protocol_routes(service: Service) -> list[Route]:
    """Returns the routes of the protocol."""
    model = "/v2/models/{name}"
    version = model + "/versions/{version}"
    routes = [
        Route("/v2", partial(_server, service)),
        Route("/v2/health/live", live),
        Route("/v2/health/ready", partial(ready, service)),
    ]
    for path in (model, version):
        routes += [
            Route(path, partial(_model, service)),
            Route(f"{path}/ready", partial(_model_ready, service)),
            Route(f"{path}/infer", partial(_infer, service), methods=["POST"]),
        ]
    return routes


def version_of(service: Service) -> str:
    """Returns the model's version: what its weights are."""
    return service.model.digest[:VERSION_LETTERS]


async def _server(_: Service, __: Request) -> Response:
    return JSONResponse({"name": "muslin", "version": __version__, "extensions": ["binary_tensor_data"]})


async def live(_: Request) -> Response:
    """Answers that the server lives, as long as it does."""
    return JSONResponse({"live": True})


async def ready(service: Service, _: Request) -> Response:
    """Answers whether more requests are taken."""
    return JSONResponse({"ready": not service.is_draining}, 503 if service.is_draining else 200)


async def _model_ready(service: Service, request: Request) -> Response:
    check_named(service, request)
    body = {"name": service.name, "ready": not service.is_draining}
    return JSONResponse(body, 503 if service.is_draining else 200)


async def _model(service: Service, request: Request) -> Response:
    check_named(service, request)
    model = service.model
    return JSONResponse({
        "name": service.name,
        "versions": [version_of(service)],
        "platform": model.platform,
        "inputs": [{"name": INPUT, "datatype": "UINT8", "shape": [-1, *model.shape]}],
        "outputs": [{"name": OUTPUT, "datatype": "FP32", "shape": [-1, len(model.spec.classes)]}],
        "parameters": {"classes": model.spec.classes, "threshold": model.calibration.threshold, "views": model.views},
    })  # fmt: skip


async def _infer(service: Service, request: Request) -> Response:
    check_named(service, request)
    async with service.let_in(request) as body:
        asked = parse_asked(body, request.headers.get(HEAD_LENGTH), service.model.shape)
        rows = await service.compute(asked.images, request.receive)
    content, headers = said(service, asked, rows)
    takes_packed = "gzip" in [one.strip() for one in request.headers.get("accept-encoding", "").split(",")]
    if takes_packed and len(content) >= WORTH_PACKING:
        content, headers = gzip.compress(content, 1), {**headers, "content-encoding": "gzip"}
    return Response(content, headers=headers)


def check_named(service: Service, request: Request) -> None:
    """Raises 404 unless a request names the model, and its version if any, that is served."""
    name, version = request.path_params["name"], request.path_params.get("version")
    if name != service.name:
        raise HTTPException(404, f"unknown model {shortened(name, 60)!r}; this server has {service.name!r}")
    if version not in (None, version_of(service)):
        raise HTTPException(
            404, f"unknown version {shortened(version, 60)!r}; this server has {version_of(service)!r} of its model"
        )


def parse_asked(body: bytes, head_length: str | None, shape: tuple[int, int, int]) -> Asked:
    """Reads a request for inference.

    Args:
        body: JSON, and after it the bytes of its input if the request says how long its JSON is.
        head_length: that length, as the header has it.
        shape: (C, H, W) of the pictures that the model takes.

    Raises:
        HTTPException: it is none (400), or has too many values (413).
    """
    head, binary = split(body, head_length)
    request = parse_values(head)
    if not isinstance(request, dict):
        raise HTTPException(400, "the request is not a JSON object; it needs inputs")
    inputs = request.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], dict):
        raise HTTPException(400, f"inputs has to be a list of one input, {INPUT}")
    given = request.get("id")
    if not isinstance(given, str | None):
        raise HTTPException(400, "id is not a text")
    return Asked(read_input(inputs[0], binary, shape), given, wants_binary(request))


def split(body: bytes, head_length: str | None) -> tuple[bytes, bytes | None]:
    """Returns a body's JSON, and the bytes after it; None where the header does not say that there may be any."""
    if head_length is None:
        return body, None
    if not (head_length.isascii() and head_length.isdigit() and len(head_length) < 10) or int(head_length) > len(body):
        raise HTTPException(400, f"{HEAD_LENGTH} is {shortened(head_length, 20)}, of a body of {len(body):,} bytes")
    return body[: int(head_length)], body[int(head_length) :]


def read_input(given: dict[str, Any], binary: bytes | None, shape: tuple[int, int, int]) -> Images:
    """Returns the pictures of an input, (N, C, H, W); raises HTTPException as `parse_asked` does."""
    if given.get("name") != INPUT or given.get("datatype") != "UINT8":
        raise HTTPException(400, f"the input is named {INPUT}, and its datatype is UINT8: pixels from 0 to 255")
    wanted = given.get("shape")
    if not isinstance(wanted, list) or [type(side) for side in wanted] != [int] * 4 or tuple(wanted[1:]) != shape:
        raise HTTPException(400, f"the shape is (N, C, H, W), with {list(shape)} for C, H and W")
    if not 1 <= wanted[0] <= MOST_PICTURES:
        raise HTTPException(
            400, f"N is {wanted[0]}; at least 1 and at most {MOST_PICTURES} pictures are taken at a time"
        )
    pixels = from_bytes(given, binary) if is_binary_input(given) else from_numbers(given, binary)
    if pixels.size != math.prod(wanted):
        raise HTTPException(
            400, f"the data have {pixels.size:,} numbers; the shape {wanted} needs {math.prod(wanted):,}"
        )
    return pixels.reshape(wanted)


def is_binary_input(given: dict[str, Any]) -> bool:
    """Whether an input says that its numbers are the bytes after the JSON."""
    return "binary_data_size" in parameters_of(given)


def from_bytes(given: dict[str, Any], binary: bytes | None) -> Images:
    """Returns the numbers of an input that are the bytes after the JSON."""
    size = parameters_of(given)["binary_data_size"]
    if type(size) is not int or binary is None or size != len(binary) or "data" in given:
        raise HTTPException(
            400,
            f"binary_data_size is {shortened(repr(size), 20)}: it has to be the number of bytes after the JSON, whose "
            f"length stands in the header {HEAD_LENGTH}, and data has to be absent",
        )
    return np.frombuffer(binary, np.uint8)


def from_numbers(given: dict[str, Any], binary: bytes | None) -> Images:
    """Returns the numbers of an input that stand in the JSON, flat or nested."""
    if binary:
        raise HTTPException(400, "there are bytes after the JSON, but the input has no binary_data_size")
    data = given.get("data")
    if not isinstance(data, list):
        raise HTTPException(400, "the input needs data, a list of whole numbers from 0 to 255, or a binary_data_size")
    try:
        values = np.array(data)
    except (ValueError, OverflowError, RecursionError) as error:
        raise HTTPException(400, "data has lists of different lengths, or is too deep") from error
    if values.dtype.kind not in "iu" or values.size == 0 or values.min() < 0 or values.max() > 255:
        raise HTTPException(400, "data has something else than whole numbers from 0 to 255")
    return values.astype(np.uint8)


def wants_binary(request: dict[str, Any]) -> bool:
    """Whether the answer's numbers are wanted as bytes: as the output says, else as the request does."""
    usual = parameters_of(request).get("binary_data_output", False)
    outputs = request.get("outputs", [])
    is_list = isinstance(outputs, list) and all(isinstance(one, dict) for one in outputs)
    if not is_list or len(outputs) > 1 or any(one.get("name") != OUTPUT for one in outputs):
        raise HTTPException(400, f"outputs has to be a list of one output, {OUTPUT}, or absent")
    own = parameters_of(outputs[0]) if outputs else {}
    if "classification" in own:
        raise HTTPException(400, "classification is not offered; the model's metadata name its classes")
    is_binary = own.get("binary_data", usual)
    if not isinstance(is_binary, bool):
        raise HTTPException(400, "binary_data and binary_data_output are true or false")
    return is_binary


def parameters_of(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the parameters of a request, an input or an output."""
    parameters = value.get("parameters", {})
    if not isinstance(parameters, dict):
        raise HTTPException(400, "parameters is not a JSON object")
    return parameters


def said(service: Service, asked: Asked, rows: Probabilities) -> tuple[bytes, dict[str, str]]:
    """Returns an answer's content and its headers, for (N, K) probabilities."""
    output: dict[str, Any] = {"name": OUTPUT, "datatype": "FP32", "shape": list(rows.shape)}
    answer: dict[str, Any] = {"model_name": service.name, "model_version": version_of(service)}
    if asked.id is not None:
        answer["id"] = asked.id
    if not asked.is_binary:
        output["data"] = rows.ravel().tolist()
        return json.dumps(answer | {"outputs": [output]}).encode(), {"content-type": "application/json"}
    content = rows.astype("<f4", copy=False).tobytes()
    output["parameters"] = {"binary_data_size": len(content)}
    head = json.dumps(answer | {"outputs": [output]}).encode()
    return head + content, {"content-type": "application/octet-stream", HEAD_LENGTH: str(len(head))}
