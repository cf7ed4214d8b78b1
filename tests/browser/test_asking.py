"""The server's page, driven as a person does: every way to show a picture, and every way in which that goes wrong."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from muslin.data.decoding.contrast import Contrast
from muslin.prediction.classifier import load
from muslin.serving import reasons
from muslin.serving.bodies import Limits
from muslin.serving.serve import Place
from tests.browser.lecture.test_draw import CAMERA
from tests.browser.pages import Watch, emulate, serious_problems
from tests.lecture.runs import SIDE, fit_bars
from tests.samples import bars
from tests.serving.served import SECONDS, model_of, serving

PAD = "Brush over the drawing"
MIDDLE = SIDE // 2
MOST_BYTES = 50_000
TOKEN = "a-long-and-secret-word"  # noqa: S105
BAR = bars(9, 1, SIDE, 3, 7)[0][1, 0].numpy()
CHESSBOARD = (np.indices((SIDE, SIDE)).sum(0) % 2 * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fit_bars(tmp_path_factory.mktemp("asked"))


@contextmanager
def page_of(model, place: Place | None = None) -> Iterator[str]:
    """The address of a server's page."""
    with serving(model, Limits(MOST_BYTES, deadline=SECONDS), place) as client:
        yield f"http://127.0.0.1:{client.port}/"


@pytest.fixture(scope="module")
def url(run: Path) -> Iterator[str]:
    with page_of(model_of(run)) as url:
        yield url


@pytest.fixture
def opened(watch: Watch, url: str) -> Page:
    return watch.open(url)


def png(pixels) -> bytes:
    into = io.BytesIO()
    Image.fromarray(pixels).save(into, "PNG")
    return into.getvalue()


def choose(page: Page, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").press("Enter")
    chooser.value.set_files({"name": "mine.png", "mimeType": "image/png", "buffer": content})


def said(page: Page):
    return page.locator("#answer [role=status]")


def expect_answer(page: Page, prediction) -> None:
    """The page says what Python says, with its reasons."""
    expect(said(page)).to_contain_text(prediction.label if prediction.is_sure else "Not sure")
    shares = page.locator(".shares li")
    expect(shares).to_have_count(len(prediction.probabilities))
    for place, (name, share) in enumerate(prediction.probabilities.items()):
        expect(shares.nth(place)).to_contain_text(f"{name}{100 * share:.1f} %")
    expect(page.locator(".near img")).to_have_count(3)


def pixels_on(page: Page, place: int):
    """The grey pixels that the page shows: of the picture (0), or with the map over it (1)."""
    script = """canvas => Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)"""
    found = page.locator(".pair canvas").nth(place).evaluate(script)
    return np.array(found, np.uint8).reshape(SIDE, SIDE, 4)[..., :3]


def expect_errors(watch: Watch, *texts: str) -> None:
    """The browser itself notes these errors, and no others."""
    watch.page.wait_for_function("true")
    assert len(watch.errors) == len(texts), watch.errors
    assert all(text in error for text, error in zip(texts, watch.errors, strict=True)), watch.errors
    watch.errors.clear()


def test_a_file_is_answered_as_predict_does_with_what_the_model_sees(opened, run):
    choose(opened, png(BAR))
    expect_answer(opened, load(run).predict(BAR))
    assert np.array_equal(pixels_on(opened, 0), np.repeat(BAR[..., None], 3, 2))
    assert not np.array_equal(pixels_on(opened, 1), pixels_on(opened, 0))
    expect(opened.locator(".pair")).to_contain_text(f"{SIDE} x {SIDE} pixels")
    expect(opened.locator(".pair figcaption").nth(1)).to_contain_text("8 x 8")


def test_a_dropped_one_and_what_is_no_file(opened, run):
    drop = """content => {
        const data = new DataTransfer();
        if (content) data.items.add(new File([Uint8Array.from(content)], "mine.png", { type: "image/png" }));
        const event = kind => new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
        const place = document.querySelector(".given");
        place.dispatchEvent(event("dragenter"));
        const isOver = place.classList.contains("over");
        place.dispatchEvent(event("drop"));
        return [isOver, place.classList.contains("over")];
    }"""
    assert opened.evaluate(drop, list(png(BAR))) == [True, False]
    expect_answer(opened, load(run).predict(BAR))
    opened.evaluate(drop, None)
    expect(said(opened)).to_have_text("What was dropped is no file: save the picture, and drop that.")


def test_a_pasted_one(opened, run):
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy = """content => navigator.clipboard.write([
        new ClipboardItem({ "image/png": new Blob([Uint8Array.from(content)], { type: "image/png" }) })])"""
    opened.evaluate(copy, list(png(BAR)))
    opened.keyboard.press("Control+V")
    expect_answer(opened, load(run).predict(BAR))
    opened.evaluate("navigator.clipboard.writeText('no picture')")
    opened.keyboard.press("Control+V")
    expect(said(opened)).to_have_text("There is no picture in the clipboard.")


def test_drawn_by_the_mouse_undone_and_cleared(opened, run):
    pad = opened.get_by_role("slider", name=PAD)
    box = pad.bounding_box()
    opened.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    opened.mouse.down()
    opened.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] / 2, steps=2 * SIDE)
    opened.mouse.up()
    expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, SIDE - 1, 230))
    opened.get_by_role("button", name="Ask", exact=True).click()
    expect(opened.locator(".near img")).to_have_count(3)
    drawn = pixels_on(opened, 0)[..., 0]
    assert (drawn[MIDDLE] == 230).all()
    assert (drawn[MIDDLE - 1] == round(0.45 * 230)).all()
    assert drawn[: MIDDLE - 1].max() == 0
    expect_answer(opened, load(run).predict(drawn))
    opened.get_by_role("button", name="Undo").click()
    expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, SIDE - 1, 0))
    expect(opened.get_by_role("button", name="Undo")).to_be_disabled()
    pad.press("Space")
    opened.get_by_role("button", name="Clear").click()
    expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, SIDE - 1, 0))
    pad.press("Control+z")
    expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, SIDE - 1, 230))


