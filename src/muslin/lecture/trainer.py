"""A process that trains for the lecture's page: its settings come on a line of standard input, as JSON.

It tells each event of `muslin.fit` as a line of JSON on standard output. Once standard input ends, because it is to
stop or because the server that began it is gone, it stops between two steps.
"""

import json
import signal
import sys
from threading import Thread
from typing import Any

from muslin.errors import MuslinError


def main() -> None:
    """Trains once."""
    request = json.loads(sys.stdin.readline())
    Thread(target=_stop_at_the_end, daemon=True).start()
    try:
        from muslin.pipeline import run_recipe

        run_recipe(report=lambda event: _tell(event.as_json()), **request)
    except MuslinError as error:
        _tell({"event": "problem", "text": str(error)})
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(1)


def _stop_at_the_end() -> None:
    sys.stdin.read()
    signal.raise_signal(signal.SIGINT)


def _tell(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
