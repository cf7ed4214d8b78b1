import base64
import hashlib
import io
import re

import numpy as np
import pytest
from jinja2 import UndefinedError
from markupsafe import Markup
from PIL import Image

from muslin.look import DARK, LIGHT
from muslin.web.page import KINDS, environment, files_of_page, look, picture_uri, render_page


def test_a_page_has_a_policy_that_knows_its_scripts():
    script = "document.title = '<b> & \"quotes\"';"
    page = render_page("a & b", Markup("<p>x</p>"), scripts=(script,))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', page).group(1)
    assert f"script-src &#39;sha256-{digest}&#39;" in policy or f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src")
    assert f"<script>{script}</script>" in page  # as it is: escaped it would have another digest
    assert "<title>a &amp; b</title>" in page


def test_a_page_asks_for_nothing_else():
    page = render_page("a", Markup(""))
    assert not re.search(r"https?:|@import|url\((?!data:)|<link|src=", page)


def test_the_look_is_that_of_the_palettes():
    page = render_page("a", Markup(""))
    light, dark = page.split("prefers-color-scheme: dark", 1)
    for palette, part in ((LIGHT, light), (DARK, dark)):
        assert f"--paper: {palette.paper};" in part
        assert f"--series-6: {palette.series[5]};" in part


@pytest.mark.parametrize("package", ["muslin.report"])
def test_templates_escape_and_miss_nothing(package):
    templates = environment(package)
    assert templates.from_string("{{ name }}").render(name="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        templates.from_string("{{ nmae }}").render(name="a")
    assert templates.from_string("{{ 0.5 | percent }} {{ none | percent }}").render() == "50.00 % –"


@pytest.mark.parametrize("package", ["muslin.lecture", "muslin.serving"])
def test_what_pages_share_comes_to_each_of_them_and_every_import_is_there(package):
    files = files_of_page(package)
    assert files["look.css"].decode() == look()
    assert {"controls.css", "parts/dom.js", "parts/pad.js", "parts/camera.js"} <= set(files)
    assert {name.rpartition(".")[2] for name in files} == set(KINDS)
    for name, content in files.items():
        folder = name.split("/")[:-1]
        for step in re.findall(r'^(?:import|export)\b[^;"]* from "(.+?)"', content.decode(), re.MULTILINE):
            assert step.startswith(("./", "../")), name
            ups = step.count("../")
            path = [*folder[: len(folder) - ups], *step.replace("../", "").removeprefix("./").split("/")]
            assert "/".join(path) in files, f"{name} imports {step}"


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_in_a_uri_has_every_pixel(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (channels, 5, 7), np.uint8)
    kind, _, content = picture_uri(pixels).partition(",")
    read = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
    assert kind == "data:image/png;base64"
    assert np.array_equal(read, pixels[0] if channels == 1 else pixels.transpose(1, 2, 0))
