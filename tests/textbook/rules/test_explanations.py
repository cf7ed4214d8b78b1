import pytest
from hypothesis import given, settings

from muslin.textbook.rules import BELIEVED
from tests.textbook.rules.drawn import cases


def test_rules_chain_forward_and_explain_the_chain(clothes):
    session = clothes.session(["height = 23", "holes = 0"])
    assert session.fired == ["tall", "boot"]
    assert session.best("class") == "boot"
    assert session.certainty("class = boot") == 0.8
    assert str(session.why("class = boot")) == (
        "class = boot (0.8)\n"
        "  by rule boot (0.8)\n"
        "    tall (1)\n"
        "      by rule tall (1)\n"
        "        height = 23 (1): told\n"
        "    not sleeves (1): nothing says otherwise"
    )


def test_why_not_names_the_conditions_that_failed(clothes):
    session = clothes.session(["height = 12", "sleeves", "holes = 4"])
    refusal = session.why_not("class = boot")
    assert [attempt.rule.name for attempt in refusal.attempts] == ["boot", "bare"]
    assert str(refusal) == (
        "class = boot does not hold (-0.9)\n"
        "  rule boot did not fire\n"
        "    tall: nothing says so\n"
        "    not sleeves: sleeves has certainty 1\n"
        "  rule bare spoke against it: -0.9"
    )
    assert "height > 20: height is 12" in str(session.why_not("tall"))
    session.retract("height = 12")
    assert "height > 20: height was not told" in str(session.why_not("tall"))
    assert "no rule concludes it: it can only be told" in str(session.why_not("collar"))


@settings(max_examples=60, deadline=None)
@given(case=cases())
def test_whatever_holds_has_a_reason_that_ends_in_what_was_told(case):
    base, columns = case
    session = base.session([name for name, column in columns.items() if column[0]])

    def check(reason):
        assert reason.told or reason.because
        for because in reason.because:
            assert because.rule.conclusion == reason.fact
            for premise in because.premises:
                assert premise.reasons
                for below in premise.reasons:
                    check(below)

    for name in columns:
        if session.holds(name):
            reason = session.why(name)
            assert reason.certainty == pytest.approx(session.certainty(name))
            check(reason)
        else:
            assert all(attempt.failed or attempt.evidence <= BELIEVED for attempt in session.why_not(name).attempts)
