"""Takes the picture of the lecture's page that README shows, in a real browser.

python docs/figures/page_picture.py
"""

import io
import os
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from tests.browser.find import ARGUMENTS, find_browser
from tests.browser.serving import serve_folder

from muslin.lecture.export import export_lecture
from muslin.look import png

TARGET = Path(__file__).parent.parent / "images" / "lecture-page.png"
SECTION, WIDTH, HEIGHT = "back-propagation", 1180, 780  # CSS pixels
COLOURS = 128


def main() -> None:
    """Opens the page at a widget, plays a little, and writes the picture."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        export_lecture(Path(place) / "page")
        browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
        with serve_folder(Path(place) / "page") as url:
            page.goto(f"{url}/#{SECTION}")
            moving = page.locator(f"#{SECTION} .widget[data-mounted] .moving").first
            moving.wait_for()
            for _ in range(15):
                moving.get_by_role("button", name="Step", exact=True).click()
            moving.evaluate("(element) => scrollTo(0, element.getBoundingClientRect().top + scrollY - 8)")
            content = page.screenshot()
        browser.close()
    TARGET.write_bytes(png(Image.open(io.BytesIO(content)), colours=COLOURS))


if __name__ == "__main__":
    main()
