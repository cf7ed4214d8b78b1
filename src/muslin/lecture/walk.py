"""A walk through a program, line by line: what each line changed, in words.

The program runs for real. Python tells a trace function of every line that is about to run; what the names of the
function then stand for is described, and what differs from before is what the last line did.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from muslin.text import plural

__all__ = ["Step", "walk_through"]

MOST_TIMES = 2  # that one line is told of
FIRST = 4  # values of a tensor
WIDTH = 90  # letters of any other value


@dataclass(frozen=True)
class Step:
    """What one line did.

    Attributes:
        line: its number, from 1.
        function: the function that it stands in.
        changed: what the names that it changed stand for now, in words.
    """

    line: int
    function: str
    changed: dict[str, str]


@dataclass
class Recorder:
    """A trace function that describes what each line of some functions changes."""

    codes: frozenset[CodeType]
    steps: list[Step] = field(default_factory=list)
    times: Counter[int] = field(default_factory=Counter)

    def __call__(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        """Follows a function that begins, if it is one of those."""
        if event != "call" or frame.f_code not in self.codes:
            return None
        last, known = 0, described(frame.f_locals)

        def on_line(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
            nonlocal last, known
            if event in ("line", "return") and last:
                self.times[last] += 1
                if self.times[last] <= MOST_TIMES:
                    now = described(frame.f_locals)
                    changed = {name: text for name, text in now.items() if known.get(name) != text}
                    self.steps.append(Step(last, frame.f_code.co_name, changed))
                    known = now
            last = frame.f_lineno
            return on_line

        return on_line


def walk_through(run: Callable[[], object], functions: tuple[Callable[..., object], ...]) -> list[Step]:
    """Runs a program and returns what the lines of some of its functions did, each line at most twice.

    Args:
        run: runs it.
        functions: those whose lines are told.
    """
    recorder = Recorder(frozenset(getattr(function, "__wrapped__", function).__code__ for function in functions))
    before = sys.gettrace()
    sys.settrace(recorder)
    try:
        run()
    finally:
        sys.settrace(before)
    return recorder.steps


def described(names: dict[str, object]) -> dict[str, str]:
    """Returns what names stand for, in words."""
    return {name: describe(value) for name, value in names.items()}


def describe(value: object) -> str:
    """Returns what a value is, in words.

    >>> describe(torch.zeros(2, 3))
    'float32 (2, 3): 0, 0, 0, 0, ...'
    >>> describe(0.25)
    '0.25'
    """
    if isinstance(value, Tensor):
        first = ", ".join(f"{one:.4g}" for one in value.detach().flatten()[:FIRST].tolist())
        more = ", ..." if value.numel() > FIRST else ""
        return f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}: {first}{more}"
    if isinstance(value, nn.Module):
        return describe_module(value)
    if isinstance(value, DataLoader):
        return f"{plural(len(value), 'batch', 'batches')} of {value.batch_size}, of {type(value.dataset).__name__}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int | str | torch.device):
        return str(value)
    if isinstance(value, torch.optim.lr_scheduler.LRScheduler):
        return f"{type(value).__name__}, learning rate now {value.get_last_lr()[0]:.4g}"
    if isinstance(value, torch.optim.Optimizer):
        return (
            f"{type(value).__name__} of {plural(sum(len(group['params']) for group in value.param_groups), 'tensor')}"
        )
    text = repr(value)
    return f"a {type(value).__name__}" if len(text) > WIDTH or " at 0x" in text else text


def describe_module(module: nn.Module) -> str:
    """Returns what a model is, its first weight and that one's gradient, and in which mode it is."""
    weights = next(module.parameters())
    gradient = "none yet" if weights.grad is None else f"{weights.grad.flatten()[0].item():.4g}"
    count = sum(parameter.numel() for parameter in module.parameters())
    mode = "training" if module.training else "evaluation"
    return (
        f"{type(module).__name__}, {count:,} parameters, in {mode} mode; "
        f"first weight {weights.detach().flatten()[0].item():.6f}, its gradient {gradient}"
    )
