"""Imports run one way, down the list of the design; textbook knows no torch; `--help` is instant."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import muslin

SOURCE = Path(muslin.__file__).parent

# Each layer may import those below it, and itself unless it stands in APART.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"terminal", "loggers"},
    {"lecture", "serving", "starter"},
    {"ladder"},
    {"pipeline"},
    {"report"},
    {"training", "evaluation"},
    {"prediction"},
    {"run", "models"},
    {"data"},
    {"machine", "recipes"},
    {"distributed", "config", "web", "textbook"},
    {"text", "look", "files"},
    {"errors"},
    {"version"},
]
APART = [{"terminal", "loggers"}, {"training", "evaluation"}, {"config", "textbook"}, {"lecture", "serving"}]
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}
FILES = sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE or path.name != "__init__.py")


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_run_down(path: Path):
    here = package_of(path)
    for module in imported_modules(path):
        parts = module.split(".")
        if parts[0] != "muslin" or len(parts) < 2 or parts[1] not in RANK:
            continue
        there = parts[1]
        assert RANK[there] >= RANK[here], f"{here} imports {there}, which stands above it"
        assert here == there or not any({here, there} <= pair for pair in APART), f"{here} imports {there}"


def test_every_package_has_a_layer():
    assert {package_of(path) for path in FILES} <= set(RANK)


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "textbook").rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_textbook_imports_no_torch(path: Path):
    allowed = set(sys.stdlib_module_names) | {"numpy", "scipy", "muslin"}
    assert {module.split(".")[0] for module in imported_modules(path)} <= allowed


def test_models_know_of_the_data_only_its_spec():
    for path in (SOURCE / "models").glob("*.py"):
        data = {m for m in imported_modules(path) if m.startswith("muslin.data")}
        assert data <= {"muslin.data.spec", "muslin.data.spec.DataSpec"}


@pytest.mark.parametrize("statement", ["import muslin", "import muslin.cli", "import muslin.textbook"])
def test_importing_needs_no_torch(statement: str):
    code = f"import sys; {statement}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_pickle():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not imported_modules(path) & {"pickle", "shelve", "dill", "joblib", "yaml"}, path
        assert not re.search(r"(?<!safetensors\.)torch\.load\(", text) or "weights_only=True" in text, path
