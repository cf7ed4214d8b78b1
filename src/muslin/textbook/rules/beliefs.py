"""What is believed: how certainties combine, and what a rule that fires adds to them.

Legend: N cases, which are reasoned about all at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from muslin.errors import unknown_name
from muslin.textbook.rules.terms import COMPARE, Condition, Fact, Rule, names_of

__all__ = ["BELIEVED", "Beliefs", "Certainty", "Firing", "combine"]

BELIEVED = 0.2  # MYCIN's threshold: evidence at or below it is not worth a conclusion

Certainty: TypeAlias = NDArray[np.float64]


def combine(first: ArrayLike, second: ArrayLike) -> Certainty:
    """Combines two certainties for the same fact, as MYCIN does (Shortliffe and Buchanan, 1975; van Melle, 1980).

    a + b (1 - a) when both are positive, a + b (1 + a) when both are negative, and (a + b) / (1 - min(|a|, |b|)) when
    they disagree. The order does not matter. Two certain opposites cancel: 0.

    Args:
        first: certainties in [-1, 1], of any shape.
        second: certainties in [-1, 1], of a shape that fits.

    Returns:
        The combined certainties, in [-1, 1].

    >>> print(combine(0.6, 0.5), combine(0.8, -0.5).round(4), combine(1.0, -1.0))
    0.8 0.6 0.0
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    agreed = a + b * (1 - np.abs(a))
    weaker = np.minimum(np.abs(a), np.abs(b))
    return np.asarray(np.where(a * b >= 0, agreed, (a + b) / np.where(weaker < 1, 1 - weaker, 1)))


@dataclass(frozen=True)
class Firing:
    """One rule's turn, in every case where its premise held.

    Attributes:
        rule: the rule that fired.
        premises: the certainty of each of its conditions at that time, each (N,).
        evidence: certainty that it added to its conclusion (N,); 0 in cases where it did not fire.
    """

    rule: Rule
    premises: tuple[Certainty, ...]
    evidence: Certainty


class Beliefs:
    """What is believed in each of N cases.

    Attributes:
        cases: number of cases, N.
        certainties: certainty of each fact, told or concluded (N,); conclusions in the order in which their rules fire.
        measured: the values of each number (N,).
        firings: the rules that fired, in order.
    """

    def __init__(self, cases: int, known: Iterable[Fact]) -> None:
        self.cases = cases
        self.certainties: dict[Fact, Certainty] = {fact: np.zeros(cases) for fact in known}
        self.measured: dict[str, NDArray[np.floating[Any]]] = {}
        self.firings: list[Firing] = []

    def certainty(self, fact: str) -> Certainty:
        """Returns the certainty of a fact in each case (N,), 0 where nothing is known."""
        parsed = Fact.parse(fact)
        if parsed not in self.certainties:
            raise unknown_name("fact", str(parsed), map(str, self.certainties))
        return self.certainties[parsed]

    def best(self, name: str) -> NDArray[np.str_]:
        """Returns the word that `name` most certainly has in each case (N,); empty where none is believed.

        Of two that are equally certain, the one whose rule fires first wins: conflict resolution.
        """
        all_words = [fact for fact in self.certainties if isinstance(fact.value, str)]
        words = {str(fact.value): self.certainties[fact] for fact in all_words if fact.name == name}
        if not words:
            raise unknown_name("name", name, names_of(all_words))
        beliefs = np.array(list(words.values()))
        return np.where(beliefs.max(axis=0) > BELIEVED, np.array(list(words))[beliefs.argmax(axis=0)], "")

    def add(self, fact: Fact, evidence: Certainty) -> None:
        """Adds evidence for or against a fact, in each case (N,)."""
        self.certainties[fact] = combine(self.certainties.get(fact, np.zeros(self.cases)), evidence)

    def of(self, condition: Condition) -> Certainty:
        """Returns the certainty of a condition in each case (N,)."""
        found = [belief for fact, belief in self.certainties.items() if condition.matches(fact)]
        if condition.name in self.measured and condition.comparison:
            compared = COMPARE[condition.comparison](self.measured[condition.name], condition.value)
            found.append(np.asarray(compared, dtype=np.float64))
        most = np.max(found, axis=0) if found else np.zeros(self.cases)
        return np.where(most > BELIEVED, 0, 1 - np.maximum(most, 0)) if condition.negated else most

    def fire(self, rule: Rule, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Fires a rule in those of the cases where its premise holds, and returns which those are."""
        premises = tuple(self.of(condition) for condition in rule.conditions)
        premise = np.min(premises, axis=0)
        fired: NDArray[np.bool_] = among & (premise > BELIEVED)
        if fired.any():
            evidence = np.where(fired, premise * rule.certainty, 0)
            self.add(rule.conclusion, evidence)
            self.firings.append(Firing(rule, premises, evidence))
        return fired
