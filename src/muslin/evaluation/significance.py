"""What a difference between two shares, or two models, may be put down to chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, variance

from scipy.special import ndtri, stdtr
from scipy.stats import binomtest
from torch import Tensor

__all__ = ["McNemar", "holm", "mcnemar", "welch", "wilson_interval"]


@dataclass(frozen=True)
class McNemar:
    """Whether two models, asked the same, are right about as often (McNemar, 1947).

    Attributes:
        only_a: pictures that the first alone was right about.
        only_b: pictures that the second alone was right about.
        p_value: the chance, in [0, 1], of a split as uneven or more so if each such picture fell to either by a coin.
    """

    only_a: int
    only_b: int
    p_value: float


def mcnemar(right_a: Tensor, right_b: Tensor) -> McNemar:
    """Returns McNemar's exact test, which holds for few pictures as for many.

    Args:
        right_a: (N,) bool, where the first model is right.
        right_b: (N,) bool, where the second is, of the same pictures in the same order.
    """
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    differing = only_a + only_b
    return McNemar(only_a, only_b, binomtest(only_a, differing).pvalue if differing else 1.0)


def wilson_interval(right: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Returns the confidence interval of a share (Wilson, 1927); unlike the normal one it never leaves [0, 1].

    Args:
        right: 0 .. count.
        count: >= 1.
        confidence: in (0, 1).

    >>> [round(end, 4) for end in wilson_interval(9000, 10000)]
    [0.894, 0.9057]
    """
    z = float(ndtri((1 + confidence) / 2))
    share, squared = right / count, z**2 / count
    middle = share + squared / 2
    reach = z * math.sqrt(share * (1 - share) / count + squared / (4 * count))
    low, high = (middle - reach) / (1 + squared), (middle + reach) / (1 + squared)
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # rounding must not part the interval from the share


def welch(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Returns how likely means as far apart are if nothing but chance parts them: the t-test of unlike spreads.

    (Welch, "The generalization of 'Student's' problem", 1947.)

    Args:
        first: measured values, such as the accuracies of some seeds.
        second: those to hold against them.

    Returns:
        A two-sided probability in [0, 1]; None where a side has fewer than two values, or neither has any spread.

    >>> round(welch([0.94, 0.95, 0.96], [0.90, 0.92, 0.91]), 4)
    0.008
    """
    if min(len(first), len(second)) < 2:
        return None
    parts = [variance(values) / len(values) for values in (first, second)]
    if not sum(parts):
        return None
    statistic = (mean(first) - mean(second)) / math.sqrt(sum(parts))
    shares = [part / sum(parts) for part in parts]
    freedom = 1 / sum(share**2 / (len(values) - 1) for share, values in zip(shares, (first, second), strict=True))
    return float(2 * stdtr(freedom, -abs(statistic)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns probabilities of several tests, raised so that all hold together (Holm, 1979).

    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    raised, least = [0.0] * len(p_values), 0.0
    for done, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - done) * p_values[place]))
        raised[place] = least
    return raised
