"""The lecture's page: how soon it answers, what it transfers, how fast it trains, what idling and 30 readers cost.

Figures are medians of rounds in a fresh profile of a headless browser, on the exported folder. What is trained is the
net that section 4 begins with, as fast as it goes and, in turns, an epoch a frame, as TensorFlow Playground trains. The
server's memory is that of `muslin lecture` before and after 30 pages were opened and scrolled through.

    python -m benchmarks.measure.lecture_page
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure.results import save_result
from playwright.sync_api import Browser, sync_playwright
from tests.browser.find import ARGUMENTS, find_browser
from tests.browser.serving import serve_folder

from muslin.lecture.export import export_lecture

ROUNDS, TURNS = 7, 3
IDLE = 5  # s
PAGES = 30
WAIT_MS = 120_000
FIRST = "activations"  # the section that is opened, whose first widget answers
PLANE = "[data-widget=plane]"
SPEEDS = {"as fast as it goes": "", "an epoch a frame": "_by_an_epoch_a_frame"}
TRAINING = 5  # s

PLAYED = """async ([widget, seconds]) => {
    const root = document.querySelector(widget), frames = [];
    const epochs = () => Number(root.textContent.match(/epoch ([\\d,]+), step/)[1].replaceAll(",", ""));
    const frame = () => new Promise(requestAnimationFrame);
    const settled = performance.now() + 1000;
    while (performance.now() < settled) await frame();
    const [began, epoch] = [performance.now(), epochs()];
    let last = began;
    while (last < began + 1000 * seconds) {
        await frame();
        frames.push(performance.now() - last);
        last = performance.now();
    }
    frames.sort((a, b) => a - b);
    return {
        epochs_a_second: (1000 * (epochs() - epoch)) / (last - began),
        frame_ms_p95: frames[Math.floor(0.95 * frames.length)],
    };
}"""


def main() -> None:
    """Measures and saves."""
    with tempfile.TemporaryDirectory(prefix="muslin-lecture-") as place, sync_playwright() as playwright:
        folder = Path(place) / "page"
        export_lecture(folder)
        browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=ARGUMENTS)
        with serve_folder(folder) as url:
            rounds = [opened(browser, f"{url}/#{FIRST}") for _ in range(ROUNDS)]
            trained = [played(browser, f"{url}/") for _ in range(TURNS)]
            idle = idle_share(browser, f"{url}/#{FIRST}")
        figures = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
        figures |= {name: statistics.median(each[name] for each in trained) for name in trained[0]}
        figures |= {"idle_share_of_a_core": idle, **held_by_the_server(browser)}
        browser.close()
    for name, value in figures.items():
        print(f"{name}: {value:,.4g}")
    save_result("lecture-page", rounds=ROUNDS, **figures)


def opened(browser: Browser, url: str) -> dict[str, Any]:
    """Opens the page in a fresh profile; returns seconds and bytes."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url, wait_until="commit")
    page.locator(f"#{FIRST} .widget[data-mounted]").first.wait_for(timeout=WAIT_MS)
    interactive = page.evaluate("performance.now() / 1000")
    readable = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000")
    size = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    context.close()
    return {"readable_seconds": readable, "interactive_seconds": interactive, "bytes_before_interaction": size}


def played(browser: Browser, url: str) -> dict[str, float]:
    """Plays section 4 at either speed, from the same start; returns epochs a second, and how long its frames take."""
    page = browser.new_page()
    found = {}
    for speed, name in SPEEDS.items():
        page.goto(url)
        widget = page.locator(PLANE)
        widget.scroll_into_view_if_needed()
        page.locator(f"{PLANE}[data-mounted]").wait_for(timeout=WAIT_MS)
        widget.get_by_label("Speed").first.select_option(speed)
        widget.get_by_role("button", name="Play").click()
        seen = page.evaluate(PLAYED, [PLANE, TRAINING])
        found |= {f"{figure}{name}": value for figure, value in seen.items()}
        page.evaluate("history.replaceState(null, '', '#')")
    page.close()
    return found


def idle_share(browser: Browser, url: str) -> float:
    """Returns the share of a core that the page's own thread takes while nobody does anything."""
    page = browser.new_page()
    page.goto(url)
    page.locator(f"#{FIRST} .widget[data-mounted]").first.wait_for(timeout=WAIT_MS)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def busy() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")

    page.wait_for_timeout(2000)
    before = busy()
    page.wait_for_timeout(IDLE * 1000)
    share = (busy() - before) / IDLE
    page.close()
    return share


def held_by_the_server(browser: Browser) -> dict[str, float]:
    """Returns how much memory `muslin lecture` takes alone, and with 30 pages open, in bytes."""
    command = [sys.executable, "-m", "muslin", "lecture", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        first = browser.new_page()
        first.goto(found.group())
        scroll_through(first)
        before = resident(server.pid)
        pages = [browser.new_page() for _ in range(PAGES)]
        for page in pages:
            page.goto(found.group())
            scroll_through(page)
        after = resident(server.pid)
        server.terminate()
    return {"server_bytes": before, "server_bytes_a_page": (after - before) / PAGES}


def scroll_through(page: Any) -> None:
    """Brings every widget near, so that its values are asked for."""
    for widget in page.locator(".widget").all():
        widget.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.widget')].every((each) => each.dataset.mounted)", timeout=WAIT_MS
    )


def resident(process: int) -> int:
    """Returns a process's resident memory in bytes."""
    text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0]) * 1024


if __name__ == "__main__":
    main()
