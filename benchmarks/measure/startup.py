"""How long `muslin --help` takes, and how long from `muslin fit` to the first training step.

python -m benchmarks.measure.startup
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure.results import save_result

REPEATS = 5


def main() -> None:
    """Measures both, and Python's own start beside them."""
    bare = [seconds("-c", "pass") for _ in range(REPEATS)]
    helped = [seconds("-m", "muslin", "--help") for _ in range(REPEATS)]
    first_step = [seconds_to_first_step() for _ in range(REPEATS)]
    save_result(
        "startup",
        python_seconds=statistics.median(bare),
        help_seconds=statistics.median(helped),
        help_over_python=statistics.median(helped) / statistics.median(bare),
        first_step_seconds=statistics.median(first_step),
    )


def seconds(*arguments: str) -> float:
    """Times one Python process."""
    start = time.monotonic()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def seconds_to_first_step() -> float:
    """Times `muslin fit` until it says that everything is ready to train."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "muslin", "fit", "--json", "--out", str(Path(folder) / "run")]
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["event"] == "start"
            waited = time.monotonic() - start
            process.kill()
    return waited


if __name__ == "__main__":
    main()
