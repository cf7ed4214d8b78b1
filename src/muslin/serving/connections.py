"""Connections that may not be held open by saying little."""

import asyncio
import json
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["connections"]

MOST = 800  # at a time: the system gives a process 1,024 files


class Connection(HttpToolsProtocol):
    """One that ends if a request's head is not there in time."""

    head_seconds: float
    patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        if len(self.connections) > MOST:
            self.transport.abort()
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        if self.cycle is None or self.cycle.response_complete:  # so too the rest of a body that was refused
            self._expect_head()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._end_patience()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_patience()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answers what is not HTTP, in the form of all errors here."""
        body = json.dumps({"error": msg}).encode()
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def _expect_head(self) -> None:
        if self.patience is None:
            self.patience = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _end_patience(self) -> None:
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None


def connections(head_seconds: float) -> type[Connection]:
    """Returns what uvicorn makes of each connection: a class, for it takes no more."""
    return type("PatientConnection", (Connection,), {"head_seconds": head_seconds})
