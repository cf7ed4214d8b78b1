"""Silence what Pillow warns of."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["quiet_pillow"]

_quiet = threading.Lock()
_quiet_users = 0
_before = warnings.catch_warnings()


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silences what Pillow warns of, in all threads: what matters of it is an error or a note here.

    `warnings.catch_warnings` alone is not safe where threads overlap: the first to enter silences, the last to leave
    puts the filters back.
    """
    global _quiet_users, _before  # noqa: PLW0603
    with _quiet:
        if _quiet_users == 0:
            _before = warnings.catch_warnings()
            _before.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
        _quiet_users += 1
    try:
        yield
    finally:
        with _quiet:
            _quiet_users -= 1
            if _quiet_users == 0:
                _before.__exit__(None, None, None)
