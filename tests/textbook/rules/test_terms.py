import pytest

from muslin.textbook.rules import Fact, KnowledgeBase


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [("=", "20"), ("!=", "19 21"), ("<", "19"), ("<=", "19 20"), (">", "21"), (">=", "20 21")],
)
def test_numbers_are_compared(comparison, holds):
    base = KnowledgeBase.parse(
        f"numbers n\nrule r\n if n {comparison} 20\n then yes\nrule s\n if not n {comparison} 2e1\n then no"
    )
    for number in ("19", "20", "21"):
        session = base.session([f"n = {number}"])
        assert session.holds("yes") == (number in holds.split())
        assert session.holds("no") != session.holds("yes")


def test_words_are_compared_and_a_number_has_one_value():
    base = KnowledgeBase.parse("facts c = red, c = blue\nnumbers n\nrule r\n if c != red\n then other")
    assert not base.session(["c = red"]).holds("other")
    assert base.session(["c = blue"]).holds("other")
    session = base.session(["n = 3"])
    session.tell("n = 4")
    assert list(session.told) == [Fact("n", 4.0)]
    assert session.certainty("n = 3") == 0
