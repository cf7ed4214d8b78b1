"""Stop training between two steps when a person or the system asks for it."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

__all__ = ["Interruption"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While entered, the first Ctrl-C or SIGTERM is noted and the second one ends the program as usual.

    Python takes signals in its main thread alone; elsewhere this notes nothing.
    """

    def __init__(self) -> None:
        self.received: int | None = None

    def asked(self) -> bool:
        """Whether a person or the system asked to stop."""
        return self.received is not None

    def __enter__(self) -> Self:
        self.before = {}
        if threading.current_thread() is threading.main_thread():
            self.before = {s: signal.signal(s, self._note) for s in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.received = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)
        self.before = {}
