"""The page with Python behind it, as `muslin lecture` serves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from muslin.lecture.serve import lecture_server
from muslin.lecture.training import Training

SECONDS = 30  # until it has ended, on a slow machine


@contextmanager
def served(run: Path | None = None, training: Training | None = None) -> Iterator[str]:
    """Serves the page, with a run to look into or none, while the context lasts; gives its address.

    Args:
        run: the run.
        training: the one training of the server; of Fashion-MNIST by default.
    """
    server = lecture_server("127.0.0.1", 0, (), lambda: run, training)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server.address
    finally:
        server.stop()
        thread.join(SECONDS)
    assert not thread.is_alive()
