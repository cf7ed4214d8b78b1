"""The lecture's page with Python behind it: an ASGI application with one table of routes."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from muslin.lecture.packs import WIDGETS, answer_of, pack_of
from muslin.lecture.page import KINDS, page_files, render_lecture
from muslin.web.server import ERROR_HANDLERS, read_json

__all__ = ["MOST_BYTES", "lecture_app"]

MOST_BYTES = 4 << 20  # of a request's body: a photograph from a telephone


def lecture_app() -> Starlette:
    """Returns the application; `web.server.Guard` belongs before it."""
    routes = [
        Route("/", _page),
        Route("/packs/{stem}.json", _pack),
        Route("/live/{stem}", _answer, methods=["POST"]),
        Route("/{path:path}", _file),
    ]
    return Starlette(routes=routes, exception_handlers=ERROR_HANDLERS)


def _page(_: Request) -> Response:
    return Response(render_lecture(is_live=True), media_type="text/html")


def _pack(request: Request) -> Response:
    stem = request.path_params["stem"]
    if stem not in WIDGETS:
        raise HTTPException(404, "there is no such widget")
    return Response(pack_of(stem), media_type="application/json")


def _file(request: Request) -> Response:
    path = request.path_params["path"]
    content = page_files().get(path)
    if content is None:
        raise HTTPException(404, "there is no such file")
    return Response(content, headers={"content-type": KINDS[path.rpartition(".")[2]], "cache-control": "no-cache"})


async def _answer(request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool

    question = await read_json(request)
    try:
        return JSONResponse(await run_in_threadpool(answer_of, request.path_params["stem"], question))
    except KeyError as error:
        raise HTTPException(404, "there is nothing to ask here") from error
