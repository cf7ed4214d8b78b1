import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import muslin
from muslin.config import FitSettings
from muslin.pipeline.events import Ended, EpochResult, Notice, Packing, Progress, Started
from muslin.terminal.progress import JsonLines, LiveTable, PlainLines, Quiet
from muslin.text import duration
from tests.report.records import make_score
from tests.samples import QUICK, bars, write_pictures
from tests.terminal.screen import Screen

HEADINGS = ["epoch", "loss", "validation", "pictures/s", "elapsed"]
START = Started(
    folder=Path("runs/it"), recipe="coffee", settings=FitSettings(epochs=2), data="bars", classes=("a", "b", "c"),
    sizes={"train": 1270, "validation": 30, "test": 60}, parameters=12_345, machine="2 threads", length="2 epochs",
    resumed_step=None, seconds=0.5,
)  # fmt: skip
EPOCH = EpochResult(
    epoch=1, step=9, train_loss=0.5, validation_loss=0.4, validation_accuracy=0.875, learning_rate_factor=0.5,
    pictures_per_second=1234.5, seconds=65.0, pictures=1270,
)  # fmt: skip
FINDINGS = ("Most often wrong: a called b, 3 of 4", "Try next: muslin fit")
END = Ended(Path("runs/it"), "done", 2, 70.0, make_score(), Path("runs/it/report.html"), FINDINGS)


@pytest.fixture
def pictures(here):
    """A folder of 120 picture files to train on, and 60 to test on."""
    write_pictures(here / "bars" / "train", *bars(120, 1, 12, 3, 0))
    write_pictures(here / "bars" / "test", *bars(60, 1, 12, 3, 1))
    return here / "bars"


def test_a_whole_run_on_a_terminal(pictures, capsys):
    screen, before = Screen(), []
    with LiveTable(screen.console) as display:

        def report(event):
            display(event)
            if isinstance(event, Packing | Started):
                display.files.bar.refresh()  # what it would do by itself in a tenth of a second
                before.append(screen.lines())

        run = muslin.fit(pictures, "espresso", report=report, **QUICK)
    bars_of_files, introduction = before[-2], before[-1]
    assert re.match(r"reading files +━{24} 180/180", bars_of_files[0])
    assert re.match(r"decoding pictures +━{24} 180/180", bars_of_files[1])
    assert introduction[0].startswith("Recipe espresso: mlp, "), "the bars are gone when training starts"
    lines = screen.lines()
    assert re.fullmatch(r"Recipe espresso: mlp, [\d,]+ parameters, 2 epochs, seed 0", lines[0])
    assert lines[1].startswith("bars: 108 pictures to train, 12 to validate, 60 to test, 3 classes; on ")
    table = lines.index(next(line for line in lines if line.split() == HEADINGS))
    rows = [re.split(r"  +", line.strip()) for line in lines[table + 1 : table + 3]]
    assert rows == [
        [
            str(epoch.epoch), f"{epoch.train_loss:.4f}", f"{100 * epoch.validation_accuracy:.2f} %",
            f"{epoch.pictures_per_second:,.0f}", duration(epoch.seconds),
        ]
        for epoch in run.epochs
    ]  # fmt: skip
    assert re.fullmatch(r"━{24} 100 %  trained and tested", lines[table + 3])
    said = " ".join(lines[table + 4 :])
    assert said.startswith(f"Test accuracy {100 * run.test.accuracy:.2f} % on 60 pictures, in ")
    assert said.endswith(f"Why, with the pictures: open {run.folder / 'report.html'}")
    assert capsys.readouterr().out == ""


def test_an_interrupted_run_on_a_terminal():
    screen = Screen()
    with LiveTable(screen.console) as display:
        for event in (START, Progress(1, 0.25, 0.75, 12.0), EPOCH, Ended(START.folder, "interrupted", 1, 66.0)):
            display(event)
    lines = screen.lines()
    assert lines[2].split() == HEADINGS
    assert lines[3].split() == ["1", "0.5000", "87.50", "%", "1,234", "1:05"]
    assert lines[4].endswith(" 50 %  epoch 1 done"), "the bar stands where it was"
    assert lines[5:] == [
        "Stopped after 1 whole epoch. The weights so far are in runs/it;",
        "they were not tested. To go on: muslin fit --resume runs/it",
    ]