def line(row: int, column: int, brightness: int) -> str:
    return f"row {row}, column {column}, brightness {brightness}; space paints, Shift and arrows draw a line"


def test_drawn_by_touch(opened):
    session = opened.context.new_cdp_session(opened)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    pad = opened.get_by_role("slider", name=PAD)
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for kind, share in (("touchStart", 0.1), ("touchMove", 0.5), ("touchMove", 0.9), ("touchEnd", None)):
        points = [{"x": box["x"] + share * box["width"], "y": box["y"] + box["height"] / 2}] if share else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, int(0.9 * SIDE), 230))


def test_drawn_and_asked_by_keyboard_alone(opened, run):
    for _ in range(9):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement.getAttribute('role')") == "slider":
            break
    for _ in range(4):
        opened.keyboard.press("Shift+ArrowRight")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Space")
    opened.keyboard.press("Enter")
    expect(opened.locator(".near img")).to_have_count(3)
    drawn = pixels_on(opened, 0)[..., 0]
    assert (drawn[MIDDLE, MIDDLE + 1 : MIDDLE + 5] == 230).all()
    assert drawn[MIDDLE + 1, MIDDLE + 4] == 230
    expect_answer(opened, load(run).predict(drawn))


def test_photographed_and_where_there_is_no_camera(opened):
    opened.evaluate(CAMERA)
    opened.get_by_role("button", name="Photograph").press("Enter")
    expect(opened.locator(".finder video")).to_have_js_property("videoWidth", 64)
    assert serious_problems(opened) == []
    opened.get_by_role("button", name="Take it").press("Enter")
    expect(opened.locator(".near img")).to_have_count(3)
    assert opened.evaluate("window.stream.getTracks().map((track) => track.readyState)") == ["ended"]
    opened.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); } }"
    )
    opened.get_by_role("button", name="Photograph").press("Enter")
    expect(said(opened)).to_have_text("This computer has no camera; choose a file.")


def test_what_is_no_picture_or_too_long_is_a_sentence(opened, watch):
    choose(opened, b"none")
    expect(said(opened)).to_contain_text("The picture is damaged at its start, or not a picture")
    expect_errors(watch, "status of 400")
    expect(opened.locator("#answer canvas")).to_have_count(0)
    choose(opened, b"x" * (MOST_BYTES + 1))
    expect(said(opened)).to_have_text("mine.png has 50,001 bytes; at most 50,000 are read: make it smaller.")


def test_what_is_unlike_the_training_pictures_is_warned_of(opened):
    choose(opened, png(CHESSBOARD))
    expect(opened.locator(".warning")).to_contain_text("unlike all that the model has learnt from")
    expect(opened.locator(".warning")).to_contain_text("Believe nothing of the answer")


def test_not_sure_is_said_with_both_classes(watch, run):
    model = model_of(run)
    with page_of(replace(model, calibration=replace(model.calibration, threshold=1.0))) as url:
        page = watch.open(url)
        choose(page, png(BAR))
        first, second = list(load(run).predict(BAR).probabilities)[:2]
        expect(said(page)).to_contain_text(f"Not sure{first} ")
        expect(said(page)).to_contain_text(f", or {second} ")
        expect(page.locator(".near img")).to_have_count(3)  # or the page still asks when the server ends


def test_light_and_dark_are_exchanged_and_a_light_ground_is_drawn_on(watch, run):
    with page_of(replace(model_of(run), contrast=Contrast(border=0.9, middle=0.3))) as url:
        page = watch.open(url)
        expect(page.get_by_text("Dark on light")).to_be_visible()
        pad = page.get_by_role("slider", name=PAD)
        expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, MIDDLE, 255))
        pad.press("Space")
        expect(pad).to_have_attribute("aria-valuetext", line(MIDDLE, MIDDLE, 25))
        dark = np.zeros((SIDE, SIDE), np.uint8)
        dark[4:12, 4:12] = 200
        choose(page, png(dark))
        page.get_by_role("button", name="Exchange light and dark").click()
        expect_answer(page, load(run).predict(255 - dark))
        assert np.array_equal(pixels_on(page, 0)[..., 0], 255 - dark)
        expect(page.get_by_role("button", name="Exchange light and dark")).to_have_count(0)


