import numpy as np

from muslin.data.packs.order import spread_classes


def test_a_beginning_has_every_class_and_stretches_are_fair():
    labels = np.repeat([0, 1, 2, 3], [900, 90, 9, 1])
    order = spread_classes(labels)
    assert sorted(order) == list(range(1000))
    assert sorted(labels[order[:3]]) == [0, 1, 2]  # of the class with one picture there is none to spare
    assert (labels[order[:500]] != 3).all()
    for start in range(100, 900, 100):
        counts = np.bincount(labels[order[start : start + 100]], minlength=2)
        assert abs(counts[0] - 90) <= 3
        assert abs(counts[1] - 9) <= 2
    assert (order[labels[order] == 0] != np.sort(order[labels[order] == 0])).any()
