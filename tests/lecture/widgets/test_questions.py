import json
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from muslin.lecture.widgets.questions import expected_bits, values

CASES = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40)


@settings(deadline=None)
@given(cases=CASES)
def test_what_a_question_tells_is_its_mutual_information_with_the_class(cases):
    answers = np.array([case[:2] for case in cases])
    classes = np.array([case[2] for case in cases])
    expected = [mutual_info_score(classes, answers[:, q]) / np.log(2) for q in range(2)]
    assert expected_bits(answers, classes) == pytest.approx(expected, abs=1e-12)


def test_the_known_answer_every_question_and_the_secret_ones_have_two_of_each_class():
    found = values()
    assert json.loads(json.dumps(found)) == found
    count = len(found["questions"])
    answers = np.frombuffer(b64decode(found["known"]["answers"]), np.uint8).reshape(-1, count)
    assert len(answers) == len(found["known"]["labels"]) == 2000
    assert set(np.unique(answers)) == {0, 1}
    assert ((answers.mean(0) > 0) & (answers.mean(0) < 1)).all()
    assert found["bits"] == pytest.approx(expected_bits(answers == 1, np.array(found["known"]["labels"])), abs=1e-6)
    assert np.bincount(found["labels"]).tolist() == [2] * 10
    assert np.array(found["answers"]).shape == (20, count)
    assert len(set(found["questions"])) == count
