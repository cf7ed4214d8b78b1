"""Refusals that cost next to nothing: where more is asked than can be done, what refuses must not take the time.

Such a request is answered where its connection is read, by bytes that stand ready, before an application hears of it.
"""

import json
from functools import lru_cache

from muslin.serving.batching import BusyError
from muslin.serving.metrics import NAMED, Metrics
from muslin.serving.service import Service
from muslin.web.server import HEADERS

__all__ = ["Shedding"]

ROUTES = {route.encode(): route for route in NAMED}


class Shedding:
    """Says which requests are refused unread: those that would compute, while too much waits.

    Args:
        service: what they would be computed by.
        metrics: what counts them.
    """

    def __init__(self, service: Service, metrics: Metrics) -> None:
        self._service, self._metrics = service, metrics

    def __call__(self, method: bytes, target: bytes, *, is_kept: bool) -> bytes | None:
        """Returns the whole answer to a request that is refused; None for one that an application may hear of.

        Args:
            method: the request's.
            target: its path, and the query if any.
            is_kept: whether the connection is kept for another request.
        """
        if method != b"POST" or self._service.is_draining:  # which is told in other words
            return None
        route = ROUTES.get(target.partition(b"?")[0].rpartition(b"/")[2])
        if route is None:
            return None
        busy = self._service.busy()
        if busy is None:
            self._service.batcher.announce()
            return None
        self._metrics.count(route, 503, 0.0)
        return refusal(busy.seconds, is_kept=is_kept)


@lru_cache(maxsize=64)
def refusal(seconds: int, *, is_kept: bool) -> bytes:
    """Returns the answer that the application would give, as it goes over the connection."""
    body = json.dumps({"error": str(BusyError(seconds))}, separators=(",", ":")).encode()
    headers = [
        (b"retry-after", str(seconds).encode()),
        (b"content-length", str(len(body)).encode()),
        (b"content-type", b"application/json"),
        *HEADERS,
        *([] if is_kept else [(b"connection", b"close")]),
    ]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return b"HTTP/1.1 503 Service Unavailable\r\n" + lines + b"\r\n" + body
