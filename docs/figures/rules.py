"""Item 2 of the lecture: a knowledge base explains itself."""

from collections.abc import Iterator

import numpy as np
from drawing import BLUE, GREY, INK, RED, arrow, box, panels
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from muslin.textbook.rules import KnowledgeBase, Premise, Reason

GARMENTS = """
facts sleeves, laces
numbers height, width
rule boot certainty 0.9
    if footwear
    and tall
    then class = boot
rule tall
    if height > 20
    then tall
rule footwear certainty 0.8
    if laces
    and not sleeves
    then footwear
"""


def draw_rule_chain() -> Figure:
    """The chain behind one conclusion, as a tree, and the same as why() writes it."""
    session = KnowledgeBase.parse(GARMENTS).session(["height = 23", "width = 18", "laces"])
    reason = session.why("class = boot")
    figure, (tree, words) = panels(2, 3.1, width_ratios=(3, 2))
    rows = iter(range(3))
    draw_reason(tree, reason, depth=0, rows=rows)
    tree.set(xlim=(-4.55, 0.85), ylim=(2.7, -0.6), xticks=[], yticks=[], title="Facts that were told, chained by rules")
    words.set(xticks=[], yticks=[], title='why("class = boot")')
    words.text(0, 0.93, str(reason), va="top", family="monospace", fontsize=9, transform=words.transAxes)
    for axes in (tree, words):
        axes.spines[:].set_visible(False)
    return figure


def draw_reason(axes: Axes, reason: Reason, depth: int, rows: Iterator[int]) -> float:
    """Draws a fact right of what it rests on; returns its height."""
    heights = [
        draw_premise(axes, premise, rule.rule.name, depth, rows) for rule in reason.because for premise in rule.premises
    ]
    y = float(np.mean([height for height, _ in heights])) if heights else float(next(rows))
    for height, name in heights:
        arrow(axes, (-1.85 * depth - 1.2, height), (-1.85 * depth - 0.68, y))
        axes.text(-1.85 * depth, y + 0.38, name, ha="center", va="top", color=RED, fontsize=9)
    box(axes, -1.85 * depth, y, f"{reason.fact}\n{reason.certainty:.3g}", 1.2, BLUE if heights else INK, height=0.56)
    return y


def draw_premise(axes: Axes, premise: Premise, rule: str, depth: int, rows: Iterator[int]) -> tuple[float, str]:
    """Draws one condition of a rule; returns its height and the rule's name."""
    if premise.reasons:
        return draw_reason(axes, premise.reasons[0], depth + 1, rows), f"rule {rule}"
    y = float(next(rows))
    box(axes, -1.85 * (depth + 1), y, f"{premise.condition}\n{premise.certainty:.3g}", 1.2, GREY, height=0.56)
    return y, f"rule {rule}"
