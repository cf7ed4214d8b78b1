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

from muslin.textbook.rules.beliefs import BELIEVED, Beliefs, Firing, combine
from muslin.textbook.rules.explanations import Attempt, Because, Premise, Reason, Refusal
from muslin.textbook.rules.knowledge_base import KnowledgeBase
from muslin.textbook.rules.order import Stratum
from muslin.textbook.rules.session import Session
from muslin.textbook.rules.terms import Condition, Fact, Rule

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