def test_what_takes_time_comes_when_it_is_there(watch, run, monkeypatch):
    may, look = Event(), reasons.Reasons.look
    monkeypatch.setattr(reasons.Reasons, "look", lambda self, check: may.wait(SECONDS) and look(self, check))
    with page_of(model_of(run)) as url:
        page = watch.open(url)
        sent = []
        page.on("request", lambda one: sent.append(one.post_data_buffer) if "explain" in one.url else None)
        larger = np.kron(BAR, np.ones((4, 4), np.uint8))
        choose(page, png(larger))
        expect(page.locator("#answer")).to_contain_text("come here by themselves")
        expect(page.locator(".pair canvas")).to_have_count(2)
        may.set()
        expect(page.locator(".near img")).to_have_count(3)
    assert sent[0] == png(larger)
    assert Image.open(io.BytesIO(sent[-1])).size == (SIDE, SIDE), "what the model sees is enough"


def test_another_picture_is_answered_in_place_of_the_first(watch, run, monkeypatch):
    may, look = Event(), reasons.Reasons.look
    monkeypatch.setattr(reasons.Reasons, "look", lambda self, check: may.wait(SECONDS) and look(self, check))
    with page_of(model_of(run)) as url:
        page = watch.open(url)
        choose(page, png(BAR))
        expect(page.locator("#answer")).to_contain_text("come here by themselves")
        choose(page, png(CHESSBOARD))
        may.set()
        expect(page.locator(".warning")).to_contain_text("unlike all")
        assert np.array_equal(pixels_on(page, 0)[..., 0], CHESSBOARD)


def test_a_busy_server_leaves_the_scores_and_says_why_there_is_no_more(opened, watch, run):
    refusal = {"status": 503, "headers": {"retry-after": "1"}, "json": {"error": "as much to do as it can"}}
    opened.route("**/explain", lambda route: route.fulfill(**refusal))
    choose(opened, png(BAR))
    expect(said(opened)).to_contain_text(load(run).predict(BAR).label)
    expect(opened.locator(".warning")).to_have_text("Why it says so is not told: As much to do as it can.")
    expect_errors(watch, *5 * ["status of 503"])


def test_a_server_that_was_started_anew_is_asked_again(watch, run):
    model = model_of(run)
    with page_of(model) as url:
        page = watch.open(url)
    choose(page, png(BAR))
    expect(said(page)).to_contain_text("The server does not answer. Start it again")
    expect_errors(watch, "failed request", "ERR_CONNECTION_REFUSED")
    with page_of(model, Place(port=int(url.rstrip("/").rpartition(":")[2]))):
        page.get_by_role("button", name="Ask again").press("Enter")
        expect_answer(page, load(run).predict(BAR))


def test_a_token_comes_by_the_address_and_does_not_stay_there(watch, run, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    with page_of(model_of(run), Place(token_file=tmp_path / "token")) as url:
        page = watch.open(f"{url}?token={TOKEN}")
        choose(page, png(BAR))
        expect_answer(page, load(run).predict(BAR))
        assert page.url == url


def test_or_is_typed(watch, run, tmp_path):
    (tmp_path / "token").write_text(TOKEN)
    model = model_of(run)
    with page_of(model, Place(token_file=tmp_path / "token")) as url:
        page = watch.open(url)
        assert serious_problems(page) == []
        for typed in ("wrong", TOKEN):
            page.get_by_label("Token").fill(typed)
            page.get_by_role("button", name="Go on").press("Enter")
        expect(page.get_by_role("heading", name="Your picture")).to_be_visible()
        assert page.url == url
        assert all(TOKEN not in one for one in watch.requests)
        choose(page, png(BAR))
        expect_answer(page, load(run).predict(BAR))
        watch.errors.clear()
    (tmp_path / "token").write_text(TOKEN[::-1])
    with page_of(model, Place(port=int(url.rstrip("/").rpartition(":")[2]), token_file=tmp_path / "token")):
        choose(page, png(BAR))
        page.get_by_label("Token").fill(TOKEN[::-1])
        page.get_by_role("button", name="Go on").press("Enter")
        expect_answer(page, load(run).predict(BAR))
    expect_errors(watch, "status of 401")


@pytest.mark.parametrize("look", ["wide", "dark", "narrow", "narrow and dark"])
def test_it_is_accessible_and_fits(opened, look):
    emulate(opened, look)
    for pixels in (None, BAR, CHESSBOARD):
        if pixels is not None:
            choose(opened, png(pixels))
            expect(opened.locator(".near img")).to_have_count(3)
            expect(opened.locator(".pair canvas")).to_have_count(2)
        assert serious_problems(opened) == []
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
