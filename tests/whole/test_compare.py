"""`muslin compare` as a person types it."""

import json

import pytest


@pytest.fixture
def runs(here, idx_folder, type_):
    quick = ["--model", "mlp", "--batch-size", "32", "--set", "flip=none", "--set", "optimizer=sgd", "--quiet"]
    for name, epochs, seed in (("a", 2, 0), ("b", 2, 1), ("c", 1, 0)):
        settings = [*quick, "--epochs", epochs, "--seed", seed, "--set", "lr=0.02"]
        assert type_("fit", idx_folder, *settings, "--out", f"runs/{name}")[0] == 0


def test_what_is_typed_and_what_comes(here, runs, type_):
    assert type_("runs", "name", "c", "short one")[0] == 0
    code, out, err = type_("compare", "a", "b", "short one")
    assert (code, err) == (0, "")
    for text in ("Settings that differ", "epochs", "A, 2 seeds", "A against B", "± ", "add --out FILE.html"):
        assert text in out
    code, out, _ = type_("compare", "a", "short one", "--json", "--out", "page.html")
    facts = json.loads(out)
    assert (code, [run["name"] for run in facts["runs"]]) == (0, ["a", "short one"])
    assert (here / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "The page is page.html." in type_("compare", "a", "short one", "--out", "page.html")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["a"], 2, "Error: comparing needs two different runs; `muslin runs` lists"),
        (["a", "nothing"], 1, "Error: no run at nothing"),
        (["a", "c", "--out", "model.safetensors"], 2, "Error: --out model.safetensors: the page is written as HTML"),
        (["a", "c", "--out", "nowhere/page.html"], 1, "Error: cannot write nowhere/page.html: No such file"),
        ([], 2, "Missing argument 'RUN RUN...'"),
    ],
)
def test_a_mistake_is_one_line(here, runs, type_, arguments, code, message):
    got, out, err = type_("compare", *arguments)
    assert (got, out) == (code, "")
    assert message in err
    assert sorted(path.name for path in here.iterdir()) == ["bars", "runs"]
