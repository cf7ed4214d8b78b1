from dataclasses import replace

from muslin.report.compare.comparison import Comparison
from muslin.report.compare.groups import Group, group_runs
from muslin.report.compare.pairs import pairs_of
from muslin.terminal.compare import print_comparison
from tests.report.compare.members import make_member
from tests.report.records import make_epochs


def printed(capsys, *groups, names):
    print_comparison(Comparison(groups, pairs_of(groups), names).as_json())
    return capsys.readouterr().out


def test_all_that_is_known_is_printed(capsys, here):
    names = "[red]", "caf\udce9\n"
    one = make_member("A", [0, 1, 2, 1], [0, 1, 2, 2], classes=("[b]x", "<i>", "c"), folder=here)
    other = make_member("B", [0, 1, 2, 1], [1, 2, 2, 2], classes=("[b]x", "<i>", "c"), folder=here, recipe="[lunch]")
    out = printed(capsys, Group("A", (one,)), Group("B", (other,)), names=names)
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[1].startswith("A  [red]")
    assert lines[2].startswith("B  caf\\udce9\\n")
    assert "recipe   coffee  [lunch]" in lines
    assert any(line.split() == ["test", "accuracy", "66.67", "%", "66.67", "%"] for line in lines)
    assert lines[lines.index("both right  A alone right  B alone right  both wrong  in the same way") + 1].split() == [
        "1", "2", "0", "1", "1",
    ]  # fmt: skip
    assert [line.split() for line in lines[-2:]] == [
        ["[b]x", "1", "1", "0", "1", "0"],
        ["<i>", "2", "1", "0", "1", "0"],
    ]


def test_of_seeds_mean_and_deviation_are_printed(capsys, here):
    members = [make_member(f"A{n}", [0, 1], [0, 1], folder=here) for n in (1, 2)]
    records = [replace(m.record, settings=m.record.settings.changed(seed=n)) for n, m in enumerate(members)]
    records[1] = replace(records[1], seconds=None, epochs=make_epochs(3))
    out = printed(capsys, *group_runs(records), names=("a", "b"))
    assert "The seed alone." in out
    heading = next(line for line in out.splitlines() if "2 seeds" in line)
    assert heading.split() == ["A1", "A2", "A,", "2", "seeds"]
    rows = {line[:25].strip(): line[25:].split("  ") for line in out.splitlines() if line.startswith(("test", "time"))}
    assert [cell.strip() for cell in rows["test accuracy"] if cell] == ["66.67 %", "66.67 %", "66.67 ± 0.00 %"]
    assert [cell.strip() for cell in rows["time"] if cell] == ["1:01", "–", "1:01 (of 1)"]


def test_what_is_missing_is_a_dash_and_a_sentence(capsys, here):
    one = make_member("A", [0], [0], folder=here)
    other = make_member("B", [0], [0], folder=here, test=None, answers=None, epochs=(), seconds=None, ended=None)
    out = printed(capsys, Group("A", (one,)), Group("B", (other,)), names=("a", "b"))
    assert "Whether the difference means anything cannot be told: B was not tested" in out
    assert "None" not in out
    assert "nan" not in out
