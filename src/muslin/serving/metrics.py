"""What a server has done, in Prometheus' text format, version 0.0.4, for a port of its own."""

import bisect
import time
from collections import Counter
from collections.abc import Iterator

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from muslin.serving.service import Service

__all__ = ["NAMED", "Metrics", "metrics_app"]

KIND = "text/plain; version=0.0.4; charset=utf-8"
BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)  # seconds
ANSWERING = ("predict", "infer")  # routes whose time is measured
NAMED = (*ANSWERING, "explain")  # routes that are counted each; all others are counted as one


class Metrics:
    """Counts what an application answers, as ASGI middleware.

    Args:
        app: what answers.
        service: what the application computes by.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service
        self.requests: Counter[tuple[str, int]] = Counter()  # by route and status
        self._within = [0] * (len(BOUNDS) + 1)  # answers with status 200, by the bound of seconds that they kept
        self._seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        route = scope["path"].rpartition("/")[2]
        route = route if route in NAMED else "other"
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.count(route, message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, counted)

    def count(self, route: str, status: int, seconds: float) -> None:
        """Counts an answer by its route and status, and how long it took."""
        self.requests[route, status] += 1
        if route in ANSWERING and status == 200:
            self._within[bisect.bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def text(self) -> str:
        """Returns all numbers, a line each."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        batcher = self._service.batcher
        yield "# HELP muslin_requests_total Requests that were answered, by route and status."
        yield "# TYPE muslin_requests_total counter"
        for (route, status), count in sorted(self.requests.items()):
            yield f'muslin_requests_total{{route="{route}",status="{status}"}} {count}'
        yield "# HELP muslin_answer_seconds From a request's head to its answer, of those with status 200."
        yield "# TYPE muslin_answer_seconds histogram"
        total = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self._within, strict=True):
            total += count
            yield f'muslin_answer_seconds_bucket{{le="{bound}"}} {total}'
        yield f"muslin_answer_seconds_sum {self._seconds:.6f}"
        yield f"muslin_answer_seconds_count {total}"
        for name, kind, said, value in (
            ("pictures_total", "counter", "Pictures that were computed.", batcher.pictures),
            ("batches_total", "counter", "Batches that they were computed in.", batcher.batches),
            ("waiting_pictures", "gauge", "Pictures of requests that are not answered yet.", batcher.taken),
            ("held_bytes", "gauge", "Bytes of requests' bodies.", self._service.bodies.held),
            ("ready", "gauge", "1 where more requests are taken.", int(not self._service.is_draining)),
        ):
            yield f"# HELP muslin_{name} {said}"
            yield f"# TYPE muslin_{name} {kind}"
            yield f"muslin_{name} {value}"


def metrics_app(metrics: Metrics) -> ASGIApp:
    """Returns the application that tells the numbers, at /metrics."""

    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            reply = Response("see /metrics\n", 404)
            if scope["path"] == "/metrics" and scope["method"] == "GET":
                reply = Response(metrics.text(), headers={"content-type": KIND})
            await reply(scope, receive, send)

    return tell
