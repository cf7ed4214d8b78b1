"""What is ready at once goes on little by little: between, a server's loop hears who else asks."""

import asyncio
import time
from collections import deque
from typing import Any, TypeVar

__all__ = ["Turns"]

T = TypeVar("T")

FEW = 4  # that go on in one turn of the loop


class Turns:
    """Lets those who wait go on in their order, few of them in each turn of the loop that runs."""

    def __init__(self) -> None:
        self._line: deque[tuple[float, asyncio.Future[Any], Any]] = deque()  # since when, who, with what
        self._left = FEW  # that may yet go on in this turn; where it is not all, the next turn is asked for

    def settle(self, future: "asyncio.Future[T]", result: T) -> None:
        """Gives a future its result, at once or when its turn comes; one that is done by then is passed over."""
        if self._left and not self._line:
            self._settle(future, result)
        else:
            self._line.append((time.monotonic(), future, result))

    async def turn(self) -> None:
        """Waits for a turn."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.settle(mine, None)
        await mine

    def lag(self) -> float:
        """Returns for how many seconds the first in the line has waited."""
        return time.monotonic() - self._line[0][0] if self._line else 0.0

    def _settle(self, future: "asyncio.Future[T]", result: T) -> None:
        if future.done():
            return
        if self._left == FEW:
            asyncio.get_running_loop().call_soon(self._next_turn)
        self._left -= 1
        future.set_result(result)

    def _next_turn(self) -> None:
        self._left = FEW
        while self._left and self._line:
            _, future, result = self._line.popleft()
            self._settle(future, result)
