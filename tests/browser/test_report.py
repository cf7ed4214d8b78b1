"""The report of a run as a person meets it: in a browser, by mouse and by keyboard, on paper and on a phone."""

import json

import pytest
import torch

from muslin.report.write import write_report
from muslin.text import percent
from tests.browser.pages import LOOKS, emulate, serious_problems
from tests.browser.runs import CLASSES, fit_noisy, noisy_bars


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "run"
    fit_noisy(folder, epochs=3)
    return folder


@pytest.fixture(scope="module")
def facts(made):
    """What `muslin report --json` prints of it; the page was written by `fit`, which had the pictures at hand."""
    page = (made / "report.html").read_bytes()
    values = json.loads(json.dumps(write_report(made).facts, allow_nan=False))
    (made / "report.html").write_bytes(page)
    return values


@pytest.fixture
def report(watch, made):
    return watch.open(made / "report.html")


def at(facts, path):
    for key in path.split("."):
        facts = facts[int(key)] if isinstance(facts, list) else facts[key]
    return facts


def test_every_number_is_that_of_the_json(report, facts):
    marked = report.eval_on_selector_all("[data-fact]", "all => all.map(each => [each.dataset.fact, each.textContent])")
    assert len(marked) > 15
    for path, text in marked:
        if path.startswith("exhibits."):
            continue  # of a gallery that the second report, without the pictures, does not have
        value = at(facts, path)
        digits = len(text.split()[0].partition(".")[2])
        assert text == (percent(value, digits) if text.endswith("%") else f"{value:.{digits}f}"), path
    confusion = report.eval_on_selector_all(
        ".matrix tbody tr", "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => +cell.textContent))"
    )
    assert confusion == facts["test"]["confusion"]
    rows = report.eval_on_selector_all(
        "#classes tbody tr", "rows => rows.map(row => [...row.cells].slice(1, 5).map(cell => cell.dataset.value))"
    )
    keys = ("count", "recall", "precision", "f1")
    expected = [[row[key] for key in keys] for row in facts["figures"]["classes"]]
    assert [[float(value) if value else None for value in row] for row in rows] == expected
    losses = report.eval_on_selector_all(
        "#curves figure:first-child tbody tr", "rows => rows.map(row => +row.cells[2].textContent)"
    )
    assert losses == pytest.approx([epoch["validation_loss"] for epoch in facts["epochs"]], rel=1e-3)


def worst_cell(facts):
    confusion = facts["test"]["confusion"]
    cells = [(confusion[i][j], i, j) for i in range(3) for j in range(3) if i != j]
    return max(cells)


def check_cell(report, made, facts, i, j, count):
    cell = report.locator(f"#cell-{i}-{j}")
    assert cell.is_visible()
    assert report.locator(".cell:visible").count() == 1
    assert cell.locator(".exhibit").count() == count
    assert (
        cell.locator("h3").inner_text()
        == f"{facts['classes'][i]} called {facts['classes'][j]}: {count} of {count} shown"
    )
    labels, predicted = read_answers(made)
    shown = [int(text.split()[-1]) for text in cell.locator(".name").all_inner_texts()]
    assert sorted(shown) == [n for n in range(len(labels)) if (labels[n], predicted[n]) == (i, j)]
    assert cell.locator(".near li").count() == 3 * count
    assert {*cell.locator(".near li span:last-child").all_inner_texts()} <= {*CLASSES}
    assert cell.locator(".map").count() == count


def read_answers(made):
    from muslin.run.answers import read_answers

    answers = read_answers(made)
    return answers.labels.tolist(), answers.predicted.tolist()


def test_a_click_on_a_cell_shows_its_pictures(report, made, facts):
    count, i, j = worst_cell(facts)
    assert report.locator(".cell:visible").count() == 0
    report.click(f".matrix a[data-row='{i}'][data-column='{j}']")
    check_cell(report, made, facts, i, j, count)


