"""A garment of one's own in the live edition, by mouse, by keyboard and from a file."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from muslin.prediction.classifier import load
from tests.browser.pages import Watch, emulate, serious_problems
from tests.lecture.runs import SIDE, fit_bars
from tests.lecture.served import served
from tests.samples import bars

WIDGET = "[data-widget=draw]"
PAD = "Brush over the drawing"
HOW = "space paints, Shift and arrows draw a line"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    return fit_bars(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def live_url(run) -> Iterator[str]:
    """The address of the page with Python, and a run, behind it."""
    with served(run) as url:
        yield url


@pytest.fixture
def opened(watch: Watch, live_url: str) -> Page:
    return mounted(watch.open(f"{live_url}#resnet"))


def mounted(page: Page) -> Page:
    page.locator(WIDGET).scroll_into_view_if_needed()
    page.locator(f"{WIDGET}[data-mounted]").scroll_into_view_if_needed()
    return page


def png(pixels) -> dict:
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, "PNG")
    return {"name": "mine.png", "mimeType": "image/png", "buffer": into.getvalue()}


def test_a_file_becomes_the_drawing_and_is_answered_as_predict_does(opened, run):
    pixels = bars(9, 1, SIDE, 3, 7)[0][1, 0].numpy()
    opened.get_by_label("Or a file").set_input_files(png(pixels))
    expected = load(run).predict(pixels)
    status = opened.locator(f"{WIDGET} .numbers-live[role=status]")
    expect(status).to_contain_text(f"{expected.label}, {100 * expected.probability:.1f} %")
    expect(opened.locator(f"{WIDGET} .why-pictures figure")).to_have_count(5)
    pad = opened.get_by_role("slider", name=PAD)
    expect(pad).to_have_attribute("aria-valuetext", f"row 8, column 8, brightness {pixels[8, 8]}; {HOW}")
    pad.press("Space")
    expect(status).to_have_text("The drawing has changed since; ask again.")


def test_drawn_by_keyboard_alone_asked_and_restored(opened, watch):
    pad = opened.get_by_role("slider", name=PAD)
    pad.press("Shift+ArrowRight")
    pad.press("ArrowDown")
    pad.press("Space")
    expect(pad).to_have_attribute("aria-valuetext", f"row 9, column 9, brightness 230; {HOW}")
    opened.get_by_role("button", name="Ask the run").press("Enter")
    expect(opened.locator(f"{WIDGET} .why-pictures figure").first).to_be_visible()
    opened.evaluate("dispatchEvent(new Event('pagehide'))")
    address = opened.evaluate("location.href")
    opened.goto("about:blank")
    again = mounted(watch.open(address)).get_by_role("slider", name=PAD)
    again.press("ArrowDown")
    again.press("ArrowRight")
    expect(again).to_have_attribute("aria-valuetext", f"row 9, column 9, brightness 230; {HOW}")


def test_a_chessboard_is_unlike_and_what_is_no_picture_is_a_sentence(opened, watch):
    chessboard = (np.indices((SIDE, SIDE)).sum(0) % 2 * 255).astype(np.uint8)
    field = opened.get_by_label("Or a file")
    field.set_input_files(png(chessboard))
    expect(opened.locator(f"{WIDGET} .warning")).to_contain_text("unlike all that the run has learnt from")
    expect(opened.locator(f"{WIDGET} .tasks li.done")).to_have_count(1)
    field.set_input_files({"name": "long.png", "mimeType": "image/png", "buffer": b"x" * 3_000_001})
    expect(opened.locator(f"{WIDGET} .numbers-live[role=status]")).to_contain_text("at most 3,000,000 are read")


def test_the_mouse_draws_and_undoes(opened):
    pad = opened.get_by_role("slider", name=PAD)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    opened.mouse.move(box["x"] + 20, box["y"] + 20)
    opened.mouse.down()
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=8)
    opened.mouse.up()
    expect(pad).to_have_attribute("aria-valuetext", f"row 0, column 8, brightness 230; {HOW}")
    opened.locator(WIDGET).get_by_role("button", name="Undo").click()
    expect(pad).to_have_attribute("aria-valuetext", f"row 0, column 8, brightness 0; {HOW}")


CAMERA = """() => {
    const surface = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
    const context = surface.getContext("2d");
    context.fillRect(0, 0, 64, 48);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 64, 12);
    setInterval(() => context.fillRect(0, 0, 64, 12), 40);  // what does not change gives no frames
    navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
        window.asked = [audio, video.facingMode];
        window.stream = surface.captureStream(25);
        return window.stream;
    };
}"""


def test_the_camera_is_seen_used_and_let_go(opened):
    draw, status = opened.locator(WIDGET), opened.locator(f"{WIDGET} .numbers-live[role=status]")
    opened.evaluate(CAMERA)
    draw.get_by_role("button", name="Photograph").press("Enter")
    expect(draw.get_by_role("button", name="Take it")).to_be_focused()
    assert opened.evaluate("window.asked") == [False, "environment"]
    expect(opened.locator(".finder video")).to_have_js_property("videoWidth", 64)
    assert serious_problems(opened) == []
    draw.get_by_role("button", name="Take it").press("Enter")
    expect(opened.locator(f"{WIDGET} .why-pictures figure").first).to_be_visible()
    assert opened.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]
    expect(draw.get_by_role("button", name="Photograph")).to_be_focused()
    draw.get_by_role("button", name="Photograph").press("Enter")
    draw.get_by_role("button", name="Close the camera").press("Enter")
    assert opened.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]
    for name, sentence in (("NotAllowedError", "was not allowed"), ("NotFoundError", "has no camera")):
        opened.evaluate(
            "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); } }", name
        )
        draw.get_by_role("button", name="Photograph").press("Enter")
        expect(status).to_contain_text(sentence)
        expect(draw.get_by_role("button", name="Photograph")).to_be_focused()


def test_a_hostile_link_is_a_sentence(watch, live_url):
    page = mounted(watch.open(f"{live_url}#resnet;draw=eyJwaXhlbHMiOiJBQUFBIn0"))  # {"pixels": "AAAA"}
    expect(page.locator("#banner")).to_contain_text("its drawing is not of 16 x 16 pixels")


def test_the_static_edition_says_where_it_is(watch, lecture_url):
    expect(mounted(watch.open(f"{lecture_url}#resnet")).locator(WIDGET)).to_contain_text("muslin lecture serves")


@pytest.mark.parametrize("look", ["narrow", "dark"])
def test_it_is_accessible_and_fits(opened, look):
    emulate(opened, look)
    assert serious_problems(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
