"""A knowledge base: rules that people write, an engine that chains them forward, and an explanation of why.

The file format, one statement a line; a hash starts a comment:

    facts sleeves, colour = red             # what may be told
    numbers height, holes                   # what may be measured
    rule boot salience 5 certainty 0.8      # both settings may be left out: 0 and 1
        if height > 20
        and not sleeves
        then class = boot

A condition is `name`, `name = word`, `name != word`, or, for a number, one of `= != < <= > >=` and a number; `not` may
stand before it. A rule concludes one fact, `name` or `name = word`. "Or" is two rules. Every fact that a condition asks
for must be declared or concluded by some rule: what nobody could ever know is a misspelling, and an error.

Certainty runs from -1 (surely not) to 1 (surely). A condition holds when its certainty is above 0.2; `not` holds when
what follows it does not. A rule's premise is as certain as its least certain condition, and its conclusion receives
premise times rule. Evidence for one fact is combined as in MYCIN: Shortliffe and Buchanan, "A model of inexact
reasoning in medicine", 1975, in the later form of van Melle, 1980.

Rules fire in the order of their dependence: a rule waits until all rules that could speak about its conditions have had
their turn, so that negation and certainty are settled when it looks at them. Among those ready, the one of higher
salience fires first, then the one with more conditions, then the one written first. Each fires once, until none is left
that could: the fixed point. Rules may feed each other in a loop. But no rule may feed its own condition through a
negation, or through evidence against (a certainty below 0): that is circular, has no fixed point, and is an error.

Retraction is truth maintenance by starting over: conclusions are drawn anew from what is still told, so whatever
rested on the retracted fact alone is gone, loops included.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from muslin.errors import DataError, SettingError, unknown_name
from muslin.textbook._checks import between, bits, finite

__all__ = [
    "BELIEVED",
    "Attempt",
    "Because",
    "Beliefs",
    "Condition",
    "Fact",
    "Firing",
    "KnowledgeBase",
    "Premise",
    "Reason",
    "Refusal",
    "Rule",
    "Session",
    "Stratum",
    "combine",
]

BELIEVED = 0.2  # MYCIN's threshold: evidence at or below it is not worth a conclusion

Certainty: TypeAlias = NDArray[np.float64]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
_NAME = r"[A-Za-z_][\w-]*"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_CONDITION = re.compile(rf"(not\s+)?({_NAME})(?:\s*(<=|>=|!=|=|<|>)\s*({_NAME}|{_NUMBER}))?")
_RULE = re.compile(rf"({_NAME})(?:\s+salience\s+([-+]?\d+))?(?:\s+certainty\s+({_NUMBER}))?")


@dataclass(frozen=True)
class Fact:
    """Something that may be so: `sleeves`, `class = boot`, or `height = 23`.

    Attributes:
        name: what it is about.
        value: a word, a number, or None for a plain fact.
    """

    name: str
    value: str | float | None = None

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name} = {_spelt(self.value)}"

    @classmethod
    def parse(cls, text: str) -> "Fact":
        """Reads a fact as it is written: `name`, `name = word` or `name = number`."""
        condition = Condition.parse(text)
        if condition.negated or condition.comparison not in (None, "="):
            raise SettingError(f"{text!r} is no fact; a fact is `name`, `name = word` or `name = number`")
        return cls(condition.name, condition.value)


@dataclass(frozen=True)
class Condition:
    """What a rule asks of the facts.

    Attributes:
        name: of the facts that it looks at.
        comparison: one of = != < <= > >=, or None when the plain fact is asked for.
        value: what is compared with: a word or a number.
        negated: whether it holds when the facts do not say so.
    """

    name: str
    comparison: str | None = None
    value: str | float | None = None
    negated: bool = False

    def __str__(self) -> str:
        compared = f" {self.comparison} {_spelt(self.value)}" if self.comparison else ""
        return f"{'not ' if self.negated else ''}{self.name}{compared}"

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Reads a condition as it is written, such as `not height > 20`."""
        match = _CONDITION.fullmatch(text.strip())
        if not match:
            raise SettingError(f"cannot read {text.strip()!r}; write `name`, `name = word` or `name > number`")
        negation, name, comparison, value = match.groups()
        number = re.fullmatch(_NUMBER, value or "")
        return cls(name, comparison, float(value) if number else value, bool(negation))

    def matches(self, fact: Fact) -> bool:
        """Whether the fact, if it is so, is what the condition asks for, its `not` left aside."""
        if fact.name != self.name or (self.comparison is None) != (fact.value is None):
            return False
        if self.comparison is None:
            return True
        return isinstance(fact.value, str) == isinstance(self.value, str) and bool(
            _COMPARE[self.comparison](fact.value, self.value)
        )


