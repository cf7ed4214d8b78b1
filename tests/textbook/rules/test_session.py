import numpy as np
import pytest

from muslin.errors import SettingError
from muslin.textbook.rules import KnowledgeBase


def test_retraction_takes_back_what_rested_on_it_alone():
    base = KnowledgeBase.parse("""
        facts a, b
        rule one
            if a
            then c
        rule two
            if b
            then c
        rule three
            if a
            then d
        rule four
            if d
            then e
    """)
    session = base.session(["a", "b"])
    assert session.holds("c")
    assert session.holds("e")
    session.retract("a")
    assert session.holds("c")  # b still supports it
    assert not session.holds("d")
    assert not session.holds("e")
    session.retract("b")
    assert not session.holds("c")
    with pytest.raises(SettingError, match="'a' was not told, so it cannot be retracted"):
        session.retract("a")


def test_no_rules_conclude_nothing():
    session = KnowledgeBase.parse("facts a").session(["a"])
    assert session.fired == []
    assert str(session.why("a")) == "a (1): told"


def test_bad_questions_are_named(clothes):
    session = clothes.session(["height = 23"])
    for call, message in [
        (lambda: session.tell("sleves"), "unknown fact 'sleves'. Did you mean 'sleeves'"),
        (lambda: session.tell("height"), "unknown fact 'height'"),
        (lambda: session.tell("sleeves", 2), r"certainty is 2; it must be a finite number in \[-1, 1\]"),
        (lambda: session.best("clas"), "unknown name 'clas'. Did you mean 'class'"),
        (lambda: session.why("class = dress"), "does not hold, its certainty is 0; ask why_not"),
        (lambda: session.why_not("class = boot"), "holds, its certainty is 0.8; ask why"),
        (lambda: session.why("class = bot"), "Did you mean 'class = boot'"),
        (lambda: clothes.evaluate({"height": [1]}), r"columns lacks \['holes'\]"),
        (lambda: clothes.evaluate({}), "columns lacks"),
        (lambda: clothes.evaluate({"height": [1], "holes": [1, 2]}), "columns have the shapes"),
        (lambda: clothes.evaluate({"height": [np.nan], "holes": [1]}), "height holds nan"),
        (lambda: clothes.evaluate({"height": [1], "holes": [1], "sleeves": [2]}), "sleeves holds 2.0"),
        (lambda: clothes.evaluate({"height": [1], "holes": [1], "sleves": [1]}), "unknown fact 'sleves'"),
        (lambda: clothes.evaluate({"height": [1], "holes": [1]}).certainty("tal"), "unknown fact 'tal'"),
    ]:
        with pytest.raises(SettingError, match=message):
            call()
