import json
import re
from pathlib import Path

from muslin.ladder import find_rungs
from muslin.ladder.climb import Failed, RungStarted, climb
from muslin.ladder.majority import Majority
from muslin.ladder.pictures import Pictures, make_task
from muslin.ladder.plane import make_plane
from muslin.terminal.ladder import JsonClimb, LiveClimb, headings_of
from muslin.text import duration
from tests.terminal.screen import Screen

FILES = [Path("ladder/ladder.json"), Path("ladder/ladder.png")]


class Broken(Majority):
    name = "broken"

    def _predict(self, images):  # noqa: ARG002
        raise ZeroDivisionError("no luck")


def cells(line):
    return re.split(r"  +", line.strip())


def interval(measured):
    return f"{100 * measured.low:.1f} - {100 * measured.high:.1f}"


def test_a_whole_climb_on_a_terminal(splits, tmp_path):
    screen, course, during = Screen(), Pictures(make_task(splits, None, seed=0)), []
    with LiveClimb(headings_of(course), FILES, screen.console) as display:

        def report(event):
            display(event)
            display.live.refresh()  # what it would do by itself in a quarter of a second
            during.append(screen.lines())

        rungs = [*find_rungs(["majority", "rules", "perceptron"]), Broken]
        majority, rules, perceptron, broken = climb(course, rungs, tmp_path, report)
        display.end()
    assert [lines[-1] for lines in during[::2]] == [
        "climbing majority, 1 of 4", "climbing rules, 2 of 4", "climbing perceptron, 3 of 4", "climbing broken, 4 of 4",
    ]  # fmt: skip
    assert not any("climbing" in line for lines in during[1::2] for line in lines)
    assert isinstance(rules, Failed)
    assert isinstance(broken, Failed)
    lines = screen.lines()
    assert cells(lines[0]) == ["rung", "test accuracy", "95 % interval", "parameters", "to fit", "answers/s"]
    assert [cells(line) for line in lines[1:5]] == [
        [
            "majority", "33.33 %", interval(majority), "1",
            duration(majority.fit_seconds), f"{majority.images_per_second:,.0f}",
        ],
        ["rules", "left out"],
        [
            "perceptron", f"{100 * perceptron.accuracy:.2f} %", interval(perceptron),
            "435", duration(perceptron.fit_seconds), f"{perceptron.images_per_second:,.0f}",
        ],
        ["broken", "failed"],
    ]  # fmt: skip
    said = "\n".join(lines[5:])
    assert said.startswith("\nmajority cannot look at the picture.\nrules left out: rules was made by hand")
    assert said.endswith("\nbroken failed: ZeroDivisionError: no luck\nWritten: ladder/ladder.json, ladder/ladder.png")


def test_a_whole_climb_of_the_plane_on_a_terminal(tmp_path):
    screen, course = Screen(width=140), make_plane(seed=0, limit=20)
    with LiveClimb(headings_of(course), FILES, screen.console) as display:
        (majority,) = climb(course, [Majority], tmp_path, display)
        display.end()
    lines = screen.lines()
    assert cells(lines[0]) == ["rung", *course.tasks, "to fit"]
    accuracies = [f"{100 * accuracy:.1f} %" for accuracy in majority.accuracies.values()]
    assert cells(lines[1]) == ["majority", *accuracies, duration(majority.fit_seconds)]
    assert lines[3] == "majority cannot look at the picture."


def test_json_for_programs_is_what_each_outcome_says_of_itself(tmp_path, capsys):
    course = make_plane(seed=0, limit=20)
    with JsonClimb(headings_of(course), FILES) as display:
        display(RungStarted("majority", 1, 2))
        majority, broken = climb(course, [Majority, Broken], tmp_path, display)
        display.end()
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"event": "plane"} | majority.as_json(), {"event": "failed"} | broken.as_json(),
    ]  # fmt: skip
