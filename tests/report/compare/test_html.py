"""The page says what the JSON says, escapes every name, and shows the pictures that lie where they lay."""

import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from PIL import Image

import muslin
from muslin.report.compare.comparison import Comparison
from muslin.report.compare.groups import Group
from muslin.report.compare.html import LONGEST, render_page_of
from muslin.report.compare.pairs import pairs_of
from muslin.report.record import read_record
from muslin.report.sheets import picture_sheet
from tests.report.compare.members import make_member
from tests.samples import QUICK, bars, write_pictures

EVIL = "<img src=x onerror=alert(1)>", "\"'><script>alert(2)</script>", "caf\udce9\n"


class Page(HTMLParser):
    """The tags of a page, and the text of what carries a fact."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.facts, self.path = [], {}, None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.path = dict(attributes).get("data-fact")

    def handle_data(self, data):
        if self.path:
            self.facts[self.path] = data
            self.path = None


def looked_up(facts, path):
    for key in path.split("."):
        facts = facts[int(key)] if isinstance(facts, list) else facts[key]
    return facts


@pytest.fixture
def photos(here):
    write_pictures(here / "photos", *bars(90, 1, 24, 3, 0))
    return here / "photos"


def fitted(photos, name, **changes):
    settings = QUICK | {"epochs": 3, "size": 12} | changes
    return muslin.fit(photos, "espresso", out=f"runs/{name}", **settings).folder


def test_the_page_says_what_the_json_says_and_nothing_of_the_machine(here, photos):
    fitted(photos, "a")
    fitted(photos, "b", epochs=1, lr=0.0001)
    comparison = muslin.compare("a", "b")
    facts, text = comparison.as_json(), render_page_of(comparison)
    page = Page(text)
    assert len(page.facts) == 6
    for path, shown in page.facts.items():
        value = looked_up(facts, path)
        assert shown == (f"{100 * value:.2f} %" if isinstance(value, float) else f"{value:,}")
    assert str(here) not in text
    assert str(here) not in json.dumps(facts)
    assert not [tag for tag, attributes in page.tags if not (attributes.get("src") or "data:").startswith("data:")]
    assert "http" not in re.sub(r"http-equiv", "", text)


def test_the_pictures_are_those_about_which_one_alone_is_right(here, photos):
    fitted(photos, "a")
    fitted(photos, "b", epochs=1, lr=0.0001)
    comparison = muslin.compare("a", "b")
    (pair,) = comparison.as_json()["pairs"]
    shown = [each for side in pair["answers"]["exhibits"] for each in side]
    assert shown
    images = [attributes for tag, attributes in Page(render_page_of(comparison)).tags if tag == "img"]
    assert [image["alt"] for image in images] == [f"test picture {each['position']}" for each in shown]
    for image, each in zip(images, shown, strict=True):
        with Image.open(io.BytesIO(base64.b64decode(image["src"].split(",")[1]))) as picture:
            pixels = np.asarray(picture)
        assert pixels.shape == (12, 12)
        assert f"bar {pixels.mean(axis=1).reshape(3, 4).mean(axis=1).argmax()}" == each["label"]
    photos.rename(here / "elsewhere")
    text = render_page_of(comparison)
    assert "The pictures of photos are not where they lay, or have changed" in text
    assert not [tag for tag, _ in Page(text).tags if tag == "img"]
    assert "alone is right" in text


def test_runs_of_two_sizes_are_compared_where_their_data_still_lie(here, photos):
    fitted(photos, "a")
    fitted(photos, "b", size=24, epochs=1, lr=0.0001)
    (pair,) = muslin.compare("a", "b").as_json()["pairs"]
    one, other = (read_record(here / "runs" / name).answers for name in "ab")
    assert torch.equal(one.labels, other.labels)
    right = one.predicted == one.labels, other.predicted == other.labels
    assert pair["answers"]["only"] == [int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())]
    next((photos / "bar 0").iterdir()).unlink()
    for picture in (photos / "bar 1").iterdir():
        picture.unlink()
    (pair,) = muslin.compare("a", "b").as_json()["pairs"]
    assert pair["answers"] is None
    assert "A takes pictures of 12x12 pixels and B of 24x24" in pair["why_not"]


def test_every_name_stays_a_name(here):
    settings = {"classes": EVIL, "folder": here, "data": EVIL[0], "recipe": EVIL[1]}
    one = make_member("A", [0, 1, 2], [0, 1, 2], **settings)
    other = make_member("B", [0, 1, 2], [1, 2, 0], **settings | {"recipe": EVIL[0]})
    groups = Group("A", (one,)), Group("B", (other,))
    text = render_page_of(Comparison(groups, pairs_of(groups), EVIL[:2]))
    text.encode()
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [attributes for tag, attributes in page.tags if tag == "img" or "onerror" in attributes]
    assert text.count("&lt;img src=x onerror=alert(1)&gt;") > 5


def test_what_is_missing_leaves_no_blank(here):
    bare = {"test": None, "answers": None, "epochs": (), "seconds": None, "ended": None, "folder": here}
    groups = Group("A", (make_member("A", [0], [0], **bare),)), Group("B", (make_member("B", [0], [0], **bare),))
    text = render_page_of(Comparison(groups, pairs_of(groups), ("a", "b")))
    assert "Whether the difference means anything cannot be told: A was not tested" in text
    assert 'id="curves"' not in text
    assert not re.search(r">\s*(None|nan)\b|<td></td>", text)


@pytest.mark.parametrize(
    ("channels", "side", "kind", "width"), [(1, 28, "PNG", 28), (3, 32, "PNG", 32), (3, 224, "WEBP", 96)]
)
def test_small_pictures_are_kept_and_large_ones_made_small(channels, side, kind, width):
    picture = torch.arange(channels * side * side).view(channels, side, side).remainder(251).byte()
    uri = picture_sheet(picture[None], LONGEST).uri
    with Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))) as image:
        assert (image.format, image.size) == (kind, (width, width))
        if kind == "PNG":
            pixels = torch.from_numpy(np.array(image)).view(side, side, -1).permute(2, 0, 1)
            assert torch.equal(pixels, picture)
