"""The source of each model is one file that builds the same model without Muslin."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest
import torch

from muslin.models import MODELS, build
from muslin.models.source import source_of
from tests.models.samples import make_spec


@pytest.mark.parametrize("name", MODELS)
def test_the_source_builds_the_same_model(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "model.py"
    path.write_text(source_of(name), encoding="utf-8")
    spec = make_spec(height=32, width=33, classes=4)
    expected = build(name, spec).eval()
    found = load_module(path, monkeypatch)
    model = getattr(found, name)(found.DataSpec(*vars(spec).values())).eval()
    model.load_state_dict(expected.state_dict())
    pictures = torch.randint(256, (3, 1, 32, 33), dtype=torch.uint8)
    with torch.no_grad():
        assert torch.equal(model(found.DataSpec.normalise(spec, pictures)), expected(spec.normalise(pictures)))


def load_module(path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a file of Python under a name of its own."""
    description = importlib.util.spec_from_file_location("model_without_muslin", path)
    module = importlib.util.module_from_spec(description)
    monkeypatch.setitem(sys.modules, description.name, module)  # dataclasses look there
    description.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", MODELS)
def test_it_imports_pytorch_and_the_standard_library_alone(name: str):
    text = source_of(name)
    origins = {
        (statement.module if isinstance(statement, ast.ImportFrom) else alias.name).split(".")[0]
        for statement in ast.walk(ast.parse(text)) if isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names
    }  # fmt: skip
    assert origins - sys.stdlib_module_names == {"torch"}
    assert "type: ignore" not in text


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_in_it_that_it_does_not_need(name: str):
    tree = ast.parse(source_of(name))
    defined = [name for statement in tree.body[1:] if not is_import(statement) for name in names_of(statement)]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert len(defined) == len(set(defined))
    assert set(defined) - used == {name}
    assert defined[-1] == name


def is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def names_of(statement: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if hasattr(statement, "name"):
        return [statement.name]
    return [node.id for node in ast.walk(statement.targets[0]) if isinstance(node, ast.Name)]
