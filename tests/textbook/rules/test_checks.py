import pytest

from muslin.errors import DataError
from muslin.textbook.rules import Condition, Fact, KnowledgeBase, Rule


def test_rules_made_in_python_are_checked_too():
    with pytest.raises(DataError, match="^rule 'r': condition 'b': unknown fact 'b'"):
        KnowledgeBase([Rule("r", (Condition("b"),), Fact("c"))], [Fact("a")])
    with pytest.raises(DataError, match="^rule 'r': it has no condition"):
        KnowledgeBase([Rule("r", (), Fact("c"))])


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
        ("facts a\nrule r certainty 1.5\n if a\n then b", "^line 2: .*certainty is 1.5"),
        ("facts a\nrule r certainty 0\n if a\n then b", "^line 2: .*certainty is 0"),
        ("facts a\nrule r\n if a\n then b\nrule r\n if a\n then c", "^line 5: .*a rule of that name came before"),
        ("facts a\nrule r\n if a\n then b = 3", "^line 2: .*numbers can only be told"),
        ("facts a\nnumbers a", "'a' is declared as a fact and as a number"),
    ],
)
def test_rules_that_could_never_work_are_named_with_their_line(text, message):
    with pytest.raises(DataError, match=message):
        KnowledgeBase.parse(text)
