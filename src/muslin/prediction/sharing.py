"""Answer many batches on all cores: each thread reads and computes batches of its own, so that none waits for another.

One batch shared out between cores makes them wait for each other in every layer, and for the reading of its pictures.
"""

import copy
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

import torch
from torch import nn

from muslin.machine.cores import available_threads

__all__ = ["answer_all"]

AHEAD = 2  # batches for each thread that are read and answered before they are asked for

Batch = TypeVar("Batch")
Answer = TypeVar("Answer")


def answer_all(
    model: nn.Module, batches: Iterable[Batch], answer: Callable[[nn.Module, Batch], list[Answer]]
) -> Iterator[Answer]:
    """Yields the answers to all batches, in their order; no more than a few batches are in memory.

    A single batch is answered here, as PyTorch is set up.

    Args:
        model: what answers; each thread has a twin of its own.
        batches: taken one after the other.
        answer: the work, from a model and a batch; may raise.
    """
    taken = iter(batches)
    first = list(islice(taken, 2))
    if len(first) < 2:
        for batch in first:
            yield from answer(model, batch)
        return
    own = threading.local()

    def set_up() -> None:
        torch.set_num_threads(1)
        torch.set_flush_denormal(True)  # of this thread alone
        own.model = twin(model)

    threads, threads_before = available_threads(), torch.get_num_threads()
    waiting: deque[Future[list[Answer]]] = deque()
    pool = ThreadPoolExecutor(threads, "muslin-answers", set_up)
    try:
        for batch in chain(first, taken):
            waiting.append(pool.submit(lambda batch: answer(own.model, batch), batch))
            if len(waiting) > AHEAD * threads:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads_before)  # what a new thread would begin with is common to all


def twin(model: nn.Module) -> nn.Module:
    """Returns a model with the same weights, in the same memory, but with attributes of its own.

    What a model of one's own notes down while it answers, it so notes down for itself alone.
    """
    other = copy.copy(model)
    other._buffers = dict(model._buffers)
    other._modules = {name: child and twin(child) for name, child in model._modules.items()}
    return other
