"""The documents tell the truth: examples run, links and pictures lead somewhere, cited tests exist."""

import doctest
import inspect
import re
import runpy
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image

import muslin
from muslin.models.registry import build
from tests.samples import QUICK, make_splits

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
LECTURE = ROOT / "docs" / "lecture.md"

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(?:img|a)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(page: Path) -> list[tuple[int, str]]:
    """Each block of Python with the line that it begins on."""
    text = page.read_text(encoding="utf-8")
    return [(text[: match.start(1)].count("\n"), match.group(1)) for match in CODE.finditer(text)]


def links(page: Path) -> list[str]:
    """What a page links to or shows, beside the web."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    found = [unquote(first or second) for first, second in LINK.findall(text)]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


EXAMPLES = [
    pytest.param(page, line, code, id=f"{page.relative_to(ROOT)}:{line}")
    for page in PAGES
    for line, code in blocks(page)
    if ">>>" in code
]


@pytest.mark.parametrize(("page", "line", "code"), EXAMPLES)
def test_examples_print_what_the_page_says(page, line, code):
    example = doctest.DocTestParser().get_doctest(code, {}, f"{page.name}:{line}", str(page), line)
    messages = []
    doctest.DocTestRunner(verbose=False).run(example, out=messages.append)
    assert not messages, "".join(messages)


@every_page
def test_all_python_can_be_read(page):
    for line, code in blocks(page):
        source = "\n".join(one.source for one in doctest.DocTestParser().get_examples(code)) if ">>>" in code else code
        compile(source, f"{page.name}:{line}", "exec")


def test_the_readmes_python_runs(tmp_path, monkeypatch, idx_folder, capsys):
    (code,) = [code for _, code in blocks(ROOT / "README.md") if "muslin.fit" in code]
    (tmp_path / "readme.py").write_text(code)
    for name in ("boot.png", "bag.png"):
        Image.new("L", (12, 12)).save(tmp_path / name)
    fit = muslin.fit

    def quick_fit(*arguments, **settings):
        inspect.signature(fit).bind(*arguments, **settings)
        return fit(idx_folder, "espresso", **QUICK)

    monkeypatch.setattr(muslin, "fit", quick_fit)
    monkeypatch.chdir(tmp_path)
    runpy.run_path("readme.py")
    accuracy_and_folder, label, labels = capsys.readouterr().out.splitlines()
    assert 0 < float(accuracy_and_folder.split()[0]) <= 1
    assert label in {"0", "1", "2"}
    assert labels == str([label] * 2)


def test_the_readmes_own_model_can_be_trained(tmp_path):
    (code,) = [code for _, code in blocks(ROOT / "README.md") if "def tiny" in code]
    (tmp_path / "net.py").write_text(code)
    build(f"{tmp_path / 'net.py'}:tiny", make_splits().spec)


@every_page
def test_links_and_pictures_exist(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.relative_to(ROOT)} leads to {link}, which is not there"
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), f"no heading for {link}"


def test_every_picture_is_shown():
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    assert set((ROOT / "docs" / "images").rglob("*.png")) <= shown


def test_the_lectures_tests_exist():
    paragraphs = [one for one in LECTURE.read_text(encoding="utf-8").split("\n\n") if "`test_" in one]
    assert len(paragraphs) >= 14
    for paragraph in paragraphs:
        files = [LECTURE.parent / path for path in re.findall(r"\(([^)\s]+\.py)\)", paragraph)]
        sources = "".join(file.read_text(encoding="utf-8") for file in files)
        for name in re.findall(r"`(test_\w+)`", paragraph):
            assert f"def {name}(" in sources, f"no {name} in {[file.name for file in files]}"


def test_the_lecture_has_its_seventeen_items_in_order():
    numbers = re.findall(r"^## (\d+)\. ", LECTURE.read_text(encoding="utf-8"), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 18)]
