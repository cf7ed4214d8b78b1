"""What a comparison means, in a few sentences for who has never seen a test of significance."""

from muslin.report.compare.pairs import Pair
from muslin.text import percent, plural

__all__ = ["LEVEL", "reasons", "verdict"]

LEVEL = 0.05  # the probability below which chance is no explanation any more


def verdict(pair: Pair) -> str:
    """Returns whether a difference means anything, in a sentence."""
    if pair.p_value is None:
        return f"Whether the difference means anything cannot be told: {pair.why_not}."
    return _finding(pair, pair.p_value)


def reasons(pair: Pair) -> str:
    """Returns how that was told, and of what it holds; empty where it cannot be told."""
    return "" if pair.p_value is None else f"{_evidence(pair, pair.p_value)} {_scope(pair)}"


def _finding(pair: Pair, p_value: float) -> str:
    first, second = pair.accuracies
    assert first is not None
    assert second is not None
    letters = pair.letters if first >= second else pair.letters[::-1]
    high, low = max(first, second), min(first, second)
    figures = f"{percent(high, 2)} against {percent(low, 2)} of the test pictures"
    if high == low:
        return f"{letters[0]} and {letters[1]} are equally good: both answer {percent(high, 2)} of the test pictures."
    points = f"{100 * (high - low):.2f} points"
    if p_value < LEVEL:
        return f"{letters[0]} is better than {letters[1]}: {figures}, {points} more; chance alone hardly does that."
    return f"{letters[0]} is not shown to be better than {letters[1]}: {figures}; chance alone can make {points}."


def _evidence(pair: Pair, p_value: float) -> str:
    if pair.over_seeds is not None:
        counts = [len(group.values("test_accuracy")) for group in pair.groups]
        return (
            f"Over {counts[0]} and {counts[1]} seeds, if both were equally good, means at least as far apart would "
            f"come about {_chance(p_value)} (Welch's test{_raised(pair)})."
        )
    assert pair.answers is not None
    test, (first, second) = pair.answers.test, pair.letters
    if not test.only_a + test.only_b:
        return f"They are right about the same {plural(pair.answers.count, 'picture')}."
    return (
        f"{first} alone is right about {plural(test.only_a, 'picture')}, {second} alone about {test.only_b:,}; if both "
        f"were equally good, a split at least as uneven would come about {_chance(p_value)} (McNemar's exact test"
        f"{_raised(pair)})."
    )


def _chance(p_value: float) -> str:
    """Returns a probability as it is read."""
    if p_value < 0.001:
        return "less than once in 1,000 times"
    if p_value > 0.999:
        return "always"
    return f"{100 * p_value:.2g} times in 100"


def _raised(pair: Pair) -> str:
    return f", raised by Holm's rule for {pair.comparisons} comparisons" if pair.comparisons > 1 else ""


def _scope(pair: Pair) -> str:
    if pair.groups[0] is pair.groups[1]:
        return "They differ in the seed alone: what parts them is chance in training."
    if pair.over_seeds is not None:
        return "This is about the settings, whatever the seed."
    return (
        "This is about these two trained models; another seed can turn it round. To compare the settings, train each "
        "with two seeds or more (muslin fit --seed N) and name all the runs."
    )
