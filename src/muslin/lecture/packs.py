"""What the widgets draw: each one's values as JSON, computed by its module under `widgets/`."""

import json
from functools import cache
from importlib import import_module
from types import ModuleType

from muslin.lecture.sections import SECTIONS

__all__ = ["WIDGETS", "answer_of", "pack_of"]

WIDGETS = tuple(stem for section in SECTIONS for stem in section.widgets)


@cache
def pack_of(stem: str) -> bytes:
    """Returns the values of a widget, `values()` of its module, as JSON."""
    return json.dumps(_module(stem).values(), allow_nan=False, separators=(",", ":")).encode()


def answer_of(stem: str, question: object) -> object:
    """Returns what a widget's module answers in the live edition, `answer(question)`.

    Raises:
        KeyError: there is no such widget, or it has no answers.
        SettingError: the question cannot be answered; the message says why.
    """
    if stem not in WIDGETS:
        raise KeyError(stem)
    answer = getattr(_module(stem), "answer", None)
    if answer is None:
        raise KeyError(stem)
    return answer(question)


def _module(stem: str) -> ModuleType:
    return import_module(f"muslin.lecture.widgets.{stem}")
