import json

import numpy as np

from muslin.ladder.knn import vote
from muslin.lecture.widgets.regions import values


def test_the_lone_point_is_believed_by_one_and_outvoted_by_three():
    found = values()
    assert json.loads(json.dumps(found)) == found
    points = np.array(found["points"])
    assert np.bincount(points[:, 2].astype(int)).tolist() == [9, 8, 8]
    assert (np.abs(points[:, :2]) <= 1.4).all()
    lone, labels = points[-1], points[:, 2].astype(int)
    order = np.linalg.norm(points[:, :2] - lone[:2], axis=1).argsort(kind="stable")[None]
    assert vote(labels[order[:, :1]]) == [lone[2]] == [0]
    assert vote(labels[order[:, :3]]) == [1]