def test_the_bar_tells_what_is_left():
    screen = Screen()
    with LiveTable(screen.console) as display:
        display(START)
        display(Progress(2, 0.625, 0.75, 12.0))
        display.live.refresh()
        assert screen.lines()[-1].endswith(" 62 %  epoch 2, loss 0.750, 12 s left")


def test_where_time_decides_the_bar_goes_by_time():
    screen = Screen()
    with LiveTable(screen.console) as display:
        display(replace(START, settings=FitSettings(time_budget=60.0, epochs=2)))
        display(Progress(1, 0.25, 0.75, 12.0))
        display(EPOCH)
        display.live.refresh()
        assert screen.lines()[-1].endswith(" 25 %  epoch 1, loss 0.750, 12 s left")


def test_the_reading_of_pictures_is_a_bar_that_goes_before_anything_else_is_said(capsys):
    screen = Screen()
    with LiveTable(screen.console) as display:
        display(Packing("reading", 200, 200))
        display(Packing("decoding", 64, 200))
        display.files.bar.refresh()
        assert re.match(r"reading files +━+ 200/200", screen.lines()[0])
        assert re.match(r"decoding pictures +━+╸ +64/200", screen.lines()[1])
        display(Notice("one"))
        assert screen.lines() == []
    assert capsys.readouterr().err == "Note: one\n"


@pytest.mark.parametrize("display", [JsonLines(), PlainLines(), Quiet()])
def test_logs_and_programs_are_spared_it(display, capsys):
    display(Packing("reading", 64, 200))
    display(Progress(1, 0.25, 0.75, 12.0))
    assert capsys.readouterr() == ("", "")


def test_lines_for_logs(capsys):
    with PlainLines() as display:
        for event in (START, EPOCH, Notice("one"), END):
            display(event)
    out, err = capsys.readouterr()
    assert err == "Note: one\n"
    assert out.splitlines() == [
        "Recipe coffee: resnet_narrow, 12,345 parameters, 2 epochs, seed 0",
        "bars: 1,270 pictures to train, 30 to validate, 60 to test, 3 classes; on 2 threads",
        "epoch 1: loss 0.5000, validation accuracy 87.50 %, 1,234 pictures/s, 1:05",
        "Test accuracy 66.67 % on 6 pictures, in 1:10",
        "(each with its mirror image, unsure ones also shifted by a pixel; by each picture once it is 50.00 %)",
        "Most often wrong: a called b, 3 of 4",
        "Try next: muslin fit",
        "Why, with the pictures: open runs/it/report.html",
    ]


def test_json_for_programs_is_what_each_event_says_of_itself(capsys):
    events = (START, EPOCH, Notice("one"), END)
    with JsonLines() as display:
        for event in events:
            display(event)
    out, err = capsys.readouterr()
    assert [json.loads(line) for line in out.splitlines()] == [event.as_json() for event in events]
    assert err == ""


def test_the_folder_alone(capsys):
    with Quiet() as display:
        for event in (START, EPOCH, Notice("one"), END):
            display(event)
    assert capsys.readouterr() == ("runs/it\n", "Note: one\n")


def test_a_run_that_goes_on_says_where(capsys):
    PlainLines()(replace(START, resumed_step=0))
    PlainLines()(replace(START, resumed_step=1200))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Going on at step 0 of runs/it"
    assert lines[3] == "Going on at step 1,200 of runs/it"


def test_the_end_says_so_if_it_came_early(capsys):
    PlainLines()(replace(END, findings=(), ended="early"))
    assert capsys.readouterr().out.splitlines() == [
        "Test accuracy 66.67 % on 6 pictures, in 1:10 (stopped early: no more progress)",
        "(each with its mirror image, unsure ones also shifted by a pixel; by each picture once it is 50.00 %)",
        "Why, with the pictures: open runs/it/report.html",
    ]
