"""What is said of a picture; loads no torch."""

from dataclasses import dataclass
from typing import Any

from muslin.text import percent, printable
from muslin.web.notebook import bar, table

__all__ = ["Prediction"]

SHOWN = 5  # classes in a notebook


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one picture.

    Attributes:
        label: the most probable class's name.
        probability: the most probable class's probability, in [0, 1], calibrated as all of them are.
        runner_up: the second most probable class's name; None of a single class.
        is_sure: whether the probability reaches the run's threshold; below it, "not sure" is the better answer.
        probabilities: every class's probability by its name, the most probable first; they sum to 1.
        views: views of the picture that were averaged: 1, 2, 5 or 10 (at the most).
        notes: what a person should know of how the picture was read.
    """

    label: str
    probability: float
    runner_up: str | None
    is_sure: bool
    probabilities: dict[str, float]
    views: int
    notes: tuple[str, ...]

    @classmethod
    def of(cls, probabilities: dict[str, float], threshold: float, views: int, notes: tuple[str, ...]) -> "Prediction":
        """Returns what is said by probabilities of classes, the most probable first, and a run's threshold."""
        label, *others = probabilities
        best = probabilities[label]
        return cls(label, best, next(iter(others), None), best >= threshold, probabilities, views, notes)

    def in_words(self, top: int = 2) -> str:
        """Returns the `top` likeliest classes with their probabilities, in one line, or that it is not sure which.

        >>> shares = {"Shirt": 0.48, "Coat": 0.45, "Bag": 0.07}
        >>> Prediction("Shirt", 0.48, "Coat", False, shares, 1, ()).in_words()
        'not sure: Shirt 48.0 %, or Coat 45.0 %'
        """
        first, *others = [f"{printable(name)} {percent(p, 1)}" for name, p in list(self.probabilities.items())[:top]]
        doubt, link = ("", ", then ") if self.is_sure else ("not sure: ", ", or ")
        return doubt + first + (link + ", ".join(others) if others else "")

    def as_json(self) -> dict[str, Any]:
        """Returns the attributes by their names, for `json.dumps`."""
        return dict(vars(self))

    def _repr_html_(self) -> str:
        """Returns what a notebook shows: the likeliest classes with their probabilities."""
        rows = [(printable(name), bar(share)) for name, share in list(self.probabilities.items())[:SHOWN]]
        title = printable(self.label) if self.is_sure else f"not sure: {printable(self.label)}?"
        return table(title, (), rows, note="; ".join(self.notes))
