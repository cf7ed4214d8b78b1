"""What the rules about garments say of the test pictures, with other thresholds or other rules, and why.

Legend: N pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muslin.errors import SettingError
from muslin.ladder.features import measure
from muslin.ladder.garments import GARMENTS
from muslin.lecture.garments import test_garments
from muslin.textbook.rules import KnowledgeBase
from muslin.textbook.rules.beliefs import BELIEVED, Beliefs, combine
from muslin.textbook.rules.terms import Fact

__all__ = ["THRESHOLDS", "Threshold", "answers_of", "measured", "tell", "with_threshold"]

SLICE = 1000  # pictures between two looks at the clock
MOST_SECONDS = 10.0
MOST_LINES = 2000  # of an explanation

Columns = Mapping[str, NDArray[np.floating[Any]]]


@dataclass(frozen=True)
class Threshold:
    """A number in a rule, and where the page lets it move.

    Attributes:
        rule: name of the rule.
        number: name of the measurement that is compared with it.
        low: least value.
        step: from one value to the next.
        count: number of values.
    """

    rule: str
    number: str
    low: float
    step: float
    count: int

    @property
    def values(self) -> list[float]:
        """The values that it may have, rising."""
        return [round(float(self.low + place * self.step), 6) for place in range(self.count)]


THRESHOLDS = (
    Threshold("boot-by-shaft", "right_height", 8, 0.5, 21),
    Threshold("slim", "width", 9, 1, 17),
    Threshold("trouser-by-legs", "leg_gap", 0, 0.05, 19),
    Threshold("sandal-by-air", "area", 0.3, 0.025, 21),
    Threshold("short-sleeves", "wide_until", 0.3, 0.02, 31),
    Threshold("pullover-by-shoulders", "top_width", 8, 0.5, 21),
)


@cache
def measured() -> Columns:
    """Returns the measurements of all test pictures; this takes some seconds, once."""
    return measure(test_garments()[0])


def with_threshold(base: KnowledgeBase, threshold: Threshold, value: float) -> KnowledgeBase:
    """Returns the rules with one number changed: all of that rule's conditions on the measurement."""
    rules = [
        replace(
            rule,
            conditions=tuple(
                replace(one, value=value) if one.name == threshold.number else one for one in rule.conditions
            ),
        )
        if rule.name == threshold.rule
        else rule
        for rule in base.rules
    ]
    return KnowledgeBase(rules, base.facts, base.numbers)


def answers_of(base: KnowledgeBase, columns: Columns) -> NDArray[np.int64]:
    """Returns the class that the rules conclude for each picture, (N,); -1 where they conclude none of the ten.

    Raises:
        SettingError: the rules need a number that nobody measures, conclude no class, or take too long.
    """
    lacking = sorted(base.numbers - set(columns))
    if lacking:
        raise SettingError(f"nobody measures {', '.join(lacking)}; what is measured is {', '.join(columns)}")
    wanted = {name: columns[name] for name in sorted(base.numbers)}
    if not wanted:
        raise SettingError("the rules declare no numbers; write a line such as `numbers height, width`")
    start, found = monotonic(), []
    count = len(next(iter(wanted.values())))
    for first in range(0, count, SLICE):
        if monotonic() - start > MOST_SECONDS:
            raise SettingError(
                f"the rules took more than {MOST_SECONDS:g} seconds for {first} of {count} pictures; write fewer, or "
                "take apart those that feed each other"
            )
        part = {name: column[first : first + SLICE] for name, column in wanted.items()}
        found.append(base.evaluate(part).best("class"))
    named = np.concatenate(found)[:, None] == np.array(GARMENTS)
    return np.where(named.any(axis=1), named.argmax(axis=1), -1)


def tell(base: KnowledgeBase, columns: Columns, case: int) -> dict[str, Any]:
    """Returns what the rules say of one picture: which fired, in order, and for each class why, or why not."""
    numbers = {name: float(columns[name][case]) for name in sorted(base.numbers)}
    session = base.session(f"{name} = {value:.6g}" for name, value in numbers.items())
    classes = [Fact("class", name) for name in GARMENTS]
    known = [fact for fact in classes if fact in base.known]
    longest = max((_lines(session.beliefs, fact) for fact in known), default=0)
    if longest > MOST_LINES:
        raise SettingError(f"an explanation would have {longest} lines; {MOST_LINES} are the most, so use fewer rules")
    return {
        "fired": _fired(session.beliefs, numbers),
        "because": [
            str(session.why(str(fact)) if session.holds(str(fact)) else session.why_not(str(fact)))
            if fact in known
            else f"{fact}: no rule concludes it"
            for fact in classes
        ],
    }


def _fired(beliefs: Beliefs, numbers: Mapping[str, float]) -> list[dict[str, Any]]:
    """Returns the rules that fired, each with the certainty of its conclusion before and after."""
    certainties: dict[Fact, float] = {}
    fired = []
    for firing in beliefs.firings:
        rule, evidence = firing.rule, float(firing.evidence[0])
        before = certainties.get(rule.conclusion, 0.0)
        certainties[rule.conclusion] = float(combine(before, evidence))
        fired.append(
            {
                "rule": rule.name,
                "conditions": [
                    {"text": str(one), "number": one.name if one.name in numbers else None} for one in rule.conditions
                ],
                "conclusion": str(rule.conclusion),
                "evidence": round(evidence, 4),
                "before": round(before, 4),
                "after": round(certainties[rule.conclusion], 4),
            }
        )
    return fired


def _lines(beliefs: Beliefs, fact: Fact) -> int:
    """Returns how many lines the explanation of a fact would have, without writing it."""

    @cache
    def lines(fact: Fact, before: int) -> int:
        count = 1
        for turn, firing in enumerate(beliefs.firings[:before]):
            if firing.rule.conclusion == fact:
                count += 1 + sum(lines(one, turn) for one in met(turn))
        return count

    @cache
    def met(turn: int) -> list[Fact]:
        asked = [one for one in beliefs.firings[turn].rule.conditions if not one.negated]
        believed = [one for one, certainty in beliefs.certainties.items() if certainty[0] > BELIEVED]
        return [one for condition in asked for one in believed if condition.matches(one)]

    return lines(fact, len(beliefs.firings))
