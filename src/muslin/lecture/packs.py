"""What the widgets draw: each one's values as JSON, computed by its module under `widgets/`."""

import json
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import RLock
from types import ModuleType

from muslin.lecture.sections import SECTIONS

__all__ = ["WIDGETS", "answer_of", "pack_of"]

ONE = RLock()  # a run's model answers one page at a time: thirty at once would be no faster
WIDGETS = tuple(stem for section in SECTIONS for stem in section.widgets)


def pack_of(stem: str, run: Path | None = None) -> bytes:
    """Returns a widget's values as JSON: `values()` of its module, or `values(run)` where it looks into a run."""
    if not _is_of_run(stem):
        return _pack(stem, None)
    with ONE:
        return _pack(stem, run)


@lru_cache(maxsize=4 * len(WIDGETS))
def _pack(stem: str, run: Path | None) -> bytes:
    given = (run,) if _is_of_run(stem) else ()
    return json.dumps(_module(stem).values(*given), allow_nan=False, separators=(",", ":")).encode()


def answer_of(stem: str, question: object, run: Path | None = None) -> object:
    """Returns what a widget's module answers in the live edition, `answer(question)` or `answer(question, run)`.

    Raises:
        KeyError: there is no such widget, or it has no answers.
        SettingError: the question cannot be answered; the message says why.
    """
    if stem not in WIDGETS:
        raise KeyError(stem)
    answer = getattr(_module(stem), "answer", None)
    if answer is None:
        raise KeyError(stem)
    if not _is_of_run(stem):
        return answer(question)
    with ONE:
        return answer(question, run)


def _is_of_run(stem: str) -> bool:
    """Whether a widget looks into a run: its module says so by `OF_RUN`."""
    return getattr(_module(stem), "OF_RUN", False)


def _module(stem: str) -> ModuleType:
    return import_module(f"muslin.lecture.widgets.{stem}")
