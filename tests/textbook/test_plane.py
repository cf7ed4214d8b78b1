import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from muslin.errors import DataError, SettingError
from muslin.textbook import plane
from muslin.textbook.neuron import is_linearly_separable

every_set = pytest.mark.parametrize("name", plane.SETS)
COLOURFUL = ["blobs", "spirals", "pinwheel"]


@every_set
@pytest.mark.parametrize("n", [7, 100])
def test_every_set_has_n_points_evenly_coloured_within_the_square(name, n):
    points, labels = plane.make(name, n=n, noise=0.0, seed=3)
    assert points.shape == (n, 2)
    assert labels.shape == (n,)
    assert (points.dtype, labels.dtype) == (np.float64, np.int64)
    counts = np.bincount(labels)
    assert counts.max() - counts.min() <= 1
    assert np.abs(points).max() <= 1


@every_set
def test_seeds_repeat_and_differ(name):
    first, again, other = (plane.make(name, n=50, seed=seed) for seed in (1, 1, 2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first[0], other[0])
    assert not np.array_equal(first[1], other[1])  # the order of the colours is shuffled


@every_set
def test_noise_is_the_standard_deviation_of_the_shift(name):
    clean, labels = plane.make(name, n=4000, noise=0.0, seed=5)
    noisy, same = plane.make(name, n=4000, noise=0.2, seed=5)
    np.testing.assert_array_equal(labels, same)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.2, rtol=0.05)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0, atol=0.02)


@every_set
def test_only_the_blobs_are_separated_by_a_line(name):
    settings = {"classes": 2} if name in COLOURFUL else {}
    points, labels = plane.make(name, n=200, noise=0.0, **settings)
    assert is_linearly_separable(points, labels) == (name == "blobs")


@every_set
def test_without_noise_the_colours_do_not_touch(name):
    points, labels = plane.make(name, n=300, noise=0.0)
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    assert distances[labels[:, None] != labels].min() > 0.05


@pytest.mark.parametrize("name", COLOURFUL)
@pytest.mark.parametrize("classes", [2, 3, 6])
def test_sets_of_many_colours(name, classes):
    _, labels = plane.make(name, n=60, classes=classes)
    np.testing.assert_array_equal(np.unique(labels), np.arange(classes))


@every_set
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n": 1}, "n is 1; it must be a whole number, [25] or more"),
        ({"n": 10.0}, "n is 10.0"),
        ({"seed": -1}, "seed is -1; it must be a whole number, 0 or more"),
        ({"noise": -0.1}, "noise is -0.1; it must be a finite standard deviation, 0 or more"),
        ({"noise": float("nan")}, "noise is nan"),
        ({"nois": 0.1}, "unknown setting of .* 'nois'. Did you mean 'noise'"),
    ],
)
def test_bad_settings_are_named(name, settings, message):
    with pytest.raises(SettingError, match=message):
        plane.make(name, **settings)


def test_unknown_sets_and_too_few_colours_are_named():
    with pytest.raises(SettingError, match="unknown set 'spiral'. Did you mean 'spirals'"):
        plane.make("spiral")
    with pytest.raises(SettingError, match="classes is 1; it must be a whole number, 2 or more"):
        plane.blobs(classes=1)
    with pytest.raises(SettingError, match="n is 4; it must be a whole number, 5 or more"):
        plane.pinwheel(4)


@pytest.mark.parametrize("header", ["", "x,y,label\n", " X , y,Label\r\n", "\ufeffx,y,label\n"])
def test_own_points_are_read_with_or_without_a_header(tmp_path, header):
    path = tmp_path / "mine.csv"
    path.write_text(header + "0.5,-1,0\n\n1e2, 2 ,3\n", encoding="utf-8")
    points, labels = plane.from_csv(path)
    np.testing.assert_array_equal(points, [[0.5, -1], [100, 2]])
    np.testing.assert_array_equal(labels, [0, 3])
    assert (points.dtype, labels.dtype) == (np.float64, np.int64)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no points"),
        ("x,y,label\n", "holds no points"),
        ("x,y,label\n1,2,0\n1,2\n", "mine.csv, line 3: 2 values; it must have three"),
        ("1,2,0,0\n", "line 1: 4 values"),
        ("1,2,0\n\n1,b,0\n", "line 3: '1,b,0'; x and y must be numbers"),
        ("1,2,red\n", "line 1: '1,2,red'; x and y must be numbers, label a whole number"),
        ("1,2,0.5\n", "label a whole number"),
        ("1,nan,0\n", "line 1: '1,nan,0'; x and y must be finite"),
        ("inf,1,0\n", "must be finite"),
        ("1,1,-1\n", "line 1: label -1; labels are 0, 1, 2"),
        ("1,1,99999999999999999999\n", "labels are 0, 1, 2"),
        ('1,1,"' + "0" * 200_000, "is not a CSV file"),
    ],
)
def test_bad_lines_are_named(tmp_path, text, message):
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        plane.from_csv(path)


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(DataError, match=f"cannot read the points .*absent.csv: {os.strerror(errno.ENOENT)}"):
        plane.from_csv(tmp_path / "absent.csv")
    path = tmp_path / "binary.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="is not text in UTF-8"):
        plane.from_csv(path)


def test_the_plane_and_the_textbook_import_no_torch():
    code = """
import sys
import muslin.textbook.plane
from muslin.textbook import activations, distances, information, losses, network, neuron, optimizers, rules
sys.exit(any(name in sys.modules for name in ("torch", "scipy", "PIL")))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
