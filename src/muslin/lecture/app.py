"""The lecture's page with Python behind it: an ASGI application with one table of routes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from muslin.lecture.packs import WIDGETS, answer_of, pack_of
from muslin.lecture.page import page_files, render_lecture
from muslin.lecture.training import Training
from muslin.lecture.widgets.fit import settings_of
from muslin.web.page import KINDS
from muslin.web.server import ERROR_HANDLERS, read_json

__all__ = ["MOST_BYTES", "FindRun", "lecture_app"]

MOST_BYTES = 4 << 20  # of a request's body: a photograph from a telephone


FindRun = Callable[[], Path | None]


def lecture_app(find: FindRun, training: Training) -> Starlette:
    """Returns the application; `web.server.Guard` belongs before it.

    Args:
        find: returns the run to look into, asked anew each time: there may be a newer one.
        training: the one training of this server; a run that it brought to its end is looked into from then on.
    """

    def found() -> Path | None:
        return training.run or find()

    routes = [
        Route("/", _page),
        Route("/packs/{stem}.json", partial(_pack, found)),
        Route("/live/fit/begin", partial(_begin, training), methods=["POST"]),
        Route("/live/fit/stop", partial(_stop, training), methods=["POST"]),
        Route("/live/fit/events", partial(_events, training)),
        Route("/live/{stem}", partial(_answer, found), methods=["POST"]),
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


async def _begin(training: Training, request: Request) -> Response:
    training.begin(settings_of(await read_json(request)))
    return JSONResponse({})


async def _stop(training: Training, request: Request) -> Response:
    await read_json(request)
    training.stop("A page stopped it.")
    return JSONResponse({})


async def _events(training: Training, _: Request) -> Response:
    return StreamingResponse(training.watched(), media_type="text/event-stream", headers={"cache-control": "no-store"})
