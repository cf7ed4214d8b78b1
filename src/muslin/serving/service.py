"""What all routes of a server share: how a request is let in, its pictures read and computed, and when it is given up.

Legend: N pictures, C channels, H x W pixels, K classes.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from muslin.serving.batching import Batcher, BusyError
from muslin.serving.bodies import Bodies, Limits
from muslin.serving.decoders import Decoders
from muslin.serving.explain import Explaining
from muslin.serving.model import Images, Pixels, Probabilities, ServedModel
from muslin.serving.turns import Turns

__all__ = ["Service"]

T = TypeVar("T")

PNG_START = b"\x89PNG\r\n\x1a\n"
SMALL_BYTES, SMALL_PIXELS = 16 << 10, 1 << 16  # of a PNG that is decoded sooner than handed to a thread


class Service:
    """A model, and the requests that it answers.

    Args:
        model: what answers.
        name: the model's name in the Open Inference Protocol.
        limits: what a client may ask.
    """

    def __init__(self, model: ServedModel, name: str, limits: Limits) -> None:
        self.model, self.name, self.limits = model, name, limits
        self._turns = Turns()
        self._decoders = Decoders(model.read, limits.deadline)
        self.batcher = Batcher(model.answer, limits.deadline, self._turns)
        self.bodies = Bodies(limits)
        self.explaining = Explaining(model, limits.deadline)
        self.is_draining = False  # whether it ends: what came before is answered, and nothing more is taken
        self.active = 0  # requests that are let in and not answered yet

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Computes as long as the context lasts."""
        self.batcher.start(np.zeros((1, *self.model.shape), np.uint8))
        try:
            yield
        finally:
            self.batcher.stop()
            self.explaining.stop()
            self._decoders.stop()

    def busy(self) -> BusyError | None:
        """Returns why no more is let in; None where it is, as a request that is alone always is."""
        return self.batcher.busy() or self._decoders.busy()

    @asynccontextmanager
    async def let_in(self, request: Request) -> AsyncIterator[bytes]:
        """Lets a request in, if there is room for it, and reads its body; from then on its deadline runs.

        Raises:
            HTTPException: it is not let in, its body is none, or the deadline is over (503, to be tried again).
            BusyError: too much waits.
            ClientDisconnect: the client left.
        """
        if self.is_draining:
            raise HTTPException(503, "the server is ending; ask another", {"retry-after": "1", "connection": "close"})
        self.active += 1
        try:
            busy = self.busy()
            if busy is not None:  # before anything is read
                raise busy
            async with self.bodies.read(request) as body:
                with self.batcher.place():
                    async with asyncio.timeout(self.limits.deadline):
                        await self._turns.turn()
                        yield body
        except TimeoutError as error:
            why = f"not answered within {self.limits.deadline:g} seconds; try again"
            raise HTTPException(503, why, {"retry-after": "1"}) from error
        finally:
            self.active -= 1

    async def read_picture(self, picture: bytes | Pixels) -> tuple[Images, tuple[str, ...]]:
        """Reads a picture, as `ServedModel.read` does; one that may take long, beside the loop.

        Raises:
            PictureError: it is not a picture that can be read.
            BusyError: too many that take long wait.
        """
        if isinstance(picture, bytes) and is_small(picture):
            return self.model.read(picture)
        return await self._decoders.read(picture)

    async def compute(self, images: Images, receive: Receive) -> Probabilities:
        """Returns the (N, K) probabilities of a request's (N, C, H, W) pictures.

        Args:
            images: the pictures.
            receive: what tells that the client left; its pictures are then not computed.

        Raises:
            ClientDisconnect: it did.
            HTTPException: the model answers with what is no number; status 500.
        """
        with self.batcher.submit(images) as rows:
            found = await unless_left(rows, receive)
        if not np.isfinite(found).all():
            raise HTTPException(500, "the model answers with what is no number; train it anew")
        return found

    async def explain(self, image: Images, label: str, receive: Receive) -> dict[str, Any]:
        """Returns why a (1, C, H, W) picture was called by a class's name, as `Explaining.explain` does.

        Raises:
            BusyError: too many wait.
            HTTPException: what explains is still being loaded; to be tried again.
            ClientDisconnect: the client left.
        """
        return await unless_left(asyncio.ensure_future(self.explaining.explain(image, label)), receive)


async def unless_left(work: "asyncio.Future[T]", receive: Receive) -> T:
    """Returns what comes of some work, which is cancelled if the client leaves.

    Raises:
        ClientDisconnect: it did.
    """
    left = asyncio.ensure_future(until_left(receive))
    left.add_done_callback(lambda _: work.cancel())
    try:
        return await work
    except asyncio.CancelledError:
        if left.done() and not left.cancelled():
            raise ClientDisconnect from None
        raise
    finally:
        left.cancel()


async def until_left(receive: Receive) -> None:
    """Waits until a client leaves."""
    with suppress(Exception):  # servers differ in how they tell it
        while (await receive())["type"] != "http.disconnect":
            pass


def is_small(content: bytes) -> bool:
    """Whether a file's content is a PNG whose decoding takes a fraction of a millisecond."""
    if len(content) > SMALL_BYTES or len(content) < 24 or not content.startswith(PNG_START):
        return False
    width, height = struct.unpack(">II", content[16:24])
    return bool(width * height <= SMALL_PIXELS)
