"""Gates to wire from McCulloch-Pitts neurons, and how many of all wirings compute each: every one is tried."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

from muslin.lecture.formulas import mathml
from muslin.textbook.neuron import McCullochPitts, McCullochPittsNet, truth_table

__all__ = ["count_alone", "count_in_two_layers", "neurons", "values"]

HIDDEN = 2  # neurons of the first layer, where two layers are tried
GATES: dict[str, tuple[int, Callable[..., bool]]] = {
    "AND": (2, lambda *x: all(x)),
    "OR": (2, lambda *x: any(x)),
    "NOT x₁": (2, lambda *x: not x[0]),
    "NOR": (2, lambda *x: not any(x)),
    "x₁ and not x₂": (2, lambda *x: x[0] and not x[1]),
    "NAND": (2, lambda *x: not all(x)),
    "XOR": (2, lambda *x: sum(x) == 1),
    "AND of three": (3, lambda *x: all(x)),
    "majority": (3, lambda *x: sum(x) >= 2),
    "x₁ and x₂, not x₃": (3, lambda *x: x[0] and x[1] and not x[2]),
    "exactly one": (3, lambda *x: sum(x) == 1),
    "odd (XOR of three)": (3, lambda *x: sum(x) % 2 == 1),
}


def values() -> dict[str, Any]:
    """Returns the gates with their answers, counted up in binary, and of how many wirings each is had."""
    return {
        "gates": [_gate(name, inputs, gate) for name, (inputs, gate) in GATES.items()],
        "formula": mathml(r"\sum_{i \in E} x_i \ge \theta \quad \text{and no } x_j = 1 \text{ in } I"),
    }


@cache
def neurons(inputs: int) -> tuple[McCullochPitts, ...]:
    """Returns every neuron with so many inputs: each line absent, excitatory or inhibitory, threshold 0 to inputs + 1.

    A higher threshold would only be another that nothing reaches.
    """
    return tuple(
        McCullochPitts(
            threshold,
            excitatory=[line for line, kind in enumerate(kinds) if kind > 0],
            inhibitory=[line for line, kind in enumerate(kinds) if kind < 0],
        )
        for kinds in product([0, 1, -1], repeat=inputs)
        for threshold in range(inputs + 2)
    )


def count_alone(inputs: int, answers: tuple[int, ...]) -> int:
    """Returns how many of the single neurons give these answers to all inputs, counted up in binary."""
    return _functions(inputs)[answers]


def count_in_two_layers(inputs: int, answers: tuple[int, ...]) -> int:
    """Returns how many nets of two neurons, and one that they feed, give these answers."""
    return _functions_in_two_layers(inputs)[answers]


@cache
def _functions(inputs: int) -> Counter[tuple[int, ...]]:
    """Returns how many of the neurons give each list of answers."""
    tables = (truth_table(McCullochPittsNet([[neuron]]), inputs) for neuron in neurons(inputs))
    return Counter(tuple(table[:, -1].tolist()) for table in tables)


@cache
def _functions_in_two_layers(inputs: int) -> Counter[tuple[int, ...]]:
    """The same for nets; neurons that give the same answers are tried as one, and counted as many."""
    first, last = _functions(inputs), _functions(HIDDEN)
    found: Counter[tuple[int, ...]] = Counter()
    for one, other in product(first, repeat=HIDDEN):
        for outputs in last:
            answers = tuple(outputs[2 * a + b] for a, b in zip(one, other, strict=True))
            found[answers] += first[one] * first[other] * last[outputs]
    return found


def _gate(name: str, inputs: int, gate: Callable[..., bool]) -> dict[str, Any]:
    answers = tuple(int(gate(*row)) for row in product([0, 1], repeat=inputs))
    single, last = len(neurons(inputs)), len(neurons(HIDDEN))
    return {
        "name": name,
        "inputs": inputs,
        "answers": answers,
        "alone": {"tried": single, "found": count_alone(inputs, answers)},
        "layers": {"tried": single**HIDDEN * last, "found": count_in_two_layers(inputs, answers)},
    }
