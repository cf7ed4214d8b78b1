"""Gates are wired by mouse and by keyboard, and answer as the textbook's neurons do."""

import pytest
from playwright.sync_api import Locator, Page, expect

from muslin.lecture.widgets.gates import values
from muslin.textbook import neuron
from muslin.textbook.neuron import McCullochPitts, McCullochPittsNet, truth_table
from tests.browser.pages import Watch

GATES = {gate["name"]: gate for gate in values()["gates"]}


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return come(watch.open(f"{lecture_url}#mcculloch-pitts"))


def come(page: Page) -> Page:
    page.locator("[data-widget=gates][data-mounted]").scroll_into_view_if_needed()
    return page


def part(page: Page) -> Locator:
    return page.locator("[data-widget=gates]")


def press(page: Page, name: str) -> None:
    part(page).get_by_role("button", name=name, exact=True).press("Enter")


def wire(page: Page, name: str, times: int) -> None:
    """Presses a wire, from none to excitatory to inhibitory to none."""
    for _ in range(times):
        part(page).get_by_role("button", name=f"wire from {name}:").press("Space")


def choose(page: Page, label: str, value: str) -> None:
    part(page).get_by_label(label, exact=True).select_option(value)


def threshold(page: Page, name: str, value: str) -> None:
    field = part(page).get_by_role("textbox", name=f"θ of {name}", exact=True)
    field.fill(value)
    field.press("Enter")


def column(page: Page, place: int) -> list[int]:
    return [int(text[0]) for text in part(page).locator(f".truth tbody td:nth-child({place})").all_inner_texts()]


def python_of(page: Page) -> McCullochPitts | McCullochPittsNet:
    """What the Python line on the page makes of the inputs."""
    return eval(part(page).locator(".working code").inner_text(), vars(neuron).copy())  # noqa: S307 - a line of the page's own


def done(page: Page) -> Locator:
    return part(page).locator(".tasks li.done")


def test_and_becomes_or_by_its_threshold(opened):
    expect(part(opened).get_by_text("This is AND.")).to_be_visible()
    choose(opened, "Gate to build", "OR")
    expect(part(opened).get_by_text("2 of 4 rows")).to_be_visible()
    threshold(opened, "y", "1")
    assert column(opened, 3) == truth_table(neuron.OR, 2)[:, -1].tolist()
    expect(done(opened)).to_have_count(1)
    assert python_of(opened) == 1


def test_xor_by_keyboard_alone_after_one_neuron_failed(opened):
    choose(opened, "Gate to build", "XOR")
    press(opened, "none")
    press(opened, "Try all wirings of one neuron")
    expect(
        part(opened).get_by_text("36 neurons were tried here, 36 by Python: none of them compute XOR.")
    ).to_be_visible()
    expect(part(opened).locator(".verdict")).to_contain_text("As you said")
    choose(opened, "Neurons", "2")
    for name, times in (
        ("x₁ to h₁", 1),
        ("x₂ to h₁", 2),
        ("x₁ to h₂", 2),
        ("x₂ to h₂", 1),
        ("h₁ to y", 1),
        ("h₂ to y", 1),
    ):
        wire(opened, name, times)
    expect(part(opened).get_by_text("This is XOR.")).to_be_visible()
    expect(done(opened)).to_have_count(1)
    assert [column(opened, place) for place in (3, 4, 5)] == [[0, 0, 1, 0], [0, 1, 0, 0], [0, 1, 1, 0]]


@pytest.mark.parametrize("name", ["XOR", "majority"])
def test_the_page_counts_as_python_does(opened, name):
    choose(opened, "Gate to build", name)
    press(opened, "Try all wirings of one neuron")
    alone = GATES[name]["alone"]
    expect(
        part(opened).get_by_text(f"{alone['tried']} neurons were tried here, {alone['tried']} by Python")
    ).to_be_visible()
    expect(
        part(opened).locator("strong", has_text=f"computes {name}" if alone["found"] == 1 else "none of them")
    ).to_be_visible()


def test_inhibition_is_absolute_and_a_weight_is_not(opened):
    choose(opened, "Gate to build", "x₁ and x₂, not x₃")
    wire(opened, "x₁ to y", 1)
    wire(opened, "x₂ to y", 1)
    part(opened).get_by_role("button", name="wire from x₃").click()
    part(opened).get_by_role("button", name="wire from x₃").click()
    part(opened).get_by_label("The mistake: inhibition as a weight of −1").check()
    rows = truth_table(McCullochPittsNet([[McCullochPitts(1, (0, 1), (2,))]]), 3)
    assert column(opened, 4) == rows[:, -1].tolist()
    assert column(opened, 5) == [int(row[0] + row[1] - row[2] >= 1) for row in rows]
    expect(done(opened)).to_have_count(1)
    threshold(opened, "y", "2")
    expect(part(opened).get_by_text("This is x₁ and x₂, not x₃.")).to_be_visible()
    expect(done(opened)).to_have_count(2)


def test_inputs_are_pressed_and_stepped_through(opened):
    part(opened).get_by_role("button", name="input x₂").click()
    expect(part(opened).locator(".truth tr.now td").first).to_have_text("1")
    assert python_of(opened) == 1
    press(opened, "Step")
    assert part(opened).locator(".truth tr.now td").all_inner_texts()[:3] == ["0", "0", "0"]
    press(opened, "Back")
    press(opened, "Undo")
    assert part(opened).locator(".truth tr.now td").all_inner_texts()[:3] == ["0", "0", "0"]


def test_a_link_has_it_all(opened, watch):
    choose(opened, "Neurons", "3")
    wire(opened, "x₂ to h₃", 2)
    wire(opened, "h₃ to y", 1)
    threshold(opened, "h₃", "0")
    opened.wait_for_function("() => location.hash.includes('gates=')")
    address, said = opened.url, part(opened).locator(".working").inner_text()
    opened.goto("about:blank")
    come(watch.open(address))
    expect(part(opened).get_by_role("button", name="wire from x₂ to h₃: inhibitory")).to_be_visible()
    assert part(opened).locator(".working").inner_text() == said
