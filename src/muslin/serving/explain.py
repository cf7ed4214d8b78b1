"""Explanations beside the answers: one at a time, in a thread of its own, by what the first one has loaded.

Legend: C channels, H x W pixels.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from muslin.errors import MuslinError
from muslin.serving.batching import BusyError
from muslin.serving.model import Images, ServedModel

if TYPE_CHECKING:
    from muslin.serving.reasons import Reasons

__all__ = ["Explaining"]

MOST_WAITING = 8  # requests
LOADING = "what explains is being loaded; try again in a few seconds"
NO_RUN = "There is none: the server does not know the run's folder."
CHANGED = "There is none: the run's folder is not as it was when the server started; start it again."


class EndedError(Exception):
    """The server ends."""


class Explaining:
    """Explains pictures, in the order in which they come.

    The first one has the run's model loaded by PyTorch, and its training pictures looked at in the background. Until
    these are, explanations lack them, and say so.

    Args:
        model: what answers.
        deadline: seconds within which an answer is wanted.
    """

    def __init__(self, model: ServedModel, deadline: float) -> None:
        self._model, self._deadline = model, deadline
        self._turn = ThreadPoolExecutor(1, "muslin-explain")
        self._looking = ThreadPoolExecutor(1, "muslin-look")
        self._gathered: asyncio.Future[Reasons] | None = None
        self._is_ending = threading.Event()
        self.waiting = 0  # requests that are not answered yet

    def stop(self) -> None:
        """Ends what is done in the background."""
        self._is_ending.set()
        if self._gathered is not None:
            self._gathered.cancel()
        for threads in (self._turn, self._looking):
            threads.shutdown(wait=False, cancel_futures=True)

    def check(self) -> None:
        """Raises BusyError if no more would be taken."""
        if self.waiting >= MOST_WAITING:
            raise BusyError(self._deadline)

    async def explain(self, image: Images, label: str) -> dict[str, Any]:
        """Returns why a (1, C, H, W) picture was called by a class's name, as `Reasons.explain` does.

        Raises:
            BusyError: too many wait.
            HTTPException: what explains is still being loaded; to be tried again.
        """
        self.check()
        if self._model.folder is None:
            return without(NO_RUN)
        self.waiting += 1
        try:
            reasons = await self._reasons()
            return await asyncio.get_running_loop().run_in_executor(self._turn, reasons.explain, image, label)
        except MuslinError:  # paths may be in it
            return without(CHANGED)
        finally:
            self.waiting -= 1

    async def _reasons(self) -> "Reasons":
        gathered = self._gathered
        if gathered is None:
            gathered = asyncio.get_running_loop().run_in_executor(self._turn, gather, self._model)
            self._gathered = gathered
            gathered.add_done_callback(self._look)
        await asyncio.wait([gathered], timeout=self._deadline / 2)
        if not gathered.done():
            raise HTTPException(503, LOADING, {"retry-after": "2"})
        return gathered.result()

    def _look(self, gathered: "asyncio.Future[Reasons]") -> None:
        """Has the training pictures looked at, once the model is there; where it cannot be had, the next ask tries."""
        if gathered.cancelled() or gathered.exception() is not None:
            self._gathered = None
        elif not self._is_ending.is_set():
            self._looking.submit(gathered.result().look, self._check_ending)

    def _check_ending(self) -> None:
        if self._is_ending.is_set():
            raise EndedError


def gather(model: ServedModel) -> "Reasons":
    """Returns what explains a model's answers; loads PyTorch.

    Raises:
        MuslinError: the run is not there, or not what it was.
    """
    from muslin.serving.reasons import gather_reasons

    assert model.folder is not None
    return gather_reasons(model.folder, model.factory, model.digest)


def without(why: str) -> dict[str, Any]:
    """Returns an explanation that has a sentence in the place of each part."""
    return {"map": why, "neighbours": why, "unlike": why, "is_complete": True}
