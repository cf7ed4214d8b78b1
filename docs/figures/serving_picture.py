"""Takes the picture of the server's page that docs/serving.md shows, in a real browser.

python docs/figures/serving_picture.py RUN
"""

import io
import os
import sys
from pathlib import Path
from threading import Thread

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright
from tests.browser.find import ARGUMENTS, find_browser

from muslin.data.sources.fashion_mnist import FOLDER
from muslin.data.sources.idx import read_idx
from muslin.look import png
from muslin.serving.model import open_model
from muslin.serving.serve import Place, model_server

TARGET = Path(__file__).parent.parent / "images" / "serving-page.png"
NUMBER = 0  # of a test picture: an ankle boot
WIDTH, HEIGHT = 1180, 1215  # CSS pixels
COLOURS = 128
MOST_MS = 300_000  # until the training pictures were looked at


def main() -> None:
    """Serves a run, shows its page a test picture, and writes the picture."""
    model, _ = open_model(sys.argv[1])
    server = model_server(model, "muslin", Place())
    thread = Thread(target=server.run)
    thread.start()
    shown = io.BytesIO()
    Image.fromarray(np.array(read_idx(FOLDER / "t10k-images-idx3-ubyte.gz")[NUMBER])).save(shown, "PNG")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1.5)
            page.goto(server.address)
            file = {"name": "boot.png", "mimeType": "image/png", "buffer": shown.getvalue()}
            page.locator("input[type=file]").set_input_files(file)
            page.locator(".near img").first.wait_for(timeout=MOST_MS)
            content = page.screenshot()
            browser.close()
    finally:
        server.stop()
        thread.join()
    TARGET.write_bytes(png(Image.open(io.BytesIO(content)), colours=COLOURS))


if __name__ == "__main__":
    main()
