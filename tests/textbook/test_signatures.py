"""What `help` shows of the textbook: names that a learner can read, not the types that they stand for."""

import importlib
import inspect
import pkgutil
import pydoc
import typing

import pytest

from muslin import textbook
from muslin.textbook.activations import sigmoid
from muslin.textbook.neuron import McCullochPitts

MODULES = [importlib.import_module(one.name) for one in pkgutil.walk_packages(textbook.__path__, "muslin.textbook.")]
FUNCTIONS = {
    f"{function.__module__}.{function.__qualname__}": function
    for module in MODULES
    for name in getattr(module, "__all__", ())
    for one in [getattr(module, name)]
    for function in (vars(one).values() if inspect.isclass(one) else [one])
    if inspect.isfunction(function)
}
LONGEST = 60  # letters of a parameter with its type, or of the type of a result
functions = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def test_help_names_the_types():
    text = pydoc.plain(pydoc.render_doc(sigmoid)).replace("'", "")
    assert "sigmoid(x: ArrayLike) -> FloatArray\n" in text
    assert "__call__(self, inputs: ArrayLike) -> IntArray\n" in pydoc.plain(pydoc.render_doc(McCullochPitts)).replace(
        "'", ""
    )


@functions
def test_types_are_short(function):
    signature = inspect.signature(function)
    for part in (*map(str, signature.parameters.values()), str(signature.return_annotation)):
        assert len(part) <= LONGEST
    assert len(str(signature)) <= 120 or len(signature.parameters) > 3


@functions
def test_the_names_stand_for_types(function):
    module = inspect.getmodule(function)
    typing.get_type_hints(function, vars(module))  # a name that stands for nothing would raise
