"""What is held against what, and how likely chance alone would part it as far."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import mean
from typing import Any

from muslin.errors import RunError
from muslin.evaluation.significance import holm, welch
from muslin.report.compare.answers import Disagreement, disagreement
from muslin.report.compare.groups import Group, Member

__all__ = ["Pair", "pairs_of"]


@dataclass(frozen=True)
class Pair:
    """Two groups of runs, or two runs that differ in the seed alone, held against each other.

    Attributes:
        groups: the two groups; the same one twice where they differ in the seed alone.
        runs: the run of each whose answers are held against each other.
        answers: where the two runs disagree; None where that cannot be told.
        why_not: why it cannot be told; empty where it can.
        over_seeds: how likely means of the test accuracy as far apart are by chance (Welch, 1947); None where a group
            has fewer than two seeds.
        p_value: the probability that decides, of several comparisons by Holm's rule; None where nothing can be told.
        comparisons: among how many that rule was applied.
    """

    groups: tuple[Group, Group]
    runs: tuple[Member, Member]
    answers: Disagreement | None
    why_not: str
    over_seeds: float | None
    p_value: float | None
    comparisons: int

    @property
    def deciding(self) -> float | None:
        """The probability of the test that decides, by itself: over the seeds where there are some."""
        if self.over_seeds is not None:
            return self.over_seeds
        return self.answers.test.p_value if self.answers else None

    @property
    def letters(self) -> tuple[str, str]:
        """What is held against each other: the groups where seeds decide, else the two runs."""
        sides = self.runs if self.over_seeds is None else self.groups
        return sides[0].letter, sides[1].letter

    @property
    def accuracies(self) -> tuple[float | None, float | None]:
        """The test accuracies that are held against each other: means over the seeds, or those of the two runs."""
        if self.over_seeds is None:
            return self.runs[0].figures["test_accuracy"], self.runs[1].figures["test_accuracy"]
        first, second = (mean(group.values("test_accuracy")) for group in self.groups)
        return first, second

    def as_json(self) -> dict[str, Any]:
        """Returns what it says by name, for `json.dumps`."""
        said = self.answers
        return {
            "groups": [group.letter for group in self.groups],
            "runs": [run.letter for run in self.runs],
            "accuracies": list(self.accuracies),
            "answers": said and {
                "count": said.count, "both_right": said.both_right, "only": [said.test.only_a, said.test.only_b],
                "both_wrong": said.both_wrong, "same_mistake": said.same_mistake, "p_value": said.test.p_value,
                "classes": [asdict(each) for each in said.classes],
                "exhibits": [[asdict(each) for each in side] for side in said.only],
            },
            "why_not": self.why_not,
            "over_seeds": self.over_seeds,
            "p_value": self.p_value,
            "comparisons": self.comparisons,
        }  # fmt: skip


def pairs_of(groups: Sequence[Group]) -> tuple[Pair, ...]:
    """Returns the first group against each other one; of a single group, its first run against each other one."""
    if len(groups) == 1:
        first, *others = groups[0].members
        return with_holm([pair_of((groups[0], groups[0]), (first, other)) for other in others])
    return with_holm([pair_of((groups[0], other), alike_in_seed(groups[0], other)) for other in groups[1:]])


def alike_in_seed(one: Group, other: Group) -> tuple[Member, Member]:
    """Returns a tested run of each of two groups, of the same seed where there are such."""
    first, second = ([run for run in group.members if run.record.test] or group.members for group in (one, other))
    return next(((a, b) for a in first for b in second if a.seed == b.seed), (first[0], second[0]))


def pair_of(groups: tuple[Group, Group], runs: tuple[Member, Member]) -> Pair:
    """Returns two groups held against each other by a run of each; the deciding probability by itself."""
    answers, why_not = None, ""
    try:
        answers = disagreement(*runs)
    except RunError as error:
        why_not = str(error)
    over_seeds = None
    if groups[0] is not groups[1]:
        over_seeds = welch(groups[0].values("test_accuracy"), groups[1].values("test_accuracy"))
    pair = Pair(groups, runs, answers, why_not, over_seeds, None, 1)
    return replace(pair, p_value=pair.deciding)


def with_holm(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Returns pairs whose probabilities hold together."""
    decided = [pair.p_value for pair in pairs if pair.p_value is not None]
    raised = iter(holm(decided))
    return tuple(
        pair if pair.p_value is None else replace(pair, p_value=next(raised), comparisons=len(decided))
        for pair in pairs
    )
