import pytest

from muslin.data.sizing import choose_input
from muslin.errors import DataError, SettingError


@pytest.mark.parametrize(
    ("sizes", "most", "expected"),
    [
        ([(28, 28)] * 3, 64, (28, 28)),
        ([(20, 30)] * 3, 64, (30, 20)),  # width x height to (height, width)
        ([(64, 64)] * 3, 224, (64, 64)),
        ([(65, 65)] * 3, 64, (64, 64)),
        ([(96, 96)] * 3, 224, (96, 96)),
        ([(28, 28), (28, 29)], 64, (28, 28)),
        ([(33, 90), (40, 35), (200, 36)], 64, (48, 48)),
        ([(640, 480), (4000, 3000)], 64, (64, 64)),
        ([(640, 480), (4000, 3000)], 224, (224, 224)),
        ([(640, 480), (4000, 3000)], 20, (20, 20)),
    ],
)
def test_the_pictures_decide(sizes, most, expected):
    chosen = choose_input(sizes, ["RGB"] * len(sizes), most=most)
    assert chosen.shape == (3, *expected)


@pytest.mark.parametrize(
    ("modes", "channels"), [(["L", "1", "I;16", "LA"], 1), (["L", "L", "L", "RGB"], 3), (["P", "L", "L", "L"], 3)]
)
def test_grey_only_if_all_are_grey(modes, channels):
    assert choose_input([(30, 30)] * 4, modes).channels == channels


def test_it_says_what_and_why():
    assert choose_input([(28, 28)], ["L"]).reason == (
        "input is 28 x 28, grey, as all pictures are: the size that all pictures have"
    )
    assert choose_input([(50, 300), (70, 60)], ["L", "RGB"]).reason == (
        "input is 64 x 64, in colour: by the pictures' shorter side, 55 pixels in the median"
    )
    asked = choose_input([(28, 28)], ["L"], size=40)
    assert (asked.shape, asked.reason.endswith("as asked for")) == ((1, 40, 40), True)


def test_what_cannot_be_chosen():
    with pytest.raises(DataError, match="no picture"):
        choose_input([], [])
    with pytest.raises(SettingError, match="size is 3; give 8 to 512"):
        choose_input([(28, 28)], ["L"], size=3)
