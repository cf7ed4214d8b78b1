"""The server's page, to ask it by hand, and the files that it is made of."""

from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from muslin.serving.service import Service
from muslin.version import __version__
from muslin.web.page import KINDS, environment, files_of_page

__all__ = ["page_routes", "render_asking"]

MOST_CELLS = 64  # of a drawing, on a side: more are too small to be painted one by one
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_routes(service: Service) -> list[Route]:
    """Returns the routes of the page."""
    return [Route("/", partial(_page, service)), Route("/page/{path:path}", _file)]


def render_asking(service: Service) -> str:
    """Returns the page."""
    spec, contrast = service.model.spec, service.model.contrast
    folder = service.model.folder
    run = {
        "classes": spec.classes,
        "cells": min(MOST_CELLS, max(spec.height, spec.width)),
        "isLight": contrast is not None and contrast.border > contrast.middle,
        "threshold": service.model.calibration.threshold,
        "mostBytes": service.limits.most_bytes,
    }
    template = environment("muslin.serving").get_template("serving.html.j2")
    name = service.name if folder is None else folder.name
    return template.render(run=run, spec=spec, name=name, version=__version__)


async def _page(service: Service, _: Request) -> Response:
    return HTMLResponse(
        render_asking(service), headers={"content-security-policy": POLICY, "cache-control": "no-cache"}
    )


async def _file(request: Request) -> Response:
    path = request.path_params["path"]
    content = files_of_page("muslin.serving").get(path)
    if content is None:
        raise HTTPException(404, "there is no such file")
    return Response(content, headers={"content-type": KINDS[path.rpartition(".")[2]], "cache-control": "no-cache"})
