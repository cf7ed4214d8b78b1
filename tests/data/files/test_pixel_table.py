import numpy as np
import pytest

from muslin.data.files.kinds import are_picture_files
from muslin.data.files.pixel_table import is_pixel_table, read_pixel_table
from muslin.errors import DataError

RAMP = np.add.outer(np.arange(9), np.add.outer(20 * np.arange(8), 7 * np.arange(8)))  # (N, H, W), neighbours alike
COLOUR = np.stack([RAMP + 50, RAMP, 255 - RAMP], -1)  # (N, H, W, 3)


def write(path, rows, header="label", names="pixel{}", labels=range(9), separator=",", last=False):
    count = rows.shape[1] if rows.ndim > 1 else 0
    cells = [names.format(number) for number in range(count)]
    lines = [separator.join([*cells, header] if last else [header, *cells])] if header else []
    for label, row in zip(labels, rows.tolist(), strict=False):
        lines.append(separator.join(map(str, [*row, label] if last else [label, *row])))
    path.write_text("\n".join(lines) + "\n")
    return path


def flat(images):
    return images.reshape(len(images), -1)


@pytest.mark.parametrize(
    ("how", "notes"),
    [
        ({}, ()),
        ({"names": "{0}x{0}", "last": True}, ()),
        ({"header": "emotion", "names": "p{}"}, ("columns are taken: emotion for label",)),
        ({"header": "Label", "names": "{}"}, ()),
        ({"separator": ";"}, ("a.csv is read as: semicolons between cells",)),
        ({"header": ""}, ("no header: column 1 for label, 64 columns for pixels",)),
    ],
)
def test_rows_of_pixels_are_pictures(tmp_path, how, notes):
    path = write(tmp_path / "a.csv", flat(RAMP), **how)
    assert is_pixel_table(path)
    assert not are_picture_files(path)
    parts, said = read_pixel_table(path)
    assert list(parts) == ["all"]
    images, labels = parts["all"]
    assert images.dtype == np.uint8
    assert np.array_equal(images, RAMP)
    assert labels.tolist() == list(range(9))
    assert said == notes


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (flat(COLOUR), "rows are taken for 8 x 8 pixels with three colours each"),
        (flat(COLOUR.transpose(0, 3, 1, 2)), "rows are taken for 8 x 8 pixels in three planes, one a colour"),
    ],
)
def test_how_colours_lie_is_told_by_which_neighbours_are_alike(tmp_path, rows, note):
    parts, said = read_pixel_table(write(tmp_path / "a.csv", rows))
    assert np.array_equal(parts["all"][0], COLOUR)
    assert said == (note,)


def test_a_single_column_may_hold_the_pixels_and_another_the_split(tmp_path):
    words = ["Training"] * 5 + ["PublicTest", "PrivateTest"] * 2
    rows = [f"{i % 3},{' '.join(map(str, row))},{words[i]}" for i, row in enumerate(flat(RAMP))]
    (tmp_path / "fer.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]))
    parts, said = read_pixel_table(tmp_path / "fer.csv")
    assert {part: len(images) for part, (images, _) in parts.items()} == {"train": 5, "test": 4}
    assert np.array_equal(parts["test"][0], RAMP[5:])
    assert said[-1] == "taken as splits: PublicTest for test, PrivateTest for test"


def test_the_test_table_beside_that_of_training_is_read(tmp_path):
    train = write(tmp_path / "sign_mnist_train.csv", flat(RAMP))
    write(tmp_path / "sign_mnist_test.csv", flat(RAMP)[:4])
    write(tmp_path / "other_test.csv", flat(RAMP)[:2])
    parts, said = read_pixel_table(train)
    assert {part: len(images) for part, (images, _) in parts.items()} == {"train": 9, "test": 4}
    assert said == ("read besides: sign_mnist_test.csv for test",)
    assert list(read_pixel_table(tmp_path / "sign_mnist_test.csv")[0]) == ["all"]
    write(tmp_path / "sign_mnist_test.csv", flat(RAMP)[:4], header="id")
    parts, said = read_pixel_table(train)
    assert list(parts) == ["all"]
    assert said == ("sign_mnist_test.csv is passed over: its columns are others",)


def test_two_tables_without_headers_go_together(tmp_path):
    train = write(tmp_path / "mnist_train.csv", flat(RAMP), header="")
    write(tmp_path / "mnist_test.csv", flat(RAMP)[:4], header="")
    assert list(read_pixel_table(train)[0]) == ["train", "test"]


def test_shares_and_names_are_read(tmp_path):
    names = ["cat", "dog"] * 4 + ["cat"]
    parts, _ = read_pixel_table(write(tmp_path / "a.csv", flat(RAMP) / 255, labels=names))
    images, labels = parts["all"]
    assert images.dtype == np.float32
    assert images == pytest.approx(RAMP / 255)
    assert labels.tolist() == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label,{}\n", "holds no pictures"),
        ("label,{}\n1,{}7\n", "line 2: 66 cells, but the first line has 65"),
        ("label,{}\n,{}\n", "line 2: the label is empty"),
        ("label,{}\n1,x{}\n", "line 2: a pixel is 'x0'; numbers are needed"),
        ("{},width,height\n{},1,2\n", "line 1: no column tells the class of the pixels; add one called label"),
        ("label,class,{}\n1,2,{}\n", None),
        ("tag,class,{}\n1,2,{}\n", "columns tag, class could all be the label"),
        ("label,split,{}\n1,bad,{}\n", "line 2: split is 'bad'"),
        ("label,split,{}\n1,test,{}\n2,val,{}\n", "no picture is there to train on"),
        ("label,pixels\n1,0 1 2 3\n2,0 1 2\n", "has rows of 3 to 4 pixels"),
        ("label,pixels\n1,0 1 2\n", "has 3 pixels a row, which make neither"),
        ("label,{},pixel64\n1,{},5\n", "has 65 pixels a row, which make neither a square in grey nor one in colour"),
    ],
)
def test_what_is_wrong_with_a_table_of_pixels_is_named(tmp_path, text, message):
    names, zeros = ",".join(f"pixel{i}" for i in range(64)), ",".join("0" * 64)
    text = text.replace("{}7", f"{zeros},7").replace("x{}", f"x{zeros}")
    text = text.replace("{}", names, 1).replace("{}", zeros)
    (tmp_path / "a.csv").write_text(text)
    assert is_pixel_table(tmp_path / "a.csv")
    if message is None:
        read_pixel_table(tmp_path / "a.csv")
        return
    with pytest.raises(DataError, match=message):
        read_pixel_table(tmp_path / "a.csv")


def test_colours_that_could_lie_in_two_ways_are_an_error(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (9, 192))
    with pytest.raises(DataError, match="192 pixels a row, 8 x 8 in three colours, but these could lie together"):
        read_pixel_table(write(tmp_path / "a.csv", noise))
