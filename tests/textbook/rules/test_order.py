import pytest

from muslin.errors import DataError
from muslin.textbook.rules import KnowledgeBase

LOOP = """
facts start
rule begin certainty 0.9
    if start
    then a
rule there
    if a
    then b
rule back
    if b
    then a
"""


def test_a_positive_loop_reaches_a_fixed_point_and_does_not_keep_itself_alive():
    session = KnowledgeBase.parse(LOOP).session(["start"])
    assert session.fired == ["begin", "there", "back"]
    assert session.certainty("b") == pytest.approx(0.9)
    why = str(session.why("a"))
    assert why.count("by rule back") == 1  # never its own reason
    session.retract("start")
    assert not session.holds("a")
    assert not session.holds("b")


def test_rules_ready_together_fire_by_salience_then_specificity_then_order():
    base = KnowledgeBase.parse("""
        facts p, q
        rule last
            if p
            then x = one
        rule specific
            if p
            and q
            then x = two
        rule urgent salience 3
            if p
            then x = three
        rule also
            if q
            then x = four
        rule lazy salience -1
            if p
            and q
            then x = five
    """)
    session = base.session(["p", "q"])
    assert session.fired == ["urgent", "specific", "last", "also", "lazy"]
    assert session.best("x") == "three"  # of equally certain ones, that of the rule that fires first


def test_in_a_loop_salience_decides_anew_after_each_firing():
    session = KnowledgeBase.parse("""
        facts go
        rule first
            if go
            then a
        rule second
            if a
            then b
        rule third salience 9
            if b
            then a
        rule fourth
            if b
            then a
    """).session(["go"])
    assert session.fired == ["first", "second", "third", "fourth"]


def test_negation_waits_until_its_fact_is_settled():
    text = "facts bird, wings\nrule fly salience 9\n if bird\n and not grounded\n then flies\n"
    text += "rule ground\n if bird\n and not wings\n then grounded\n"
    base = KnowledgeBase.parse(text)
    assert base.session(["bird"]).fired == ["ground"]  # although salience 9 would go first
    assert base.session(["bird", "wings"]).fired == ["fly"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("facts a\nrule r\n if not b\n then b", "^line 3: .*circular.*rules r"),
        ("facts a\nrule r\n if not b\n then c\n\nrule s\n if a\n and c\n then b", "^line 3: .*circular.*rules r, s"),
        ("facts a\nrule r\n if b\n then c\nrule s certainty -1\n if c\n then b", "^line 3: .*circular.*rules r, s"),
    ],
)
def test_circles_through_a_negation_are_named_with_their_line(text, message):
    with pytest.raises(DataError, match=message):
        KnowledgeBase.parse(text)
