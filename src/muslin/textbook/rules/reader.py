"""Reads the file format of rules, line by line; an error names the line."""

from __future__ import annotations

import re
from dataclasses import replace

from muslin.errors import DataError, SettingError, unknown_name
from muslin.textbook.rules.terms import NAME, NUMBER, Condition, Fact, Rule

__all__ = ["Reader"]

_RULE = re.compile(rf"({NAME})(?:\s+salience\s+([-+]?\d+))?(?:\s+certainty\s+({NUMBER}))?")


class Reader:
    """What a text declares.

    Attributes:
        facts: the facts that may be told.
        numbers: the names of measurements.
        rules: the rules in the order of the text, each with the lines that it is written in.

    Raises:
        DataError: a line cannot be read, or stands where it must not; it names the line.
    """

    def __init__(self, text: str) -> None:
        self.facts: list[Fact] = []
        self.numbers: list[str] = []
        self.rules: list[Rule] = []
        self._open: Rule | None = None  # without a conclusion yet
        for number, line in enumerate(text.splitlines(), start=1):
            self._read(number, line.split("#")[0].strip())
        self._finish()

    def _read(self, number: int, line: str) -> None:
        keyword, rest = (*line.split(maxsplit=1), "", "")[:2]
        statements = {
            "facts": self._facts,
            "numbers": self._numbers,
            "rule": self._rule,
            "if": self._if,
            "and": self._and,
            "then": self._then,
        }
        try:
            if keyword and keyword not in statements:
                raise unknown_name("statement", keyword, statements)
            if keyword:
                statements[keyword](number, rest)
        except SettingError as error:
            raise DataError(f"line {number}: {error}") from error

    def _finish(self) -> None:
        """Refuses a rule that nothing concludes."""
        if self._open:
            raise DataError(f"{self._open.where()} has no then; end every rule with one")

    def _facts(self, _: int, rest: str) -> None:
        self._finish()
        facts = [Fact.parse(text) for text in rest.split(",")]
        for fact in facts:
            if isinstance(fact.value, float):
                raise SettingError(f"{str(fact)!r} is a number; declare it as `numbers {fact.name}`")
        self.facts += facts

    def _numbers(self, _: int, rest: str) -> None:
        self._finish()
        facts = [Fact.parse(text) for text in rest.split(",")]
        for fact in facts:
            if fact.value is not None:
                raise SettingError(f"{str(fact)!r} has a value; declare a number by its name alone")
        self.numbers += [fact.name for fact in facts]

    def _rule(self, number: int, rest: str) -> None:
        self._finish()
        match = _RULE.fullmatch(rest)
        if not match:
            raise SettingError(f"cannot read the rule {rest!r}; write `rule name salience 5 certainty 0.8`")
        name, salience, certainty = match.groups()
        self._open = Rule(name, (), Fact(""), float(certainty or 1), int(salience or 0), number)

    def _if(self, number: int, rest: str) -> None:
        if self._open is None or self._open.conditions:
            raise SettingError("this if does not follow a rule's first line; a rule has one if, then and, and, ...")
        self._add(self._open, number, rest)

    def _and(self, number: int, rest: str) -> None:
        if self._open is None or not self._open.conditions:
            raise SettingError("this and does not follow an if")
        self._add(self._open, number, rest)

    def _add(self, rule: Rule, number: int, rest: str) -> None:
        conditions, lines = (*rule.conditions, Condition.parse(rest)), (*rule.condition_lines, number)
        self._open = replace(rule, conditions=conditions, condition_lines=lines)

    def _then(self, _: int, rest: str) -> None:
        if self._open is None or not self._open.conditions:
            raise SettingError("this then does not follow an if")
        self.rules.append(replace(self._open, conclusion=Fact.parse(rest)))
        self._open = None
