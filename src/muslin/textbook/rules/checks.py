"""Refuses rules that could never work: a name used twice, a condition that is misspelt, a number used as a word."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from muslin.errors import DataError, unknown_name
from muslin.textbook.rules.terms import Fact, Rule, names_of

__all__ = ["check_rules"]


def check_rules(rules: Sequence[Rule], facts: Collection[Fact], numbers: Collection[str]) -> None:
    """Checks each rule by itself, and its conditions against what can be known.

    Args:
        rules: the rules as they were written.
        facts: the facts that may be told.
        numbers: the names of measurements.

    Raises:
        DataError: a name is a fact and a number; two rules share a name; a rule has no condition, a certainty out of
            range, or concludes a number; or a condition is one that no fact could ever meet. It names rule and line.
    """
    for name in names_of(facts) & set(numbers):
        raise DataError(f"{name!r} is declared as a fact and as a number; rename one")
    known = {*facts, *(rule.conclusion for rule in rules)}
    names: set[str] = set()
    for rule in rules:
        _check_rule(rule, names, numbers)
        names.add(rule.name)
        for index in range(len(rule.conditions)):
            _check_condition(rule, index, known, numbers)


def _check_rule(rule: Rule, names: Collection[str], numbers: Collection[str]) -> None:
    wrong = ""
    if rule.name in names:
        wrong = "a rule of that name came before; rename one"
    elif not rule.conditions:
        wrong = "it has no condition; every rule needs an if"
    elif not (-1 <= rule.certainty <= 1 and rule.certainty):
        wrong = f"certainty is {rule.certainty:g}; it must lie in [-1, 1] and not be 0"
    elif isinstance(rule.conclusion.value, float) or rule.conclusion.name in numbers:
        wrong = f"it concludes {str(rule.conclusion)!r}; numbers can only be told, conclude a name or a word"
    if wrong:
        raise DataError(f"{rule.where()}: {wrong}")


def _check_condition(rule: Rule, index: int, known: Collection[Fact], numbers: Collection[str]) -> None:
    """Refuses a condition that no fact could ever meet: it is misspelt."""
    condition = rule.conditions[index]
    where = f"{rule.where(index)}: condition {str(condition)!r}"
    is_number = condition.name in numbers
    if is_number != isinstance(condition.value, float) and (is_number or condition.name in names_of(known)):
        rule_text = "is declared as a number: compare it with one" if is_number else "is not declared as a number"
        raise DataError(f"{where}: {condition.name!r} {rule_text}")
    if isinstance(condition.value, str) and condition.comparison not in ("=", "!="):
        raise DataError(f"{where}: words can only be compared by = and !=")
    if is_number or any(condition.matches(fact) for fact in known):
        return
    if condition.name in names_of(known):
        same = [str(fact) for fact in known if fact.name == condition.name]
        wanted = str(Fact(condition.name, condition.value))
        raise DataError(f"{where}: {unknown_name('fact', wanted, same)}")
    raise DataError(f"{where}: {unknown_name('fact', condition.name, names_of(known) | set(numbers))}")
