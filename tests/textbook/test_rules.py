import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muslin.errors import DataError, SettingError
from muslin.textbook.rules import BELIEVED, Condition, Fact, KnowledgeBase, Rule, combine

CLOTHES = """
# What a picture can show.
facts sleeves, collar, material = wool
numbers height, holes

rule tall
    if height > 20
    then tall
rule boot salience 5 certainty 0.8
    if tall
    and not sleeves
    then class = boot
rule dress certainty 0.6
    if tall
    and sleeves
    and holes <= 1
    then class = dress
rule warm certainty 0.5
    if material = wool
    then class = coat
rule coat certainty 0.5
    if class = dress
    and collar
    then class = coat
rule bare certainty -0.9   # evidence against
    if holes > 3
    then class = boot
"""


@pytest.fixture
def clothes():
    return KnowledgeBase.parse(CLOTHES)


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


def test_certainties_combine_over_rules_and_weaken_along_the_chain(clothes):
    session = clothes.session(["height = 23", "sleeves", "holes = 1", "collar"])
    session.tell("material = wool", certainty=0.8)
    dress = 0.6
    assert session.certainty("class = dress") == pytest.approx(dress)
    assert session.certainty("class = coat") == pytest.approx(0.8 * 0.5 + dress * 0.5 * (1 - 0.8 * 0.5))
    reason = session.why("class = coat")
    assert {because.rule.name: because.evidence for because in reason.because} == pytest.approx(
        {"coat": 0.3, "warm": 0.4}
    )


def test_evidence_against_lowers_belief(clothes):
    session = clothes.session(["height = 23", "holes = 4"])
    assert session.certainty("class = boot") == pytest.approx((0.8 - 0.9) / (1 - 0.8))
    assert session.best("class") is None


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


@pytest.mark.parametrize("weak", [0.1, BELIEVED, 0.0, -0.5])
def test_what_is_hardly_believed_does_not_fire_rules(weak):
    base = KnowledgeBase.parse("facts a\nrule yes\n if a\n then b\nrule no\n if not a\n then c")
    session = base.session()
    session.tell("a", certainty=weak)
    assert session.certainty("b") == 0
    assert session.certainty("c") == pytest.approx(1 - max(weak, 0))
    assert (f"a has certainty {weak:.3g}" if weak else "nothing says so") in str(session.why_not("b"))


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


def test_rules_can_be_written_read_and_written_again(clothes, tmp_path):
    text = str(clothes)
    again = KnowledgeBase.parse(text)
    assert again.rules == clothes.rules
    assert (again.facts, again.numbers) == (clothes.facts, clothes.numbers)
    assert str(again) == text
    path = tmp_path / "rules.txt"
    path.write_text(text, encoding="utf-8")
    assert KnowledgeBase.load(path).rules == clothes.rules


@st.composite
def cases(draw):
    """Random rules over a few letters, without negation, and facts for several cases."""
    letters = "abcdef"
    fact = st.sampled_from(letters)
    rules = []
    for index in range(draw(st.integers(1, 8))):
        conditions = tuple(map(Condition, sorted(draw(st.sets(fact, min_size=1, max_size=3)))))
        certainty, salience = draw(st.sampled_from([0.3, 0.7, 1.0])), draw(st.integers(-1, 1))
        rules.append(Rule(f"r{index}", conditions, Fact(draw(fact)), certainty, salience))
    told = [draw(st.lists(st.booleans(), min_size=5, max_size=5)) for _ in letters]
    return KnowledgeBase(rules, map(Fact, letters)), dict(zip(letters, told, strict=True))


@settings(max_examples=60, deadline=None)
@given(case=cases())
def test_many_cases_at_once_are_the_same_as_one_by_one_and_reach_the_fixed_point(case):
    base, columns = case
    beliefs = base.evaluate(columns)
    for row in range(5):
        session = base.session([name for name, column in columns.items() if column[row]])
        for name in columns:
            assert beliefs.certainty(name)[row] == session.certainty(name)
        for rule in base.rules:  # the fixed point: no rule is left that could fire, unless belief grew after its turn
            ready = all(session.holds(condition.name) for condition in rule.conditions)
            assert (rule.name in session.fired) == ready


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


def test_evaluating_agrees_with_sessions_on_numbers_words_and_negation(clothes):
    generator = np.random.default_rng(0)
    columns = {
        "height": generator.integers(10, 30, 200), "holes": generator.integers(0, 6, 200),
        "sleeves": generator.random(200) < 0.5, "material = wool": generator.random(200) < 0.5,
    }  # fmt: skip
    best = clothes.evaluate(columns).best("class")
    for row in range(200):
        session = clothes.session([f"{name} = {columns[name][row]}" for name in ("height", "holes")])
        for name in ("sleeves", "material = wool"):
            if columns[name][row]:
                session.tell(name)
        assert (session.best("class") or "") == best[row]
    assert set(best) >= {"boot", "dress", "coat"}


