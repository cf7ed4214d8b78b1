"""One case, told fact by fact: what follows, why, why not, and what is left after a retraction."""

from __future__ import annotations

import numpy as np

from muslin.errors import SettingError
from muslin.textbook._checks import between
from muslin.textbook.rules.beliefs import BELIEVED, Beliefs
from muslin.textbook.rules.explanations import Reason, Refusal, reason_for, refusal_of
from muslin.textbook.rules.rule_set import RuleSet
from muslin.textbook.rules.terms import Fact

__all__ = ["Session"]


class Session:
    r"""One case: facts are told and retracted, and the conclusions follow.

    Attributes:
        base: the rules that are reasoned with.
        told: certainty that each fact was told with, in [-1, 1].

    >>> from muslin.textbook.rules import KnowledgeBase
    >>> base = KnowledgeBase.parse("facts bird, penguin\nrule fly\n if bird\n and not penguin\n then flies")
    >>> session = base.session(["bird"])
    >>> session.holds("flies")
    True
    >>> session.tell("penguin")
    >>> session.holds("flies")
    False
    """

    def __init__(self, base: RuleSet) -> None:
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
        """Returns how certain a fact is, from -1 to 1; 0 when nothing is known."""
        return float(self.beliefs.certainties.get(self.base.fact(fact), [0.0])[0])

    def holds(self, fact: str) -> bool:
        """Whether a fact is believed: its certainty is above 0.2."""
        return self.certainty(fact) > BELIEVED

    def best(self, name: str) -> str | None:
        """Returns the word that `name` most certainly has, or None when none is believed."""
        return str(self.beliefs.best(name)[0]) or None

    def why(self, fact: str) -> Reason:
        """Returns the chain of rules and facts that a fact rests on; `str` makes it readable.

        Raises:
            SettingError: the fact is unknown or does not hold.
        """
        if not self.holds(fact):
            raise SettingError(f"{fact!r} does not hold, its certainty is {self.certainty(fact):.3g}; ask why_not")
        return reason_for(self.base.fact(fact), self.told, self.beliefs)

    def why_not(self, fact: str) -> Refusal:
        """Returns the rules that could have concluded a fact, and what failed in them; `str` makes it readable.

        Raises:
            SettingError: the fact is unknown or holds.
        """
        if self.holds(fact):
            raise SettingError(f"{fact!r} holds, its certainty is {self.certainty(fact):.3g}; ask why")
        return refusal_of(self.base.fact(fact), self.base.rules, self.base.numbers, self.beliefs)
