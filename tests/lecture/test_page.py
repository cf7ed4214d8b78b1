"""The page and its parts fit together, whoever adds a widget."""

import json
import re
from importlib.resources import files

import pytest

from muslin.lecture.packs import WIDGETS, answer_of, pack_of
from muslin.lecture.page import page_files, render_lecture
from muslin.lecture.sections import SECTIONS
from muslin.lecture.text import chapters

MOST_BYTES = 2 << 20  # of a pack

every_widget = pytest.mark.parametrize("stem", WIDGETS)


def stems(folder: str, suffix: str) -> set[str]:
    names = [entry.name for entry in files("muslin.lecture").joinpath(*folder.split("/")).iterdir()]
    return {name.removesuffix(suffix) for name in names if name.endswith(suffix)} - {"__init__"}


def test_each_widget_has_its_values_and_its_drawing():
    assert stems("widgets", ".py") == stems("page/widgets", ".js") == set(WIDGETS)
    assert len(set(WIDGETS)) == len(WIDGETS)


def test_every_chapter_of_the_document_is_told_once():
    told = [heading for section in SECTIONS for heading in section.told]
    assert sorted(told) == sorted(chapters())


@every_widget
def test_values_are_plain_and_small(stem):
    pack = pack_of(stem)
    assert isinstance(json.loads(pack), dict)
    assert len(pack) <= MOST_BYTES


@every_widget
def test_what_cannot_be_asked_is_a_key_error(stem):
    with pytest.raises(KeyError):
        answer_of(f"{stem}x", {})


@pytest.mark.parametrize("is_live", [True, False])
def test_the_page_has_every_section_with_its_text_and_place(is_live):
    page = render_lecture(is_live=is_live)
    for section in SECTIONS:
        assert f'<section id="{section.name}"' in page
        for stem in section.widgets:
            assert f'data-widget="{stem}"' in page
    assert page.count("<math") > 40
    assert f'data-live="{"yes" if is_live else "no"}"' in page


def test_formulas_that_stand_side_by_side_may_stand_below_each_other():
    [block] = re.findall(r'<div class="math block">(.*?)</div>', chapters()["Activations"].text, re.DOTALL)
    assert block.count("<math") == 4
    assert "quad" not in block


def test_the_text_is_the_documents_without_what_only_a_clone_has():
    page = render_lecture(is_live=False)
    assert "Rosenblatt (1958) gave each line a weight of its own" in page
    assert "Shown by" not in page
    assert "<img" not in page
    assert "and drawn:" not in page  # what leads to a picture goes with it
    assert not re.findall(r'href="(?!#|https?:|look\.css|controls\.css|lecture\.css|data:)', page)


def test_nothing_is_loaded_from_elsewhere():
    """Links to papers lead away; what the page loads by itself does not."""
    for name, content in page_files().items():
        text = content.decode()
        addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML"}, name
        assert not re.search(r"(?<![.\w])(eval|Function)\(", text), name
        assert "innerHTML" not in text, name
