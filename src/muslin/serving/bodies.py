"""What clients send: read within a size and a time, and all of it together within a share of the memory."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from muslin.web.server import parse_json

__all__ = ["Bodies", "Limits", "parse_values"]

MOST_HELD = 64 << 20  # bytes of all bodies at a time
MOST_VALUES = 1_000_000  # of a body of JSON: its numbers, texts, lists and objects
PACKED = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}  # how zlib is told


@dataclass(frozen=True)
class Limits:
    """What a client may ask of a server's patience.

    Attributes:
        most_bytes: of a body, unpacked too.
        head_seconds: until a request's head is there.
        body_seconds: until its body is there.
        deadline: seconds from there to the answer.
    """

    most_bytes: int = 10 << 20
    head_seconds: float = 10
    body_seconds: float = 30
    deadline: float = 2


class Bodies:
    """Reads bodies, and knows how many bytes of them are held."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.held = 0

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """Reads a request's body, unpacked, and holds it as long as the context lasts.

        Raises:
            HTTPException: it is too long (413), too slow (408), packed otherwise than by gzip or deflate (415), not
                what its header says (400), or too much is held already (503).
            ClientDisconnect: the client left.
        """
        packing = request.headers.get("content-encoding", "identity").lower()
        if packing not in ("identity", *PACKED):
            raise HTTPException(415, f"content-encoding is {packing}; send the body plain, or packed by gzip")
        with self._holding() as hold:
            body = await self._whole(request, hold)
            if packing in PACKED:
                body = self._unpacked(body, packing)
                hold(len(body))
            yield body

    async def _whole(self, request: Request, hold: Callable[[int], None]) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for part in request.stream():
                    hold(len(part))
                    body += part
                    self._check(len(body))
        except TimeoutError as error:
            why = f"the body was not there within {self._limits.body_seconds:g} seconds"
            raise HTTPException(408, why, {"connection": "close"}) from error
        return bytes(body)

    @contextmanager
    def _holding(self) -> Iterator[Callable[[int], None]]:
        """Gives what is told of each piece that is held until the context ends, and raises 503 of one too many."""
        own = 0

        def hold(more: int) -> None:
            nonlocal own
            own += more
            self.held += more
            if self.held > MOST_HELD:
                raise HTTPException(503, "many long bodies are being read; try again", {"retry-after": "1"})

        try:
            yield hold
        finally:
            self.held -= own

    def _check(self, length: int) -> None:
        if length > self._limits.most_bytes:
            raise HTTPException(413, f"the body is too long; at most {self._limits.most_bytes:,} bytes are read")

    def _unpacked(self, body: bytes, packing: str) -> bytes:
        unpacker = zlib.decompressobj(PACKED[packing])
        try:
            content = unpacker.decompress(body, self._limits.most_bytes + 1)
        except zlib.error as error:
            raise HTTPException(400, f"the body is not packed by {packing}: {error}") from error
        self._check(len(content))
        if not unpacker.eof or unpacker.unused_data:
            raise HTTPException(400, f"the body, packed by {packing}, ends too early or too late")
        return content


def parse_values(body: bytes) -> object:
    """Reads JSON of at most a million values, which take a bounded memory.

    Raises:
        HTTPException: it is not JSON (400), or has more (413).
    """
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise HTTPException(
            413, f"the JSON has more than {MOST_VALUES:,} values; send a picture's file, or binary data"
        )
    return parse_json(body)
