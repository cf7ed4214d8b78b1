"""In which order rules fire: each after those that speak about its conditions; circles through a negation are refused.

Legend: R rules; tables (R, R) say which rule, by row, feeds which, by column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muslin.errors import DataError
from muslin.textbook.rules.terms import Rule

__all__ = ["Stratum", "order_rules"]


@dataclass(frozen=True)
class Stratum:
    """Rules that wait for the same others.

    Attributes:
        rules: the rules by salience, then by number of conditions, then as written.
        loops: Whether some of them feed each other.
    """

    rules: tuple[Rule, ...]
    loops: bool


def order_rules(rules: Sequence[Rule]) -> list[Stratum]:
    """Orders rules so that each comes after those that speak about its conditions, save within loops."""
    if not rules:
        return []
    feeds = np.array([[_feeding(giver, taker) != [] for taker in rules] for giver in rules])
    reaches = _closure(feeds)
    _check_circles(rules, feeds, reaches)
    before = reaches & ~reaches.T  # a loop's rules do not wait for each other
    level = np.zeros(len(rules), dtype=int)
    for taker in np.argsort(before.sum(axis=0), kind="stable"):
        level[taker] = max(level[before[:, taker]] + 1, default=0)
    strata = []
    for one in range(level.max() + 1):
        members = [int(index) for index in np.flatnonzero(level == one)]
        members.sort(key=lambda index: (-rules[index].salience, -len(rules[index].conditions), index))
        strata.append(Stratum(tuple(rules[index] for index in members), bool(reaches[members, members].any())))
    return strata


def _feeding(giver: Rule, taker: Rule) -> list[int]:
    """Returns which conditions of one rule the other one's conclusion speaks about."""
    return [index for index, condition in enumerate(taker.conditions) if condition.matches(giver.conclusion)]


def _closure(feeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Returns which rule feeds which over any number of steps."""
    reaches = feeds
    for _ in range(len(feeds).bit_length()):
        counts = reaches.astype(np.float32)
        reaches = reaches | (counts @ counts > 0)
    return reaches


def _check_circles(rules: Sequence[Rule], feeds: NDArray[np.bool_], reaches: NDArray[np.bool_]) -> None:
    """Refuses a rule that feeds its own condition through a negation or through evidence against."""
    for giver, taker in np.argwhere(feeds & reaches.T):
        for index in _feeding(rules[giver], rules[taker]):
            condition = rules[taker].conditions[index]
            if condition.negated or rules[giver].certainty < 0:
                loop = [rule.name for k, rule in enumerate(rules) if reaches[taker, k] and reaches[k, taker]]
                raise DataError(
                    f"{rules[taker].where(index)}: condition {str(condition)!r} is circular: through a negation it "
                    f"rests on what it leads to (rules {', '.join(loop)}); break the circle"
                )
