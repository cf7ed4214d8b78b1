import time

import numpy as np
import pytest
from hypothesis import given, settings

from muslin.textbook.rules import Condition, Fact, KnowledgeBase, Rule
from tests.textbook.rules.drawn import cases


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
