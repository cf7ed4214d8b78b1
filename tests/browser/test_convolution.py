"""The twin's convolution is torch's, whatever the picture, the kernel, the stride and the padding."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.browser.pages import Watch
from tests.browser.serving import serve_folder
from tests.browser.twin import FOLDER, Twin, assert_agree


@pytest.fixture(scope="module")
def twin(browser: Browser) -> Iterator[Twin]:
    with serve_folder(FOLDER) as url, Watch(browser) as watch:
        yield Twin(watch.open(f"{url}/"))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    side=st.integers(1, 12),
    window=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
)
def test_it_is_conv2d(twin, seed, side, window, stride, padding):
    generator = np.random.default_rng(seed)
    picture, kernel = generator.normal(size=(side, side)), generator.normal(size=(window, window))
    place = {"stride": stride, "padding": padding}
    answer, places = twin.call(["convolve", picture, side, kernel, place], ["places", side, window, stride, padding])
    assert answer["side"] == places
    if window > side + 2 * padding:
        assert places == 0
        return
    given = [torch.from_numpy(each)[None, None] for each in (picture, kernel)]
    expected = F.conv2d(*given, **place)[0, 0].numpy()
    sizes = F.conv2d(*(each.abs() for each in given), **place)[0, 0].numpy()
    assert expected.shape == (places, places)
    assert_agree(answer["values"], expected, sizes)
    (under,) = twin.call(["underWindow", picture, side, kernel, places - 1, 0, place])
    assert_agree(under["sum"], expected[-1, 0], sizes[-1, 0])
    assert_agree(np.sum(under["products"]), expected[-1, 0], sizes[-1, 0])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), side=st.integers(2, 9))
def test_pooling_is_torchs(twin, seed, side):
    values = np.random.default_rng(seed).normal(size=(side, side))
    largest, mean = twin.call(["pool", values, side, "max"], ["pool", values, side, "mean"])
    grid = torch.from_numpy(values)[None, None]
    assert_agree(largest["values"], F.max_pool2d(grid, 2)[0, 0].numpy())
    assert_agree(mean["values"], F.avg_pool2d(grid, 2)[0, 0].numpy(), np.abs(values).max())
    assert largest["side"] == mean["side"] == side // 2


def test_a_picture_of_another_size_is_refused(twin):
    (answer,) = twin.call(["convolve", [1.0, 2.0, 3.0], 2, [1.0], {}])
    assert "picture" in answer["error"]
