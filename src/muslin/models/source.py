"""A model's definition as one file of plain PyTorch, for those who have its weights and no Muslin."""

import ast
import importlib
import inspect
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

from muslin.models.registry import MODELS
from muslin.version import __version__

__all__ = ["source_of"]

FOR_TYPES = re.compile(r"  # type: ignore(\[[\w-]+\])?")


def source_of(name: str) -> str:
    """Returns the Python source of a model's factory, of `DataSpec`, which it takes, and of all that these need.

    What it imports is PyTorch's and the standard library's.

    Args:
        name: a key of `MODELS`.
    """
    found = Gathered()
    found.add(importlib.import_module(MODELS[name].__module__), name)
    return found.as_file(f'"""{name}, as Muslin {__version__} (MIT licence) defines it."""')


@dataclass
class Gathered:
    """What one file must hold.

    Attributes:
        modules: modules from elsewhere, as they are imported.
        parts: names that are taken from modules from elsewhere.
        definitions: source texts, each once, and after those that it needs.
    """

    modules: set[str] = field(default_factory=set)
    parts: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    definitions: dict[str, None] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def add(self, module: ModuleType, name: str) -> None:
        """Adds what a name stands for in a module of Muslin's, and what that needs; nothing for a builtin."""
        if (module.__name__, name) in self._seen:
            return
        self._seen.add((module.__name__, name))
        source, statements = _read(module)
        for statement in statements:
            match statement:
                case ast.ImportFrom(module=str(origin)) if imported := _named(statement, name):
                    if origin.startswith("muslin."):
                        self.add(importlib.import_module(origin), imported.name)
                    else:
                        self.parts[origin].add(ast.unparse(imported))
                case ast.Import() if imported := _named(statement, name):
                    self.modules.add(ast.unparse(imported))
                case ast.FunctionDef() | ast.ClassDef() | ast.Assign() if name in _defined(statement):
                    for node in ast.walk(statement):
                        if isinstance(node, ast.Name):
                            self.add(module, node.id)
                    self.definitions[_text(source, statement)] = None

    def as_file(self, title: str) -> str:
        """Returns the file's text, under a title."""
        lines = [f"import {module}" for module in sorted(self.modules)]
        lines += [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self.parts.items())]
        standard = [line for line in lines if re.split(r"[ .]", line)[1] in sys.stdlib_module_names]
        foreign = [line for line in lines if line not in standard]
        imports = "\n\n".join(filter(None, [title, "\n".join(standard), "\n".join(foreign)]))
        return "\n\n\n".join([imports, *self.definitions]) + "\n"


@cache
def _read(module: ModuleType) -> tuple[str, list[ast.stmt]]:
    """Returns a module's source and its statements."""
    source = inspect.getsource(module)
    return source, ast.parse(source).body


def _named(statement: ast.Import | ast.ImportFrom, name: str) -> ast.alias | None:
    """Returns what a statement imports under a name."""
    return next((alias for alias in statement.names if (alias.asname or alias.name) == name), None)


def _defined(statement: ast.FunctionDef | ast.ClassDef | ast.Assign) -> set[str]:
    """Returns the names that a statement defines."""
    if isinstance(statement, ast.Assign):
        return {node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return {statement.name}


def _text(source: str, statement: ast.FunctionDef | ast.ClassDef | ast.Assign) -> str:
    """Returns a statement as it is written, with its decorators and the remark behind its last line."""
    decorators = [] if isinstance(statement, ast.Assign) else statement.decorator_list
    first = min(node.lineno for node in (statement, *decorators))
    return FOR_TYPES.sub("", "\n".join(source.splitlines()[first - 1 : statement.end_lineno]))
