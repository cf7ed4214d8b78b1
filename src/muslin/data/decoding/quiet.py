"""Silence what Pillow warns of."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

__all__ = ["quiet_pillow"]

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else Python prints what it logs of damaged files
_quiet = threading.Lock()
_quiet_users = 0
_before = warnings.catch_warnings()
_most = Image.MAX_IMAGE_PIXELS


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silences what Pillow warns of, in all threads: what matters of it is an error or a note here.

    `warnings.catch_warnings` alone is not safe where threads overlap: the first to enter silences, the last to leave
    puts the filters back.
    """
    global _quiet_users, _before, _most  # noqa: PLW0603
    with _quiet:
        if _quiet_users == 0:
            _before = warnings.catch_warnings()
            _before.__enter__()
            warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
            _most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # how many are read is checked elsewhere
        _quiet_users += 1
    try:
        yield
    finally:
        with _quiet:
            _quiet_users -= 1
            if _quiet_users == 0:
                _before.__exit__(None, None, None)
                Image.MAX_IMAGE_PIXELS = _most
