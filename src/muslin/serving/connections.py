"""Connections that may not be held open by saying little, and that refuse by themselves what is not to be read."""

import asyncio
import json
from typing import Protocol, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["connections"]

REFUSED_SECONDS = 0.1  # that a connection is not read after a refusal, which said to come again after a second
MOST = 800  # at a time: the system gives a process 1,024 files


class Refuses(Protocol):
    """What says, by a request's method and target, with which answer it is refused; None where it is not."""

    def __call__(self, method: bytes, target: bytes, *, is_kept: bool) -> bytes | None: ...


class Connection(HttpToolsProtocol):
    """One that ends if a request's head is not there in time."""

    head_seconds: float
    refuses: Refuses
    is_refused = False  # the request whose body comes now
    patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        if len(self.connections) > MOST:
            self.transport.abort()
            return
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        if self._is_idle():  # so too the rest of a body that was refused
            self._expect_head()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._end_patience()
        self.is_refused = self._is_idle() and self._refuse()
        if not self.is_refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self.is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.is_refused:
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_patience()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answers what is not HTTP, in the form of all errors here."""
        body = json.dumps({"error": msg}).encode()
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def _is_idle(self) -> bool:
        """Whether nothing that was asked is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self) -> bool:
        """Refuses a request, if it is to be refused, once its head is there."""
        is_kept = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"
        answer = self.refuses(self.parser.get_method(), self.url, is_kept=is_kept)
        if answer is None:
            return False
        self.transport.write(answer)
        if not is_kept:
            self.transport.close()
        self.on_response_complete()
        self.flow.pause_reading()
        self.loop.call_later(REFUSED_SECONDS, self.flow.resume_reading)
        return True

    def _expect_head(self) -> None:
        if self.patience is None:
            self.patience = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _end_patience(self) -> None:
        if self.patience is not None:
            self.patience.cancel()
            self.patience = None


def connections(head_seconds: float, refuses: Refuses) -> type[Connection]:
    """Returns what uvicorn makes of each connection: a class, for it takes no more."""
    return type("PatientConnection", (Connection,), {"head_seconds": head_seconds, "refuses": staticmethod(refuses)})
