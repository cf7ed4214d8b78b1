"""A model behind HTTP: a plain ASGI application with one table of routes, for Muslin's own server and for others'.

Legend: H x W pixels.
"""

import base64
import binascii
from contextlib import AbstractAsyncContextManager
from functools import partial

import numpy as np
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from muslin.prediction.prediction import Prediction
from muslin.serving.batching import BusyError
from muslin.serving.bodies import parse_values
from muslin.serving.description import description_of, page_of
from muslin.serving.model import Images, Pixels
from muslin.serving.page import page_routes
from muslin.serving.protocol import live, protocol_routes, ready
from muslin.serving.service import Service
from muslin.web.page import picture_uri
from muslin.web.server import ERROR_HANDLERS, ErrorHandlers, refuse

__all__ = ["HEALTH", "serving_app"]

# what anyone may ask, for it tells nothing else
HEALTH = frozenset({"/live", "/ready", "/v2/health/live", "/v2/health/ready"})
LEFT = 499  # nginx's status for a client that left before the answer: nobody reads it

SHAPES = (
    'send the picture\'s file as it is, or as JSON either {"picture": "...the file in base64..."} or {"pixels": [[0, '
    "255, ...], ...]}, rows of whole numbers from 0 to 255, each one number or red, green and blue"
)


def serving_app(service: Service) -> Starlette:
    """Returns the application; where others can reach it, something belongs before it that asks for a token."""

    def lifespan(_: Starlette) -> AbstractAsyncContextManager[None]:
        return service.running()

    routes = [
        Route("/predict", partial(_predict, service), methods=["POST"]),
        Route("/explain", partial(_explain, service), methods=["POST"]),
        Route("/live", live),
        Route("/ready", partial(ready, service)),
        Route("/openapi.json", partial(_description, service)),
        Route("/docs", partial(_docs, service)),
        *protocol_routes(service),
        *page_routes(service),
    ]
    return Starlette(routes=routes, exception_handlers={**ERROR_HANDLERS, **MORE_HANDLERS}, lifespan=lifespan)


async def _description(service: Service, _: Request) -> Response:
    return JSONResponse(description_of(service))


async def _docs(service: Service, _: Request) -> Response:
    return HTMLResponse(page_of(description_of(service)))


async def _predict(service: Service, request: Request) -> Response:
    check_kind(request)
    async with service.let_in(request) as body:
        _, prediction = await predicted(service, request, body)
    return JSONResponse(prediction.as_json())


async def _explain(service: Service, request: Request) -> Response:
    check_kind(request)
    service.explaining.check()  # before anything is read
    async with service.let_in(request) as body:
        image, prediction = await predicted(service, request, body)
        why = await service.explain(image, prediction.label, request.receive)
    return JSONResponse({**prediction.as_json(), "seen": picture_uri(image[0]), **why})


def check_kind(request: Request) -> None:
    """Raises 415 of a body that is a form."""
    if (kind := kind_of(request)).startswith("multipart/"):
        raise HTTPException(415, f"content-type is {kind}, which is not read; {SHAPES}")


def kind_of(request: Request) -> str:
    """Returns what a body says that it is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def predicted(service: Service, request: Request, body: bytes) -> tuple[Images, Prediction]:
    """Returns the picture of a body as the model sees it, (1, C, H, W), and what is said of it.

    Raises:
        HTTPException: the JSON holds none, or the model answers with what is no number.
        PictureError: it is not a picture that can be read.
        ClientDisconnect: the client left.
    """
    picture = picture_in(parse_values(body)) if kind_of(request) == "application/json" else body
    image, notes = await service.read_picture(picture)
    (row,) = await service.compute(image, request.receive)
    return image, service.model.told(image, row, notes)


def picture_in(value: object) -> bytes | Pixels:
    """Returns the picture of a body of JSON: a file's content, or (H, W) or (H, W, 3) uint8.

    Raises:
        HTTPException: there is none.
    """
    match value:
        case {"picture": str(text), **others} if not others:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise HTTPException(400, f"picture is not base64: {error}") from error
        case {"pixels": list(rows), **others} if not others:
            return pixels_of_rows(rows)
    raise HTTPException(400, f"the JSON holds no picture as it is read; {SHAPES}")


def pixels_of_rows(rows: list[object]) -> Pixels:
    """Returns nested lists of whole numbers as (H, W) or (H, W, 3) uint8.

    Raises:
        HTTPException: they are not rows of such numbers.
    """
    try:
        values = np.array(rows)
    except (ValueError, OverflowError, RecursionError) as error:
        raise HTTPException(400, f"pixels has rows of different lengths, or is too deep; {SHAPES}") from error
    has_shape = values.ndim == 2 or (values.ndim == 3 and values.shape[2] == 3)
    if values.dtype.kind not in "iu" or not has_shape or 0 in values.shape:
        raise HTTPException(400, f"pixels is {values.dtype} {values.shape}; {SHAPES}")
    if values.min() < 0 or values.max() > 255:
        raise HTTPException(400, f"pixels has values from {values.min()} to {values.max()}; {SHAPES}")
    return values.astype(np.uint8)


async def _busy(_: Request, error: Exception) -> Response:
    assert isinstance(error, BusyError)
    return refuse(503, str(error), {"retry-after": str(error.seconds)})


async def _left(_: Request, __: Exception) -> Response:
    return Response(status_code=LEFT)


async def _failed(_: Request, __: Exception) -> Response:
    return refuse(500, "the server failed; what went wrong stands where it was started")


MORE_HANDLERS: ErrorHandlers = {BusyError: _busy, ClientDisconnect: _left, Exception: _failed}
