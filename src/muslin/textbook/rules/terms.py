"""What rules are made of: facts, conditions and the rules themselves, each as it is written in a file."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from muslin.errors import SettingError

__all__ = ["COMPARE", "NAME", "NUMBER", "Condition", "Fact", "Rule", "names_of", "spelt"]

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
NAME = r"[A-Za-z_][\w-]*"
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_CONDITION = re.compile(rf"(not\s+)?({NAME})(?:\s*(<=|>=|!=|=|<|>)\s*({NAME}|{NUMBER}))?")


@dataclass(frozen=True)
class Fact:
    """Something that may be so: `sleeves`, `class = boot`, or `height = 23`.

    Attributes:
        name: the thing that it is about.
        value: a word, a number, or None for a plain fact.
    """

    name: str
    value: str | float | None = None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name} = {spelt(self.value)}"

    @classmethod
    def parse(cls, text: str) -> Fact:
        """Reads a fact as it is written: `name`, `name = word` or `name = number`."""
        condition = Condition.parse(text)
        if condition.negated or condition.comparison not in (None, "="):
            raise SettingError(f"{text!r} is no fact; a fact is `name`, `name = word` or `name = number`")
        return cls(condition.name, condition.value)


@dataclass(frozen=True)
class Condition:
    """What a rule asks of the facts.

    Attributes:
        name: name of the facts that it looks at.
        comparison: sign, one of = != < <= > >=, or None when the plain fact is asked for.
        value: word or number that is compared with.
        negated: Whether it holds when the facts do not say so.
    """

    name: str
    comparison: str | None = None
    value: str | float | None = None
    negated: bool = False

    def __str__(self) -> str:
        compared = f" {self.comparison} {spelt(self.value)}" if self.comparison else ""
        return f"{'not ' if self.negated else ''}{self.name}{compared}"

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Reads a condition as it is written, such as `not height > 20`."""
        match = _CONDITION.fullmatch(text.strip())
        if not match:
            raise SettingError(f"cannot read {text.strip()!r}; write `name`, `name = word` or `name > number`")
        negation, name, comparison, value = match.groups()
        number = re.fullmatch(NUMBER, value or "")
        return cls(name, comparison, float(value) if number else value, bool(negation))

    def matches(self, fact: Fact) -> bool:
        """Whether the fact, if it is so, is what the condition asks for, its `not` left aside."""
        if fact.name != self.name or (self.comparison is None) != (fact.value is None):
            return False
        if self.comparison is None:
            return True
        return isinstance(fact.value, str) == isinstance(self.value, str) and bool(
            COMPARE[self.comparison](fact.value, self.value)
        )


@dataclass(frozen=True)
class Rule:
    """If all conditions hold, then the conclusion, with a certainty.

    Attributes:
        name: name by which explanations call it.
        conditions: conditions that must all hold; one at least.
        conclusion: a plain fact or one with a word.
        certainty: certainty of the conclusion under a certain premise, in [-1, 1] and not 0; below 0, evidence against.
        salience: rank among rules that are ready; the higher fires first.
        line: number of its first line in its file; 0 when it was not read from one.
        condition_lines: number of each condition's line in its file.
    """

    name: str
    conditions: tuple[Condition, ...]
    conclusion: Fact
    certainty: float = 1.0
    salience: int = 0
    line: int = field(default=0, compare=False)
    condition_lines: tuple[int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        salience = f" salience {self.salience}" if self.salience else ""
        certainty = f" certainty {self.certainty:g}" if self.certainty != 1 else ""
        conditions = "\n    and ".join(map(str, self.conditions))
        return f"rule {self.name}{salience}{certainty}\n    if {conditions}\n    then {self.conclusion}"

    def where(self, condition: int | None = None) -> str:
        """Returns where the rule, or one of its conditions, is written, for a message."""
        line = self.line if condition is None or not self.condition_lines else self.condition_lines[condition]
        return f"line {line}: rule {self.name!r}" if line else f"rule {self.name!r}"


def names_of(facts: Iterable[Fact]) -> set[str]:
    """Returns what facts are about, their values left aside."""
    return {fact.name for fact in facts}


def spelt(value: str | float | None) -> str:
    """Returns a value as it is written in a rule."""
    return f"{value:g}" if isinstance(value, float) else str(value)
