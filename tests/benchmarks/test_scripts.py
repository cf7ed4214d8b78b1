"""The scripts that measure start: what they import is there. Only what the rivals need is not installed here."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "benchmarks").glob("*/*.py"))
PLACES = [ROOT / "Makefile", ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *SCRIPTS]


def module_of(script: Path) -> str:
    return ".".join(script.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("script", [one for one in SCRIPTS if one.parent.name != "rivals"], ids=module_of)
def test_a_script_starts(script):
    importlib.import_module(module_of(script).removesuffix(".__init__"))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: str(place.relative_to(ROOT)))
def test_named_scripts_exist(place):
    text = place.read_text(encoding="utf-8")
    modules = re.findall(r"\bpython -m (benchmarks[\w.]*\w)", text)
    files = re.findall(r"\bbenchmarks/[\w/]+\.py\b", text) + [f"{name.replace('.', '/')}.py" for name in modules]
    assert [name for name in files if not (ROOT / name).is_file()] == []
