"""A comparison as a person meets it, in a browser."""

import json

import pytest

import muslin
from muslin.report.compare.html import write_page
from muslin.text import percent
from tests.browser.pages import LOOKS, emulate, serious_problems
from tests.browser.runs import fit_noisy


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    for name, epochs in (("<b>one", 1), ("other", 3)):
        fit_noisy(folder / name, epochs=epochs)
    comparison = muslin.compare(folder / "<b>one", folder / "other")
    write_page(comparison, folder / "page.html")
    return folder / "page.html", json.loads(json.dumps(comparison.as_json(), allow_nan=False))


@pytest.fixture
def comparison(watch, made):
    return watch.open(made[0])


def test_every_number_is_that_of_the_json(comparison, made):
    facts = made[1]
    marked = comparison.eval_on_selector_all(
        "[data-fact]", "all => all.map(each => [each.dataset.fact, each.textContent])"
    )
    assert len(marked) == 6
    for path, text in marked:
        value = facts
        for key in path.split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
        assert text == (percent(value, 2) if "%" in text else f"{value:,}"), path


def test_columns_sort(comparison, made):
    counts = [each["right"][0] for each in made[1]["pairs"][0]["answers"]["classes"]]
    comparison.get_by_role("button", name="A right").click()
    shown = comparison.eval_on_selector_all(
        "table.sortable tbody tr", "rows => rows.map(row => +row.cells[2].dataset.value)"
    )
    assert shown == sorted(counts, reverse=True)


@pytest.mark.parametrize("look", LOOKS)
def test_all_can_read_it(comparison, look):
    emulate(comparison, look)
    comparison.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
    assert serious_problems(comparison) == []
    assert comparison.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_names_stay_names(comparison, made):
    assert comparison.locator("main b").count() == 0
    assert "<b>one" in comparison.locator("main").inner_text()
    assert str(made[0].parent) not in made[0].read_text()
