import io

import pytest
from rich.console import Console

from muslin.pipeline import Notice, Packing
from muslin.terminal.progress import JsonLines, LiveTable, PlainLines, Quiet


def test_the_reading_of_pictures_is_a_bar_that_goes_before_anything_else_is_said(capsys):
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with LiveTable(console) as display:
        display(Packing("reading", 200, 200))
        display(Packing("decoding", 64, 200))
        display(Notice("one"))
        shown = console.file.getvalue()
    assert "reading files" in shown
    assert "64/200" in shown
    assert shown.endswith("\x1b[2K\x1b[1A\x1b[2K")
    assert capsys.readouterr().err == "Note: one\n"


@pytest.mark.parametrize("display", [JsonLines(), PlainLines(), Quiet()])
def test_logs_and_programs_are_spared_it(display, capsys):
    display(Packing("reading", 64, 200))
    assert capsys.readouterr() == ("", "")
