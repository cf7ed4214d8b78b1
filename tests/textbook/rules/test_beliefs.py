import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muslin.textbook.rules import BELIEVED, KnowledgeBase, combine

certainties = st.floats(-1, 1).filter(lambda value: abs(value) < 0.999)


@settings(max_examples=80, deadline=None)
@given(a=certainties, b=certainties, c=certainties)
def test_combining_is_symmetric_and_associative_and_stays_in_range(a, b, c):
    assert combine(a, b) == pytest.approx(combine(b, a), abs=1e-12)
    assert -1 <= combine(a, b) <= 1
    assert combine(combine(a, b), c) == pytest.approx(combine(a, combine(b, c)), abs=1e-9)
    assert combine(a, 0) == a


def test_combining_follows_shortliffe_and_buchanan():
    np.testing.assert_allclose(
        combine([0.6, -0.6, 0.8, 1.0, 1.0], [0.5, -0.5, -0.5, -1.0, -0.5]), [0.8, -0.8, 0.6, 0, 1]
    )


def test_evidence_against_lowers_belief(clothes):
    session = clothes.session(["height = 23", "holes = 4"])
    assert session.certainty("class = boot") == pytest.approx((0.8 - 0.9) / (1 - 0.8))
    assert session.best("class") is None


@pytest.mark.parametrize("weak", [0.1, BELIEVED, 0.0, -0.5])
def test_what_is_hardly_believed_does_not_fire_rules(weak):
    base = KnowledgeBase.parse("facts a\nrule yes\n if a\n then b\nrule no\n if not a\n then c")
    session = base.session()
    session.tell("a", certainty=weak)
    assert session.certainty("b") == 0
    assert session.certainty("c") == pytest.approx(1 - max(weak, 0))
    assert (f"a has certainty {weak:.3g}" if weak else "nothing says so") in str(session.why_not("b"))
