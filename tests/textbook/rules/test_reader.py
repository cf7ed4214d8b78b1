import pytest

from muslin.errors import DataError
from muslin.textbook.rules import KnowledgeBase


def test_rules_can_be_written_read_and_written_again(clothes, tmp_path):
    text = str(clothes)
    again = KnowledgeBase.parse(text)
    assert again.rules == clothes.rules
    assert (again.facts, again.numbers) == (clothes.facts, clothes.numbers)
    assert str(again) == text
    path = tmp_path / "rules.txt"
    path.write_text(text, encoding="utf-8")
    assert KnowledgeBase.load(path).rules == clothes.rules


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(DataError, match="cannot read the rules .*absent"):
        KnowledgeBase.load(tmp_path / "absent")
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="is not text in UTF-8"):
        KnowledgeBase.load(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("facts a\nrule r\n iff a\n then b", "^line 3: unknown statement 'iff'. Did you mean 'if'"),
        ("facts a\nrule r\n if a >> 3\n then b", "^line 3: cannot read 'a >> 3'"),
        ("facts a\nrule r salience high\n if a\n then b", "^line 2: cannot read the rule"),
        ("facts a\nrule r\n if a\nrule s\n if a\n then b", "^line 2: rule 'r' has no then"),
        ("facts a\nrule r\n if a", "^line 2: rule 'r' has no then"),
        ("facts a\nif a", "^line 2: this if does not follow"),
        ("facts a\nrule r\n if a\n if a\n then b", "^line 4: this if does not follow"),
        ("facts a\nrule r\n and a\n then b", "^line 3: this and does not follow an if"),
        ("facts a\nrule r\n then b", "^line 3: this then does not follow an if"),
        ("facts a\nrule r\n if a\n then not b", "^line 4: 'not b' is no fact"),
        ("numbers a = 3", "^line 1: 'a = 3' has a value"),
        ("facts a = 3", "^line 1: 'a = 3' is a number; declare it as `numbers a`"),
        ("facts a,,b", "^line 1: cannot read ''"),
    ],
)
def test_lines_that_cannot_be_read_are_named(text, message):
    with pytest.raises(DataError, match=message):
        KnowledgeBase.parse(text)


@pytest.mark.parametrize("text", ["facts a\nrule r\n iff a", "facts a\nrule r\n if b\n then c"])
def test_a_mistake_names_the_file_too(text, tmp_path):
    path = tmp_path / "mine.rules"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"^.*mine\.rules, line 3: "):
        KnowledgeBase.load(path)
