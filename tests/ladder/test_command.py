"""`muslin ladder` as typed."""

import json

import pytest


@pytest.fixture
def climb(type_):
    """Runs `muslin ladder` as typed."""
    return lambda *arguments: type_("ladder", *arguments)


def test_a_line_a_rung_and_what_each_cannot_do(here, idx_folder, climb):
    code, out, err = climb(idx_folder, "--rungs", "knn-l1,majority,rules", "--limit", "100")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("majority: test accuracy ")
    assert "95 % interval" in lines[0]
    assert lines[1].startswith("rules left out: rules was made by hand")
    assert lines[2].startswith("knn-l1: test accuracy ")
    assert lines[3] == "majority cannot look at the picture."
    assert lines[-1] == "Written: ladder/ladder.json, ladder/ladder.png"
    assert sorted(path.name for path in (here / "ladder").iterdir()) == ["ladder.json", "ladder.png"]
    assert json.loads((here / "ladder" / "ladder.json").read_text())["train"] == 100


def test_json_for_programs(here, idx_folder, climb):
    code, out, _ = climb(idx_folder, "--rungs", "rules,hinge", "--json", "--out", "elsewhere")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [event["event"] for event in events] == ["failed", "rung"]
    assert events[1]["accuracy"] > 0.9
    assert (here / "elsewhere" / "ladder.json").exists()


def test_the_plane(here, climb):
    code, out, _ = climb("--plane", "--rungs", "majority", "--limit", "20")
    assert code == 0
    assert out.startswith("majority: blobs 50.0 %, two-curves 50.0 %")
    assert out.splitlines()[-1] == "Written: ladder/plane.json, ladder/plane.png"
    code, out, _ = climb("--plane", "--rungs", "majority", "--json")
    assert json.loads(out)["accuracies"]["pinwheel"] == 0.2


def test_a_table_grows_in_a_terminal(here, idx_folder, climb, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    code, out, _ = climb(idx_folder, "--rungs", "majority,rules")
    assert code == 0
    assert "test accuracy" in out
    assert "left out" in out
    assert "majority cannot look at the picture." in out


def test_a_rung_that_breaks_gives_exit_code_1(here, idx_folder, climb, monkeypatch):
    from muslin.ladder.majority import Majority

    def fail(*_):
        raise ZeroDivisionError("no luck")

    monkeypatch.setattr(Majority, "_fit", fail)
    code, out, _ = climb(idx_folder, "--rungs", "majority,perceptron")
    assert code == 1
    assert out.startswith("majority failed: ZeroDivisionError: no luck\nperceptron: ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--rungs", "preceptron"], 2, "Error: unknown rung 'preceptron'. Did you mean 'perceptron'?"),
        (["--rungs", ""], 2, "Error: unknown rung ''."),
        (["nowhere"], 1, "Error: no data at nowhere"),
        (["--limit", "ten"], 2, "'ten' is not a valid integer"),
        (["--limit", "10"], 2, "Error: limit is 10; at least 100"),
        (["--seed", "-1"], 2, "-1 is not in the range x>=0"),
        (["--plane", "--rungs", "convnet"], 2, "Error: convnet works on pictures alone"),
        (["--plane", "--limit", "1"], 2, "n is 1; it must be a whole number, 2 or more"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(here, climb, arguments, code, message):
    got, out, err = climb(*arguments)
    assert (got, out) == (code, "")
    assert message in err
    assert "Traceback" not in err
    assert list(here.iterdir()) == []
