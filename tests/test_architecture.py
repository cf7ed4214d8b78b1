"""Imports run one way, down the list of the design, and in no circle; only the surfaces print; textbook knows no torch.

All imports count: late ones inside functions, for they run too, and those for types alone, for who reads a file has to
know what it names. So a module can be understood, and a package taken out, without what stands above it.
"""

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import muslin

SOURCE = Path(muslin.__file__).parent
TESTS = Path(__file__).parent

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
APART = [
    {"terminal", "loggers"},
    {"training", "evaluation"},
    {"config", "textbook"},
    {"lecture", "serving"},
    {"web", "distributed"},
]
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}
FACE = SOURCE / "__init__.py"  # `muslin.fit` and `muslin.load`: it alone may look up, for it stands above all
PROJECT = SOURCE / "starter" / "project"  # a project of its own, which is copied
FILES = sorted(set(SOURCE.rglob("*.py")) - {FACE} - set(PROJECT.rglob("*.py")))

PRINTING = {"__main__", "cli", "terminal"}
SPEAK_ON_STDOUT = {  # processes whose answers another one reads there
    SOURCE / "data" / "decoding" / "worker.py",
    SOURCE / "lecture" / "trainer.py",
}
MOST_IMPORTS = 19
MOST_PARAMETERS = 7
PUBLIC_FACES = {  # what a person calls or types, with a parameter for each thing that can be chosen
    "cli.fit.fit",
    "cli.ladder.ladder",
    "cli.predict.predict",
    "cli.runs.evaluate",
    "cli.serve.serve",
    "evaluation.evaluate.evaluate_run",
    "pipeline.run.run_recipe",  # muslin.fit
    "training.fit.fit",
}

every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def name_of(path: Path) -> str:
    """The module's name below `muslin`; a package's is its folder's."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in FILES}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported_modules(path: Path) -> frozenset[str]:
    """What is imported anywhere in a file, with `module.name` for each name taken from a module."""
    modules = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(modules)


def house_modules(path: Path) -> set[str]:
    """The other modules of the house that a file imports, below `muslin`; `muslin` itself is the empty name."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            taken = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            taken = [one if one.removeprefix("muslin.") in MODULES else node.module for one in submodules]
        else:
            continue
        found |= {one.removeprefix("muslin").removeprefix(".") for one in taken if one.split(".")[0] == "muslin"}
    return found - {name_of(path)}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file, by its name below `muslin`, and how many parameters it has beside `self` or `cls`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            rest = (given.vararg is not None) + (given.kwarg is not None)
            yield f"{name_of(path)}.{node.name}", len(names) - (names[:1] in (["self"], ["cls"])) + rest


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The names along a circle, the first being the last again; none if there is no circle."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


@every_file
def test_imports_run_down(path: Path):
    here = package_of(path)
    for module in house_modules(path):
        assert module, f"{here} imports `muslin`, the face that stands above all: the number is in muslin.version"
        there = module.split(".")[0]
        assert RANK[there] >= RANK[here], f"{here} imports {there}, which stands above it"
        assert here == there or not any({here, there} <= pair for pair in APART), f"{here} imports {there}"


def test_no_circle_of_modules():
    assert circle({name: house_modules(path) - {""} for name, path in MODULES.items()}) == []


def test_no_circle_of_packages():
    graph: dict[str, set[str]] = {}
    for path in FILES:
        there = {module.split(".")[0] for module in house_modules(path) if module}
        graph.setdefault(package_of(path), set()).update(there - {package_of(path)})
    assert circle(graph) == []


def test_a_circle_is_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert sorted(set(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}))) == ["b", "c"]


def test_every_package_has_a_layer():
    assert {package_of(path) for path in FILES} <= set(RANK)


@every_file
def test_no_module_leans_on_too_many(path: Path):
    assert len(house_modules(path)) <= MOST_IMPORTS, sorted(house_modules(path))


def test_few_parameters_but_for_public_faces():
    counts = [one for path in FILES for one in functions(path)]
    assert {name for name, count in counts if count > MOST_PARAMETERS} <= PUBLIC_FACES
    assert {name for name, _ in counts} >= PUBLIC_FACES


@every_file
def test_only_the_surfaces_print(path: Path):
    if package_of(path) in PRINTING or path in SPEAK_ON_STDOUT:
        return
    assert not {module.split(".")[0] for module in imported_modules(path)} & {"click", "rich"}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Name):
            assert node.id != "print", f"{name_of(path)} prints in line {node.lineno}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr.strip("_") not in {"stdout", "stderr"}, f"{name_of(path)} writes in line {node.lineno}"


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "textbook").rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_textbook_needs_numpy_alone(path: Path):
    allowed = set(sys.stdlib_module_names) | {"numpy", "scipy", "muslin"}
    assert {module.split(".")[0] for module in imported_modules(path)} <= allowed
    assert {module for module in house_modules(path) if not module.startswith("textbook.")} <= {"errors"}


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


def test_tests_mirror_the_source():
    """A folder of tests is named like one of the code, but for whole jobs, pages in a browser, and the benchmarks."""
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    own = {folder for folder in folders if folder.parts[:1] not in {("whole",), ("benchmarks",), ("browser",)}}
    assert [str(folder) for folder in sorted(own) if not (SOURCE / folder).is_dir()] == []
