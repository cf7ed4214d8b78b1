"""Knowledge bases drawn by lot."""

from hypothesis import strategies as st

from muslin.textbook.rules import Condition, Fact, KnowledgeBase, Rule


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