def test_ten_thousand_cases_and_forty_rules_cost_little_processor_time():
    rules = []
    for i in range(40):
        conditions = Condition("n", ">", float(i)), Condition("m", "<", float(i)), Condition("a", negated=i % 2 == 0)
        rules.append(Rule(f"r{i}", conditions, Fact("class", f"c{i % 10}"), 0.5))
    base = KnowledgeBase(rules, [Fact("a")], ["n", "m"])
    generator = np.random.default_rng(0)
    columns = {"n": generator.integers(0, 40, 10_000), "m": generator.integers(0, 40, 10_000), "a": np.ones(10_000)}
    start = time.process_time()
    best = base.evaluate(columns).best("class")
    assert time.process_time() - start < 5
    assert best.shape == (10_000,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("facts sleeves\nrule r\n if sleves\n then a", r"^line 3: .*unknown fact 'sleves'. Did you mean 'sleeves'"),
        ("numbers height\nrule r\n if heigth > 3\n then a", "^line 3: .*'heigth'. Did you mean 'height'"),
        ("facts a\nrule r\n if a\n then c = boot\nrule s\n if c = bott\n then d", "^line 6: .*Did you mean 'c = boot'"),
        ("facts a\nrule r\n if a\n then c = boot\nrule s\n if c\n then d", "^line 6: .*unknown fact 'c'"),
        ("numbers h\nrule r\n if h\n then a", "^line 3: .*'h' is declared as a number"),
        ("numbers h\nrule r\n if h = big\n then a", "^line 3: .*'h' is declared as a number"),
        ("facts h\nrule r\n if h > 3\n then a", "^line 3: .*'h' is not declared as a number"),
        ("facts h = b\nrule r\n if h > b\n then a", "^line 3: .*words can only be compared by = and !="),
        ("facts a\nrule r\n if not b\n then b", "^line 3: .*circular.*rules r"),
        ("facts a\nrule r\n if not b\n then c\n\nrule s\n if a\n and c\n then b", "^line 3: .*circular.*rules r, s"),
        ("facts a\nrule r\n if b\n then c\nrule s certainty -1\n if c\n then b", "^line 3: .*circular.*rules r, s"),
        ("facts a\nrule r\n iff a\n then b", "^line 3: unknown statement 'iff'. Did you mean 'if'"),
        ("facts a\nrule r\n if a >> 3\n then b", "^line 3: cannot read 'a >> 3'"),
        ("facts a\nrule r salience high\n if a\n then b", "^line 2: cannot read the rule"),
        ("facts a\nrule r certainty 1.5\n if a\n then b", "^line 2: .*certainty is 1.5"),
        ("facts a\nrule r certainty 0\n if a\n then b", "^line 2: .*certainty is 0"),
        ("facts a\nrule r\n if a\n then b\nrule r\n if a\n then c", "^line 5: .*a rule of that name came before"),
        ("facts a\nrule r\n if a\nrule s\n if a\n then b", "^line 2: rule 'r' has no then"),
        ("facts a\nrule r\n if a", "^line 2: rule 'r' has no then"),
        ("facts a\nif a", "^line 2: this if does not follow"),
        ("facts a\nrule r\n if a\n if a\n then b", "^line 4: this if does not follow"),
        ("facts a\nrule r\n and a\n then b", "^line 3: this and does not follow an if"),
        ("facts a\nrule r\n then b", "^line 3: this then does not follow an if"),
        ("facts a\nrule r\n if a\n then not b", "^line 4: 'not b' is no fact"),
        ("facts a\nrule r\n if a\n then b = 3", "^line 2: .*numbers can only be told"),
        ("numbers a = 3", "^line 1: 'a = 3' has a value"),
        ("facts a = 3", "^line 1: 'a = 3' is a number; declare it as `numbers a`"),
        ("facts a,,b", "^line 1: cannot read ''"),
        ("facts a\nnumbers a", "'a' is declared as a fact and as a number"),
    ],
)
def test_mistakes_in_a_file_are_named_with_their_line(text, message, tmp_path):
    with pytest.raises(DataError, match=message):
        KnowledgeBase.parse(text)
    path = tmp_path / "mine.rules"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="^.*mine.rules, "):
        KnowledgeBase.load(path)


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(DataError, match="cannot read the rules .*absent"):
        KnowledgeBase.load(tmp_path / "absent")
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="is not text in UTF-8"):
        KnowledgeBase.load(path)


def test_rules_made_in_python_are_checked_too():
    with pytest.raises(DataError, match="^rule 'r': condition 'b': unknown fact 'b'"):
        KnowledgeBase([Rule("r", (Condition("b"),), Fact("c"))], [Fact("a")])
    with pytest.raises(DataError, match="^rule 'r': it has no condition"):
        KnowledgeBase([Rule("r", (), Fact("c"))])


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


def test_no_rules_conclude_nothing():
    session = KnowledgeBase.parse("facts a").session(["a"])
    assert session.fired == []
    assert str(session.why("a")) == "a (1): told"
