import io

from rich.console import Console

from muslin.terminal.bars import FileBar
from muslin.terminal.layout import write_line


def test_a_bar_for_each_stage_that_goes_again():
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with FileBar(console) as bar:
        bar("reading", 64, 200)
        bar("reading", 200, 200)
        bar("decoding", 64, 200)
    shown = console.file.getvalue()
    assert "reading files" in shown
    assert "decoding pictures" in shown
    assert "64/200" in shown
    assert shown.endswith("\x1b[2K\x1b[1A\x1b[2K")  # both lines are wiped


def test_nothing_is_drawn_without_a_terminal():
    console = Console(file=io.StringIO())
    with FileBar(console) as bar:
        bar("examining", 1, 2)
    assert console.file.getvalue() == ""


def test_what_is_printed_meanwhile_is_no_part_of_the_bar(capsys):
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with FileBar(console) as bar:
        bar("predicting", 1, 2)
        write_line("boot.png: Ankle boot")
    assert capsys.readouterr().out == "boot.png: Ankle boot\n"
    assert "boot.png" not in console.file.getvalue()
