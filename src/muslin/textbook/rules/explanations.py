"""Why a fact holds, and why it does not: chains of rules and facts, which `str` makes readable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from muslin.textbook.rules.beliefs import BELIEVED, Beliefs, Firing, combine
from muslin.textbook.rules.terms import Condition, Fact, Rule, spelt

__all__ = ["Attempt", "Because", "Premise", "Reason", "Refusal", "reason_for", "refusal_of"]


@dataclass(frozen=True)
class Reason:
    """Why a fact is as certain as it is.

    Attributes:
        fact: the fact in question.
        certainty: certainty by all evidence combined, in [-1, 1].
        told: certainty that it was told with; 0 when it was not.
        because: the rules that gave evidence, in the order they fired.
    """

    fact: Fact
    certainty: float
    told: float
    because: tuple[Because, ...]

    def __str__(self) -> str:
        told = "" if not self.told else ": told" if not self.because else f": told ({self.told:.3g})"
        return "\n".join([f"{self.fact} ({self.certainty:.3g}){told}", *(indented(rule) for rule in self.because)])


@dataclass(frozen=True)
class Because:
    """One rule's evidence.

    Attributes:
        rule: the rule that fired.
        evidence: certainty that it added, below 0 when against.
        premises: its conditions, each with the reasons for it.
    """

    rule: Rule
    evidence: float
    premises: tuple[Premise, ...]

    def __str__(self) -> str:
        return "\n".join([f"by rule {self.rule.name} ({self.evidence:.3g})", *map(indented, self.premises)])


@dataclass(frozen=True)
class Premise:
    """One condition that held.

    Attributes:
        condition: the condition as the rule asks it.
        certainty: the certainty it had when the rule fired.
        reasons: the reasons for the facts that met it; none when it is a negation.
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
        rule: a rule that could have concluded it.
        evidence: certainty that it added; 0 when it did not fire.
        failed: the conditions that did not hold, each with what was found instead.
    """

    rule: Rule
    evidence: float
    failed: tuple[tuple[Condition, str], ...]

    def __str__(self) -> str:
        head = (
            f"gave too little: {self.evidence:.3g}" if self.evidence > 0 else f"spoke against it: {self.evidence:.3g}"
        )
        lines = [indented(f"{condition}: {found}") for condition, found in self.failed]
        return "\n".join([f"rule {self.rule.name} {head if self.evidence else 'did not fire'}", *lines])


@dataclass(frozen=True)
class Refusal:
    """Why a fact does not hold.

    Attributes:
        fact: the fact in question.
        certainty: certainty by all evidence combined, 0.2 at most.
        attempts: the attempts of all rules that could have concluded it.
    """

    fact: Fact
    certainty: float
    attempts: tuple[Attempt, ...]

    def __str__(self) -> str:
        attempts = self.attempts or ("no rule concludes it: it can only be told",)
        return "\n".join([f"{self.fact} does not hold ({self.certainty:.3g})", *map(indented, attempts)])


def indented(part: object) -> str:
    return "\n".join(f"  {line}" for line in str(part).splitlines())


def reason_for(fact: Fact, told: Mapping[Fact, float], beliefs: Beliefs, before: int | None = None) -> Reason:
    """Gathers the chain of rules and facts that a fact rests on.

    Args:
        fact: the fact in question.
        told: certainty that each fact was told with.
        beliefs: conclusions from what was told, in one case.
        before: the turn up to which firings count, so that a loop is never given as its own reason; None for all.
    """
    given = told.get(fact, 0.0)
    firings = [(turn, one) for turn, one in enumerate(beliefs.firings[:before]) if one.rule.conclusion == fact]
    certainty = given
    for _, firing in firings:
        certainty = float(combine(certainty, firing.evidence[0]))
    because = tuple(_because(firing, turn, told, beliefs) for turn, firing in firings)
    return Reason(fact, certainty, given, because)


def _because(firing: Firing, turn: int, told: Mapping[Fact, float], beliefs: Beliefs) -> Because:
    premises = []
    for condition, certainty in zip(firing.rule.conditions, firing.premises, strict=True):
        met = [] if condition.negated else [fact for fact in beliefs.certainties if condition.matches(fact)]
        reasons = [reason_for(fact, told, beliefs, turn) for fact in met]
        held = tuple(reason for reason in reasons if reason.certainty > BELIEVED)
        premises.append(Premise(condition, float(certainty[0]), held))
    return Because(firing.rule, float(firing.evidence[0]), tuple(premises))


def refusal_of(fact: Fact, rules: Iterable[Rule], numbers: Collection[str], beliefs: Beliefs) -> Refusal:
    """Gathers the rules that could have concluded a fact, and which of their conditions failed.

    Args:
        fact: the fact in question.
        rules: all rules that there are.
        numbers: the names of measurements.
        beliefs: conclusions from what was told, in one case.
    """
    given = {firing.rule: float(firing.evidence[0]) for firing in beliefs.firings}
    attempts = [
        Attempt(rule, given.get(rule, 0.0), _failed(rule, numbers, beliefs))
        for rule in rules
        if rule.conclusion == fact
    ]
    certainty = float(beliefs.certainties.get(fact, [0.0])[0])
    return Refusal(fact, certainty, tuple(attempts))


def _failed(rule: Rule, numbers: Collection[str], beliefs: Beliefs) -> tuple[tuple[Condition, str], ...]:
    failed = [one for one in rule.conditions if beliefs.of(one)[0] <= BELIEVED]
    return tuple((condition, _found(condition, numbers, beliefs)) for condition in failed)


def _found(condition: Condition, numbers: Collection[str], beliefs: Beliefs) -> str:
    """Returns what there is instead of a condition that failed."""
    about = {fact: float(belief[0]) for fact, belief in beliefs.certainties.items() if belief[0]}
    if condition.name in numbers:
        told = [spelt(fact.value) for fact in about if fact.name == condition.name]
        return f"{condition.name} is {told[0]}" if told else f"{condition.name} was not told"
    met = [f"{fact} has certainty {belief:.3g}" for fact, belief in about.items() if condition.matches(fact)]
    return ", ".join(met) or "nothing says so"
