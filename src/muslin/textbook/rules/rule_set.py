"""The inference engine: rules are chained forward, in many cases at once.

Legend: N cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from muslin.errors import unknown_name
from muslin.textbook.rules.beliefs import Beliefs
from muslin.textbook.rules.checks import check_rules
from muslin.textbook.rules.order import order_rules
from muslin.textbook.rules.terms import Fact, Rule

__all__ = ["RuleSet"]


class RuleSet:
    """Rules, what may be told, and the order in which the rules fire.

    Attributes:
        rules: the rules as they were written.
        facts: the facts that may be told, beside the rules' conclusions.
        numbers: the names of measurements.
        known: the facts that may be told or concluded.
        strata: the rules in the order in which they fire, in groups that do not wait for each other.

    Raises:
        DataError: two rules share a name; a rule asks for what nobody can know, which is a misspelling, or compares a
            number as if it were a word; or a rule feeds its own condition through a negation. It names the line.
    """

    def __init__(self, rules: Iterable[Rule], facts: Iterable[Fact] = (), numbers: Iterable[str] = ()) -> None:
        self.rules, self.facts, self.numbers = tuple(rules), frozenset(facts), frozenset(numbers)
        self.known = self.facts | {rule.conclusion for rule in self.rules}
        check_rules(self.rules, self.facts, self.numbers)
        self.strata = order_rules(self.rules)

    def fact(self, text: str) -> Fact:
        """Reads a fact, after refusing one that is neither declared nor concluded by any rule."""
        fact = Fact.parse(text)
        if fact not in self.known and not (fact.name in self.numbers and isinstance(fact.value, float)):
            raise unknown_name("fact", str(fact), {*map(str, self.known), *(f"{name} = 0" for name in self.numbers)})
        return fact

    def blank(self, cases: int) -> Beliefs:
        """Returns the beliefs before anything is told: every fact at 0, in the order that decides between equals."""
        conclusions = [rule.conclusion for stratum in self.strata for rule in stratum.rules]
        return Beliefs(cases, [*conclusions, *sorted(self.facts, key=str)])

    def conclude(self, beliefs: Beliefs) -> Beliefs:
        """Fires the rules on what was told, to the fixed point; returns the same beliefs, grown."""
        everyone = np.ones(beliefs.cases, dtype=bool)
        for stratum in self.strata:
            if stratum.loops:
                _settle(beliefs, stratum.rules)
            else:
                for rule in stratum.rules:
                    beliefs.fire(rule, everyone)
        return beliefs


def _settle(beliefs: Beliefs, rules: Sequence[Rule]) -> None:
    """Fires rules that feed each other: in each case the first one ready, then look again, until none is."""
    waiting = {rule.name: np.ones(beliefs.cases, dtype=bool) for rule in rules}
    still = False
    while not still:
        idle = np.ones(beliefs.cases, dtype=bool)
        for rule in rules:
            fired = beliefs.fire(rule, idle & waiting[rule.name])
            waiting[rule.name] &= ~fired
            idle &= ~fired
        still = bool(idle.all())
