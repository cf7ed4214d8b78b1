import io

from rich.console import Console

from muslin.terminal.layout import folded


def test_lines_fold_between_words_and_paths_stay_whole():
    console = Console(file=io.StringIO(), force_terminal=True, width=20)
    text = "some words that do not fit\nthe run is in /a/very-long/path/that-is-wide"
    assert folded(text, console, "  ").split("\n") == [
        "some words that do", "  not fit", "the run is in", "  /a/very-long/path/that-is-wide",
    ]  # fmt: skip


def test_a_pipe_gets_whole_lines():
    text = "word " * 100
    assert folded(text, Console(file=io.StringIO(), width=20)) == text
