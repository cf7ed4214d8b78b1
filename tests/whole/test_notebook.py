"""The example notebook runs from top to bottom, on few pictures, and every result shows itself."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "first-classifier.ipynb"
# What makes it quick: 1,200 pictures in place of 70,000.
FEWER = """
import dataclasses
from muslin.data.images import ImageData, Splits
from muslin.data.sources import fashion_mnist

def few(origin, options):
    splits = whole(origin, options)
    parts = {"train": 1000, "validation": 100, "test": 100}
    cut = {n: ImageData((d := getattr(splits, n)).images[:k], d.labels[:k], d.spec) for n, k in parts.items()}
    return dataclasses.replace(splits, **cut)

from muslin.data.sources import registry
whole = fashion_mnist.SOURCE.load
registry.SOURCES = (dataclasses.replace(fashion_mnist.SOURCE, load=few), *registry.SOURCES[1:])
"""


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own
def test_it_runs_and_every_result_shows_itself(here):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(cell.get("outputs", []) == [] for cell in notebook.cells), "it is kept without results"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FEWER))
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(here)}}).execute()
    shown = [
        "".join(output["data"]["text/html"])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    run, evaluation, report, prediction, comparison = shown
    assert "validation accuracy" in run
    assert "Most often wrong" in run
    assert "95 % interval" in evaluation
    assert report.startswith("<iframe srcdoc=")
    assert "<strong>Ankle boot</strong>" in prediction or "not sure" in prediction or "<strong>" in prediction
    assert "2 runs compared" in comparison
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", []))
