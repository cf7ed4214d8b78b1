"""The knowledge base and its inference engine: rules are chained forward, in many cases at once.

Legend: N cases.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from muslin.errors import DataError, SettingError, unknown_name
from muslin.textbook._checks import bits, finite
from muslin.textbook.rules.beliefs import Beliefs
from muslin.textbook.rules.checks import check_rules
from muslin.textbook.rules.order import order_rules
from muslin.textbook.rules.reader import Reader
from muslin.textbook.rules.session import Session
from muslin.textbook.rules.terms import Fact, Rule

__all__ = ["KnowledgeBase"]


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
        check_rules(self.rules, self.facts, self.numbers)
        self.strata = order_rules(self.rules)

    @classmethod
    def parse(cls, text: str) -> "KnowledgeBase":
        """Reads a knowledge base from text in the package's format; an error names the line."""
        reader = Reader(text)
        return cls(reader.rules, reader.facts, reader.numbers)

    @classmethod
    def load(cls, path: str | Path) -> "KnowledgeBase":
        """Reads a knowledge base from a file in the package's format; an error names the file and the line."""
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

    def fact(self, text: str) -> Fact:
        """Reads a fact, after refusing one that is neither declared nor concluded by any rule."""
        fact = Fact.parse(text)
        if fact not in self.known and not (fact.name in self.numbers and isinstance(fact.value, float)):
            raise unknown_name("fact", str(fact), {*map(str, self.known), *(f"{name} = 0" for name in self.numbers)})
        return fact

    def session(self, told: Iterable[str] = ()) -> Session:
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
