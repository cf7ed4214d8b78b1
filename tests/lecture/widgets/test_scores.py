import json
from base64 import b64decode

import numpy as np

from muslin.lecture.garments import test_garments as garments
from muslin.lecture.widgets.scores import values


def test_the_recorded_templates_are_right_as_often_as_is_told():
    found = values()
    assert json.loads(json.dumps(found)) == found
    pictures, labels = garments()
    for record in found["templates"].values():
        weights = np.frombuffer(b64decode(record["weights"]), "<f4").reshape(10, 784)
        bias = np.frombuffer(b64decode(record["bias"]), "<f4")
        scores = pictures.reshape(-1, 784) / np.float32(255) @ weights.T + bias
        assert abs((scores.argmax(1) == labels).mean() - record["accuracy"]) <= 2e-4  # a tie may fall either way


def test_three_garments_of_each_class_are_shown():
    assert np.bincount(values()["labels"]).tolist() == [3] * 10
