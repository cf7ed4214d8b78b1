import pytest

from muslin.data.bad_files import bad_pictures, check_on_bad, join_problems, may_be_left_out, other_kinds
from muslin.errors import SettingError


@pytest.mark.parametrize(("bad", "count", "allowed"), [(0, 1, True), (1, 100, True), (1, 99, False), (2, 199, False)])
def test_one_in_a_hundred_may_be_left_out(bad, count, allowed):
    assert may_be_left_out(bad, count) == allowed


@pytest.mark.parametrize(
    ("bad", "on_bad", "remedy"),
    [
        (1, "stop", "mend or remove them, or leave them out with --on-bad skip"),
        (2, "stop", "mend or remove them (at most 1% may be left out with --on-bad skip)"),
        (2, "skip", "mend or remove them (at most 1% may be left out with --on-bad skip)"),
    ],
)
def test_the_remedy_is_one_that_helps(bad, on_bad, remedy):
    error = bad_pictures(["a.png is empty"] * bad, 100, on_bad)
    assert str(error) == f"{bad} of 100 pictures cannot be used ({'; '.join(['a.png is empty'] * bad)}); {remedy}"


def test_many_are_cut_short():
    assert join_problems([str(number) for number in range(7)]) == "0; 1; 2; 3; 4; …"


def test_what_is_asked_for_is_checked():
    check_on_bad("skip")
    with pytest.raises(SettingError, match="on_bad is 'ignore'; stop or skip is needed"):
        check_on_bad("ignore")


def test_files_of_other_kinds_are_counted_kind_by_kind_in_one_line():
    heic, raw = ("is a HEIC photo", "convert it"), ("is a camera's raw file", "export it")
    files = {"a.nef": raw} | {f"{number}.heic": heic for number in range(1200)}
    assert str(other_kinds(files, 1500, "skip")) == (
        "1,201 of 1,500 pictures cannot be used: 1,200 pictures, each is a HEIC photo, which is not read (0.heic): "
        "convert it; 1 picture is a camera's raw file, which is not read (a.nef): export it; convert or remove them "
        "(at most 1% may be left out with --on-bad skip)"
    )
    assert str(other_kinds({"a.nef": raw}, 100, "stop")).endswith("or leave them out with --on-bad skip")