def test_so_does_the_keyboard_alone(report, made, facts):
    count, i, j = worst_cell(facts)
    report.locator(".matrix a").first.focus()
    for _ in range(20):
        row, column = report.evaluate("[+document.activeElement.dataset.row, +document.activeElement.dataset.column]")
        if (row, column) == (i, j):
            break
        step = "ArrowDown" if row < i else "ArrowUp" if row > i else "ArrowRight" if column < j else "ArrowLeft"
        report.keyboard.press(step)
    report.keyboard.press("Enter")
    check_cell(report, made, facts, i, j, count)
    assert report.evaluate("document.activeElement.id") == f"cell-{i}-{j}"


def test_tab_reaches_one_number_of_the_matrix(report):
    assert report.eval_on_selector_all(".matrix a", "all => all.filter(each => each.tabIndex === 0).length") == 1


def test_the_pictures_are_those_of_the_test_set(report, made, facts):
    """A tile shows the part of its sheet that holds its picture, pixel by pixel."""
    images = torch.from_numpy(noisy_bars(90, 1)[0])
    pixels = report.evaluate(
        """async () => {
          const tile = document.querySelector("#worst .tile.picture"), style = getComputedStyle(tile);
          const sheet = new Image();
          sheet.src = style.backgroundImage.slice(5, -2);
          await sheet.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [16, 16];
          const place = name => 16 * style.getPropertyValue(name);
          const context = canvas.getContext("2d");
          context.drawImage(sheet, place("--c"), place("--r"), 16, 16, 0, 0, 16, 16);
          const values = [...context.getImageData(0, 0, 16, 16).data].filter((_, n) => n % 4 === 0);
          return [document.querySelector("#worst .name").textContent, values];
        }"""
    )
    position = int(pixels[0].split()[-1])
    assert pixels[1] == images[position].flatten().tolist()


def test_columns_sort(report, facts):
    names = [row["name"] for row in sorted(facts["figures"]["classes"], key=lambda row: -row["recall"])]
    heading = report.get_by_role("button", name="recall")
    heading.click()
    shown = report.locator("#classes tbody th")
    assert shown.all_inner_texts() == names
    assert heading.locator("xpath=..").get_attribute("aria-sort") == "descending"
    heading.focus()
    report.keyboard.press("Enter")
    assert shown.all_inner_texts() == names[::-1]
    report.get_by_role("button", name="class").click()
    ordered = report.evaluate("names => names.sort((a, b) => a.localeCompare(b))", list(CLASSES))
    assert shown.all_inner_texts() == ordered


@pytest.mark.parametrize("look", LOOKS)
def test_all_can_read_it(report, facts, look):
    _, i, j = worst_cell(facts)
    emulate(report, look)
    report.evaluate(f"location.hash = 'cell-{i}-{j}'")
    report.eval_on_selector_all("details", "all => all.forEach(each => each.open = true)")
    assert serious_problems(report) == []
    assert report.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_names_stay_names(report, facts):
    assert report.locator("img").count() == 0
    assert report.locator(".matrix tbody th").all_inner_texts() == facts["classes"]
    assert report.locator("main b").count() == 0


def test_an_injected_script_would_not_run(watch, made, tmp_path):
    """The policy is the second wall, should escaping ever fail."""
    page = (made / "report.html").read_text()
    broken = tmp_path / "broken.html"
    broken.write_text(page.replace("<main", "<script>document.title = 'taken'</script><main", 1))
    opened = watch.open(broken)
    assert opened.title() != "taken"
    assert any("Content Security Policy" in error for error in watch.errors)
    watch.errors.clear()


def test_nothing_of_the_machine_is_in_it(made, facts):
    text = (made / "report.html").read_text() + json.dumps(facts)
    assert str(made.parent) not in text
    assert "file://" not in text
    assert len((made / "report.html").read_bytes()) < 500_000
