"""Share work on picture files out between several processes.

Threads would wait for each other: half of the work on a small picture is Python.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from muslin.data.decoding import worker
from muslin.data.decoding.quiet import quiet_pillow
from muslin.errors import DataError

__all__ = ["ReportProgress"]

ReportProgress = Callable[[str, int, int], None]  # what is done ("reading", "decoding"), pictures done, pictures in all

CHUNK = 64  # pictures a task
WORTH_PROCESSES = 2000  # pictures; below, starting processes takes longer than they save


def share_out(
    task: dict[str, Any], items: Sequence[Any], threads: int, doing: str, progress: ReportProgress
) -> Iterator[Any]:
    """Returns the answers for all items, in their order, from as many workers as there are threads.

    Args:
        task: the work that `worker.do_task` is to do on each item.
        items: one a picture.
        threads: pictures to work on at a time.
        doing: the work's name for progress.
        progress: a function that is told the pictures done, of how many.

    Raises:
        DataError: a worker says so, or was ended from outside.
    """
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    count = threads if len(items) >= WORTH_PROCESSES else 0
    with quiet_pillow(), _workers(count) as ask, ThreadPoolExecutor(threads) as pool:
        done = 0
        for answers in pool.map(lambda chunk: ask(task | {"items": chunk}), chunks):
            done += len(answers)
            progress(doing, done, len(items))
            yield from answers


@contextmanager
def _workers(count: int) -> Iterator[Callable[[dict[str, Any]], list[Any]]]:
    """Returns a function that has a task done by an idle worker process, or here when there are none."""
    if count == 0:
        yield worker.do_task
        return
    own, started = threading.local(), []

    def ask(task: dict[str, Any]) -> list[Any]:
        if not hasattr(own, "process"):
            own.process = _start()
            started.append(own.process)
        return _answer_of(own.process, task)

    try:
        yield ask
    finally:
        for process in started:
            process.kill()
            process.communicate()


def _start() -> "subprocess.Popen[str]":
    source = str(Path(worker.__file__).parents[3])
    paths = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "muslin.data.decoding.worker"],  # -P: no random.py of the current folder's
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
    )


def _answer_of(process: "subprocess.Popen[str]", task: dict[str, Any]) -> list[Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    except OSError:
        answer = ""
    if not answer:
        raise DataError("a process that decodes pictures was ended, perhaps for want of memory; use fewer threads")
    reply = json.loads(answer)
    if isinstance(reply, str):
        raise DataError(reply)
    return list(reply)