@dataclass(frozen=True)
class Rule:
    """If all conditions hold, then the conclusion, with a certainty.

    Attributes:
        name: by which explanations call it.
        conditions: all of which must hold; one at least.
        conclusion: a plain fact or one with a word.
        certainty: of the conclusion when the premise is certain, in [-1, 1] and not 0; below 0 it is evidence against.
        salience: the higher fires first.
        line: where it begins in its file; 0 when it was not read from one.
        condition_lines: where each condition is in its file.
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
        """Says where the rule, or one of its conditions, is written."""
        line = self.line if condition is None or not self.condition_lines else self.condition_lines[condition]
        return f"line {line}: rule {self.name!r}" if line else f"rule {self.name!r}"


def _spelt(value: str | float | None) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def combine(first: ArrayLike, second: ArrayLike) -> Certainty:
    """Combines two certainties for the same fact, as MYCIN does (Shortliffe and Buchanan, 1975; van Melle, 1980).

    a + b (1 - a) when both are positive, a + b (1 + a) when both are negative, and (a + b) / (1 - min(|a|, |b|)) when
    they disagree. The order does not matter. Two certain opposites cancel: 0.

    Args:
        first: certainties in [-1, 1], of any shape.
        second: likewise, of a shape that fits.

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
        rule: that fired.
        premises: the certainty of each of its conditions at that time, each (N,).
        evidence: what it added to its conclusion (N,); 0 in cases where it did not fire.
    """

    rule: Rule
    premises: tuple[Certainty, ...]
    evidence: Certainty


class Beliefs:
    """What is believed in each of N cases.

    Attributes:
        cases: N.
        certainties: of each fact, told or concluded (N,); conclusions come in the order in which their rules fire.
        measured: the numbers (N,).
        firings: in order.
    """

    def __init__(self, cases: int, known: Iterable[Fact]) -> None:
        self.cases = cases
        self.certainties: dict[Fact, Certainty] = {fact: np.zeros(cases) for fact in known}
        self.measured: dict[str, NDArray[np.floating[Any]]] = {}
        self.firings: list[Firing] = []

    def certainty(self, fact: str) -> Certainty:
        """The certainty of a fact in each case (N,), 0 where nothing is known."""
        parsed = Fact.parse(fact)
        if parsed not in self.certainties:
            raise unknown_name("fact", str(parsed), map(str, self.certainties))
        return self.certainties[parsed]

    def best(self, name: str) -> NDArray[np.str_]:
        """The word that `name` most certainly has in each case (N,); empty where none is believed.

        Of two that are equally certain, the one whose rule fires first wins: conflict resolution.
        """
        all_words = [fact for fact in self.certainties if isinstance(fact.value, str)]
        words = {str(fact.value): self.certainties[fact] for fact in all_words if fact.name == name}
        if not words:
            raise unknown_name("name", name, _names(all_words))
        beliefs = np.array(list(words.values()))
        return np.where(beliefs.max(axis=0) > BELIEVED, np.array(list(words))[beliefs.argmax(axis=0)], "")

    def add(self, fact: Fact, evidence: Certainty) -> None:
        """Adds evidence for or against a fact, in each case (N,)."""
        self.certainties[fact] = combine(self.certainties.get(fact, np.zeros(self.cases)), evidence)

    def of(self, condition: Condition) -> Certainty:
        """The certainty of a condition in each case (N,)."""
        found = [belief for fact, belief in self.certainties.items() if condition.matches(fact)]
        if condition.name in self.measured and condition.comparison:
            compared = _COMPARE[condition.comparison](self.measured[condition.name], condition.value)
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


class KnowledgeBase:
    """Rules, what may be told, and the order in which the rules fire.

    Attributes:
        rules: as they were written.
        facts: those that may be told, beside the rules' conclusions.
        numbers: the names of measurements.
        strata: the rules in the order in which they fire, in groups that do not wait for each other.

    Raises:
        DataError: two rules share a name; a rule asks for what nobody can know, which is a misspelling, or compares a
            number as if it were a word; or a rule feeds its own condition through a negation. It names the line.

    >>> base = KnowledgeBase.parse('''
    ... facts sleeves
    ... numbers height
    ... rule tall
    ...     if height > 20
    ...     then tall
    ... rule boot certainty 0.8
    ...     if tall
    ...     and not sleeves
    ...     then class = boot
    ... ''')
    >>> session = base.session(["height = 23"])
    >>> session.best("class"), session.certainty("class = boot")
    ('boot', 0.8)
    >>> print(session.why("class = boot"))
    class = boot (0.8)
      by rule boot (0.8)
        tall (1)
          by rule tall (1)
            height = 23 (1): told
        not sleeves (1): nothing says otherwise
    >>> session.retract("height = 23")
    >>> print(session.why_not("class = boot"))
    class = boot does not hold (0)
      rule boot did not fire
        tall: nothing says so
    """

    def __init__(self, rules: Iterable[Rule], facts: Iterable[Fact] = (), numbers: Iterable[str] = ()) -> None:
        self.rules, self.facts, self.numbers = tuple(rules), frozenset(facts), frozenset(numbers)
        self.known = self.facts | {rule.conclusion for rule in self.rules}
        for name in _names(self.facts) & self.numbers:
            raise DataError(f"{name!r} is declared as a fact and as a number; rename one")
        names: set[str] = set()
        for rule in self.rules:
            self._check_rule(rule, names)
            names.add(rule.name)
            for index in range(len(rule.conditions)):
                self._check_condition(rule, index)
        self.strata = _strata(self.rules)

    @classmethod
    def parse(cls, text: str) -> "KnowledgeBase":
        """Reads a knowledge base from text in the module's format; an error names the line."""
        reader = _Reader()
        for number, line in enumerate(text.splitlines(), start=1):
            reader.read(number, line.split("#")[0].strip())
        reader.finish()
        return cls(reader.rules, reader.facts, reader.numbers)

    @classmethod
    def load(cls, path: str | Path) -> "KnowledgeBase":
        """Reads a knowledge base from a file in the module's format; an error names the file and the line."""
        try:
            return cls.parse(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise DataError(f"cannot read the rules {path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise DataError(f"{path} is not text in UTF-8; save it as such") from error
        except DataError as error:
            raise DataError(f"{path}, {error}") from error

    def __str__(self) -> str:
        declared = {"facts": sorted(map(str, self.facts)), "numbers": sorted(self.numbers)}
        heads = [f"{kind} {', '.join(names)}" for kind, names in declared.items() if names]
        return "\n".join([*heads, *map(str, self.rules)]) + "\n"

    def _check_rule(self, rule: Rule, names: set[str]) -> None:
        wrong = ""
        if rule.name in names:
            wrong = "a rule of that name came before; rename one"
        elif not rule.conditions:
            wrong = "it has no condition; every rule needs an if"
        elif not (-1 <= rule.certainty <= 1 and rule.certainty):
            wrong = f"certainty is {rule.certainty:g}; it must lie in [-1, 1] and not be 0"
        elif isinstance(rule.conclusion.value, float) or rule.conclusion.name in self.numbers:
            wrong = f"it concludes {str(rule.conclusion)!r}; numbers can only be told, conclude a name or a word"
        if wrong:
            raise DataError(f"{rule.where()}: {wrong}")

    def _check_condition(self, rule: Rule, index: int) -> None:
        """Refuses a condition that no fact could ever meet: it is misspelt."""
        condition = rule.conditions[index]
        where = f"{rule.where(index)}: condition {str(condition)!r}"
        is_number = condition.name in self.numbers
        if is_number != isinstance(condition.value, float) and (is_number or condition.name in _names(self.known)):
            rule_text = "is declared as a number: compare it with one" if is_number else "is not declared as a number"
            raise DataError(f"{where}: {condition.name!r} {rule_text}")
        if isinstance(condition.value, str) and condition.comparison not in ("=", "!="):
            raise DataError(f"{where}: words can only be compared by = and !=")
        if is_number or any(condition.matches(fact) for fact in self.known):
            return
        if condition.name in _names(self.known):
            same = [str(fact) for fact in self.known if fact.name == condition.name]
            wanted = str(Fact(condition.name, condition.value))
            raise DataError(f"{where}: {unknown_name('fact', wanted, same)}")
        raise DataError(f"{where}: {unknown_name('fact', condition.name, _names(self.known) | self.numbers)}")

    def fact(self, text: str) -> Fact:
        """Reads a fact, after refusing one that is neither declared nor concluded by any rule."""
        fact = Fact.parse(text)
        if fact not in self.known and not (fact.name in self.numbers and isinstance(fact.value, float)):
            raise unknown_name("fact", str(fact), {*map(str, self.known), *(f"{name} = 0" for name in self.numbers)})
        return fact

    def session(self, told: Iterable[str] = ()) -> "Session":
        """A session about one case, with some facts told already."""
        session = Session(self)
        for fact in told:
            session.tell(fact)
        return session

    def evaluate(self, columns: Mapping[str, ArrayLike]) -> Beliefs:
        r"""Draws the conclusions for many cases at once: 10,000 of them take milliseconds.

        Args:
            columns: for each of `facts` a column of N zeros and ones (or booleans), for each of `numbers` one of N
                finite numbers. A fact that is left out is not so in any case; a number must not be.

        Returns:
            What is believed of each case: the same as N sessions would.

        Raises:
            SettingError: a name is unknown, a number is missing, or columns are empty, of different lengths, or hold
                other values than allowed.

        >>> base = KnowledgeBase.parse("numbers height\nrule tall\n if height > 20\n then tall")
        >>> base.evaluate({"height": [12, 30]}).certainty("tall")
        array([0., 1.])
        """
        lacking = sorted(self.numbers - set(columns))
        if lacking or not columns:
            raise SettingError(f"columns lacks {lacking or 'everything'}; every number that is declared must be there")
        shapes = {name: np.shape(column) for name, column in columns.items()}
        if len(set(shapes.values())) > 1 or len(min(shapes.values())) != 1:
            raise SettingError(f"columns have the shapes {shapes}; they must all be (N,)")
        beliefs = self.blank(min(shapes.values())[0])
        for name, column in columns.items():
            if name in self.numbers:
                beliefs.measured[name] = finite(name, column)
            else:
                beliefs.add(self.fact(name), bits(name, column).astype(np.float64))
        return self.conclude(beliefs)

    def blank(self, cases: int) -> Beliefs:
        """Beliefs before anything is told: every fact at 0, in the order that decides between equals."""
        conclusions = [rule.conclusion for stratum in self.strata for rule in stratum.rules]
        return Beliefs(cases, [*conclusions, *sorted(self.facts, key=str)])

    def conclude(self, beliefs: Beliefs) -> Beliefs:
        """Fires the rules on what was told, to the fixed point."""
        everyone = np.ones(beliefs.cases, dtype=bool)
        for stratum in self.strata:
            if stratum.loops:
                _settle(beliefs, stratum.rules)
            else:
                for rule in stratum.rules:
                    beliefs.fire(rule, everyone)
        return beliefs


def _names(facts: Iterable[Fact]) -> set[str]:
    return {fact.name for fact in facts}


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


@dataclass(frozen=True)
class Stratum:
    """Rules that wait for the same others.

    Attributes:
        rules: by salience, then by number of conditions, then as written.
        loops: whether some of them feed each other.
    """

    rules: tuple[Rule, ...]
    loops: bool


def _strata(rules: Sequence[Rule]) -> list[Stratum]:
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
    """Which conditions of one rule the other one's conclusion speaks about."""
    return [index for index, condition in enumerate(taker.conditions) if condition.matches(giver.conclusion)]


def _closure(feeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rule feeds which over any number of steps."""
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


class _Reader:
    """Reads the file format line by line."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.numbers: list[str] = []
        self.rules: list[Rule] = []
        self._open: Rule | None = None  # without a conclusion yet

    def read(self, number: int, line: str) -> None:
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

    def finish(self) -> None:
        """Refuses a rule that nothing concludes."""
        if self._open:
            raise DataError(f"{self._open.where()} has no then; end every rule with one")

    def _facts(self, _: int, rest: str) -> None:
        self.finish()
        facts = [Fact.parse(text) for text in rest.split(",")]
        for fact in facts:
            if isinstance(fact.value, float):
                raise SettingError(f"{str(fact)!r} is a number; declare it as `numbers {fact.name}`")
        self.facts += facts

    def _numbers(self, _: int, rest: str) -> None:
        self.finish()
        facts = [Fact.parse(text) for text in rest.split(",")]
        for fact in facts:
            if fact.value is not None:
                raise SettingError(f"{str(fact)!r} has a value; declare a number by its name alone")
        self.numbers += [fact.name for fact in facts]

    def _rule(self, number: int, rest: str) -> None:
        self.finish()
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


@dataclass(frozen=True)
class Reason:
    """Why a fact is as certain as it is.

    Attributes:
        fact: in question.
        certainty: all evidence combined.
        told: how certain it was told to be; 0 when it was not.
        because: the rules that gave evidence, in the order they fired.
    """

    fact: Fact
    certainty: float
    told: float
    because: tuple["Because", ...]

    def __str__(self) -> str:
        told = "" if not self.told else ": told" if not self.because else f": told ({self.told:.3g})"
        return "\n".join([f"{self.fact} ({self.certainty:.3g}){told}", *(_indented(rule) for rule in self.because)])


@dataclass(frozen=True)
class Because:
    """One rule's evidence.

    Attributes:
        rule: that fired.
        evidence: what it added, below 0 when against.
        premises: its conditions, each with the reasons for it.
    """

    rule: Rule
    evidence: float
    premises: tuple["Premise", ...]

    def __str__(self) -> str:
        return "\n".join([f"by rule {self.rule.name} ({self.evidence:.3g})", *map(_indented, self.premises)])


@dataclass(frozen=True)
class Premise:
    """One condition that held.

    Attributes:
        condition: as the rule asks.
        certainty: it had when the rule fired.
        reasons: for the facts that met it; none when it is a negation.
    """

    condition: Condition
    certainty: float
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        if self.condition.negated:
            return f"{self.condition} ({self.certainty:.3g}): nothing says otherwise"
        return "\n".join(map(str, self.reasons))


@dataclass(frozen=True)
class Attempt:
    """What one rule made of a fact that does not hold.

    Attributes:
        rule: that could have concluded it.
        evidence: what it added; 0 when it did not fire.
        failed: each condition that did not hold, with what was found instead.
    """

    rule: Rule
    evidence: float
    failed: tuple[tuple[Condition, str], ...]

    def __str__(self) -> str:
        head = (
            f"gave too little: {self.evidence:.3g}" if self.evidence > 0 else f"spoke against it: {self.evidence:.3g}"
        )
        lines = [_indented(f"{condition}: {found}") for condition, found in self.failed]
        return "\n".join([f"rule {self.rule.name} {head if self.evidence else 'did not fire'}", *lines])


@dataclass(frozen=True)
class Refusal:
    """Why a fact does not hold.

    Attributes:
        fact: in question.
        certainty: all evidence combined, 0.2 at most.
        attempts: one for each rule that could have concluded it.
    """

    fact: Fact
    certainty: float
    attempts: tuple[Attempt, ...]

    def __str__(self) -> str:
        attempts = self.attempts or ("no rule concludes it: it can only be told",)
        return "\n".join([f"{self.fact} does not hold ({self.certainty:.3g})", *map(_indented, attempts)])


def _indented(part: object) -> str:
    return "\n".join(f"  {line}" for line in str(part).splitlines())


class Session:
    r"""One case: facts are told and retracted, and the conclusions follow.

    >>> base = KnowledgeBase.parse("facts bird, penguin\nrule fly\n if bird\n and not penguin\n then flies")
    >>> session = base.session(["bird"])
    >>> session.holds("flies")
    True
    >>> session.tell("penguin")
    >>> session.holds("flies")
    False
    """

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.told: dict[Fact, float] = {}
        self._concluded: Beliefs | None = None

    def tell(self, fact: str, certainty: float = 1.0) -> None:
        """Tells a fact; what was told of the same fact, or another value of the same number, is replaced.

        Raises:
            SettingError: the fact is unknown to the rules, or certainty is outside [-1, 1].
        """
        told = self.base.fact(fact)
        between("certainty", certainty, -1, 1)
        if told.name in self.base.numbers:
            self.told = {other: belief for other, belief in self.told.items() if other.name != told.name}
        self.told[told] = certainty
        self._concluded = None

    def retract(self, fact: str) -> None:
        """Takes back a fact that was told; conclusions that rested on it alone disappear.

        Raises:
            SettingError: the fact was not told.
        """
        told = self.base.fact(fact)
        if told not in self.told:
            raise SettingError(f"{fact!r} was not told, so it cannot be retracted; retract what it follows from")
        del self.told[told]
        self._concluded = None

    @property
    def beliefs(self) -> Beliefs:
        """What is believed now: one case."""
        if self._concluded is None:
            beliefs = self.base.blank(1)
            for fact, certainty in self.told.items():
                beliefs.add(fact, np.array([certainty]))
            self._concluded = self.base.conclude(beliefs)
        return self._concluded

    @property
    def fired(self) -> list[str]:
        """The names of the rules that fired, in order."""
        return [firing.rule.name for firing in self.beliefs.firings]

    def certainty(self, fact: str) -> float:
        """How certain a fact is, from -1 to 1; 0 when nothing is known."""
        return float(self.beliefs.certainties.get(self.base.fact(fact), [0.0])[0])

    def holds(self, fact: str) -> bool:
        """Whether a fact is believed: its certainty is above 0.2."""
        return self.certainty(fact) > BELIEVED

    def best(self, name: str) -> str | None:
        """The word that `name` most certainly has, or None when none is believed."""
        return str(self.beliefs.best(name)[0]) or None

    def why(self, fact: str) -> Reason:
        """The chain of rules and facts that a fact rests on; `str` makes it readable.

        Raises:
            SettingError: the fact is unknown or does not hold.
        """
        if not self.holds(fact):
            raise SettingError(f"{fact!r} does not hold, its certainty is {self.certainty(fact):.3g}; ask why_not")
        return self._reason(self.base.fact(fact), len(self.beliefs.firings))

    def _reason(self, fact: Fact, before: int) -> Reason:
        """Only what fired before counts, so that a loop is never given as its own reason."""
        told = self.told.get(fact, 0.0)
        firings = [(turn, one) for turn, one in enumerate(self.beliefs.firings[:before]) if one.rule.conclusion == fact]
        certainty = told
        for _, firing in firings:
            certainty = float(combine(certainty, firing.evidence[0]))
        return Reason(fact, certainty, told, tuple(self._because(firing, turn) for turn, firing in firings))

    def _because(self, firing: Firing, turn: int) -> Because:
        premises = []
        for condition, certainty in zip(firing.rule.conditions, firing.premises, strict=True):
            met = [] if condition.negated else [fact for fact in self.beliefs.certainties if condition.matches(fact)]
            reasons = [self._reason(fact, turn) for fact in met]
            held = tuple(reason for reason in reasons if reason.certainty > BELIEVED)
            premises.append(Premise(condition, float(certainty[0]), held))
        return Because(firing.rule, float(firing.evidence[0]), tuple(premises))

    def why_not(self, fact: str) -> Refusal:
        """The rules that could have concluded a fact, and which of their conditions failed; `str` makes it readable.

        Raises:
            SettingError: the fact is unknown or holds.
        """
        if self.holds(fact):
            raise SettingError(f"{fact!r} holds, its certainty is {self.certainty(fact):.3g}; ask why")
        parsed = self.base.fact(fact)
        given = {firing.rule: float(firing.evidence[0]) for firing in self.beliefs.firings}
        attempts = [
            Attempt(rule, given.get(rule, 0.0), self._failed(rule))
            for rule in self.base.rules
            if rule.conclusion == parsed
        ]
        return Refusal(parsed, self.certainty(fact), tuple(attempts))

    def _failed(self, rule: Rule) -> tuple[tuple[Condition, str], ...]:
        failed = [one for one in rule.conditions if self.beliefs.of(one)[0] <= BELIEVED]
        return tuple((condition, self._found(condition)) for condition in failed)

    def _found(self, condition: Condition) -> str:
        """What there is instead of a condition that failed."""
        about = {fact: float(belief[0]) for fact, belief in self.beliefs.certainties.items() if belief[0]}
        if condition.name in self.base.numbers:
            told = [_spelt(fact.value) for fact in about if fact.name == condition.name]
            return f"{condition.name} is {told[0]}" if told else f"{condition.name} was not told"
        met = [f"{fact} has certainty {belief:.3g}" for fact, belief in about.items() if condition.matches(fact)]
        return ", ".join(met) or "nothing says so"
