"""What the nets that decay are made of, and the Python of each kind of decay."""

import numpy as np
import pytest

from muslin.lecture.widgets.decay import KINDS, SIZES, values
from muslin.textbook import optimizers
from muslin.textbook.network import Network

ENDS = {"none": 2.8, "L2": 2.65, "L1": 2.75, "L2, decoupled": 2.65}  # 3 - 0.1 (2 + decay), the decay 0, 1.5, 0.5, 1.5


def test_the_points_are_few_to_learn_and_many_to_judge_by():
    shown = values()
    assert [len(shown[name]["labels"]) for name in ("train", "test")] == [30, 200]
    for name in ("train", "test"):
        assert len(shown[name]["points"]) == 2 * len(shown[name]["labels"])
        assert set(shown[name]["labels"]) == {0, 1}
    assert shown["train"]["points"] != shown["test"]["points"][:60]


def test_the_starts_fit_the_net_and_differ():
    starts = values()["starts"]
    assert {len(start) for start in starts} == {len(Network(SIZES).parameters)}
    assert len({tuple(start) for start in starts}) == len(starts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_python_of_each_kind_takes_its_step(kind):
    line = values()["kinds"][kind]["python"].format(optimizer="gradient_step", lr=0.1, decay=0.5)
    names = {**vars(optimizers), "weights": np.array([3.0]), "gradient": np.array([2.0]), "state": None}
    assert eval(line, names)[0] == pytest.approx([ENDS[kind]])  # noqa: S307 - the page's own lines
