"""The lecture's page with Python behind it: an ASGI application with one table of routes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from muslin.lecture.packs import WIDGETS, answer_of, pack_of
from muslin.lecture.page import KINDS, page_files, render_lecture
from muslin.web.server import ERROR_HANDLERS, read_json

__all__ = ["MOST_BYTES", "FindRun", "lecture_app"]

MOST_BYTES = 4 << 20  # of a request's body: a photograph from a telephone


FindRun = Callable[[], Path | None]


def lecture_app(find: FindRun = lambda: None) -> Starlette:
    """Returns the application; `web.server.Guard` belongs before it.

    Args:
        find: returns the run to look into, asked anew each time: there may be a newer one.
    """
    routes = [
        Route("/", _page),
        Route("/packs/{stem}.json", partial(_pack, find)),
        Route("/live/{stem}", partial(_answer, find), methods=["POST"]),
        Route("/{path:path}", _file),
    ]
    return Starlette(routes=routes, exception_handlers=ERROR_HANDLERS)


def _page(_: Request) -> Response:
    return Response(render_lecture(is_live=True), media_type="text/html")


def _pack(find: FindRun, request: Request) -> Response:
    stem = request.path_params["stem"]
    if stem not in WIDGETS:
        raise HTTPException(404, "there is no such widget")
    return Response(pack_of(stem, find()), media_type="application/json")


def _file(request: Request) -> Response:
    path = request.path_params["path"]
    content = page_files().get(path)
    if content is None:
        raise HTTPException(404, "there is no such file")
    return Response(content, headers={"content-type": KINDS[path.rpartition(".")[2]], "cache-control": "no-cache"})


async def _answer(find: FindRun, request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool

    question = await read_json(request)
    try:
        stem = request.path_params["stem"]
        return JSONResponse(await run_in_threadpool(lambda: answer_of(stem, question, find())))
    except KeyError as error:
        raise HTTPException(404, "there is nothing to ask here") from error
