"""What the slice is cut through: nets that learnt their points, and the optimizers' Python."""

import numpy as np

from muslin.lecture.widgets.descent import SIZES, values
from muslin.textbook import optimizers
from muslin.textbook.network import Network


def test_the_nets_learnt_and_differ():
    shown = values()
    points, labels = np.reshape(shown["points"], (-1, 2)), shown["labels"]
    losses = []
    for parameters in shown["nets"]:
        network = Network(SIZES)
        start = network.backpropagate(points, labels).loss
        network.parameters = np.array(parameters)
        losses.append(network.backpropagate(points, labels).loss)
        assert losses[-1] < 0.6 * start
    assert len(set(losses)) == len(losses)


def test_the_python_of_each_optimizer_takes_its_step():
    names = {**vars(optimizers), "weights": np.array([2.0]), "gradient": np.array([4.0]), "state": None}
    ends = {
        name: eval(optimizer["python"].removeprefix("muslin.textbook.optimizers.").format(lr=0.5), names)[0]  # noqa: S307
        for name, optimizer in values()["optimizers"].items()
    }
    assert {name: round(float(end[0]), 6) for name, end in ends.items()} == {
        "gradient step": 0.0, "momentum": 0.0, "adam": 1.5,
    }  # fmt: skip
    assert eval(values()["wrong"]["python"].format(lr=0.5), names) == 1.0  # noqa: S307
