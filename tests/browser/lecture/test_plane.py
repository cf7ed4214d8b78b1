"""Separating colours, driven: training in the worker, the bent plane, own points, programs that reproduce the curve."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.lecture import planes
from tests.browser.lecture.planes import SETTLED, part, show
from tests.browser.pages import Watch

TRAIN = """async ([state, steps]) => {
    const names = ["plane/trainer", "plane/recipe", "plane/code", "plane"];
    const modules = await Promise.all(names.map((name) => import(`./widgets/${name}.js`)));
    const [{ Trainer }, { recipeOf }, { asNumPy, asPyTorch }, { start }] = modules;
    const values = await (await fetch("packs/plane.json")).json();
    const recipe = recipeOf({ ...start(values), ...state }, values);
    const trainer = new Trainer(recipe);
    trainer.goTo(steps);
    const programs = { numpy: asNumPy(recipe, steps), torch: asPyTorch(recipe, steps) };
    return { parameters: [...trainer.network.parameters], ...programs };
}"""


KEPT = r"""() => {
    const [, state] = location.hash.match(/plane=([\w-]+)/) ?? [];
    return state && atob(state.replace(/-/g, "+").replace(/_/g, "/")).includes('"steps":130');
}"""


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return show(watch.open(f"{lecture_url}#colours"))


def type_into(page: Page, label: str, text: str) -> None:
    field = part(page).get_by_role("textbox", name=f"{label}, as a number", exact=True)
    field.fill(text)
    field.press("Enter")


def go_to(page: Page, step: int) -> None:
    type_into(page, "step", str(step))
    expect(planes.line(page)).to_contain_text(f"step {step:,}:", timeout=SETTLED)


def line(page: Page) -> str:
    return planes.line(page).inner_text()


CASES = [
    {"set": "ring-in-ring", "hidden": [4, 2], "optimizer": "gradient step", "l2": 0.01},
    {"set": "spirals", "hidden": [8, 8], "optimizer": "adam", "activation": "sigmoid"},
    {"set": "pinwheel", "hidden": [6], "optimizer": "momentum", "lr": 0.05, "batch": 7},
    {"set": "moons", "hidden": [3, 3, 3], "optimizer": "nesterov", "loss": "mean-squared-error", "l2": 0.001},
    {"set": "xor", "hidden": [], "optimizer": "adam", "activation": "relu"},
    {
        "set": "blobs",
        "hidden": [3],
        "optimizer": "momentum",
        "edits": [[0, 2, 0.5], [30, 4, 1.5], [30, 0, -1]],
        "turns": [[20, 0.01, 0.1], [60, 0.1, 0]],
        "locks": [[0, 1, 1], [30, 4, 1], [50, 1, 0]],
    },
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["set"])
def test_the_copied_programs_take_the_same_steps(opened, case):
    """After 100 steps, weights differ by at most 1e-9 of the largest, in NumPy and in PyTorch."""
    found = opened.evaluate(TRAIN, [case, 100])
    page = np.array(found["parameters"])
    names = {}
    # ruff: noqa: S102 - the page's own programs
    exec(found["numpy"].replace("print(", "str("), names)
    assert np.abs(names["network"].parameters - page).max() <= 1e-9 * np.abs(page).max()
    torch_names = {}
    exec(found["torch"].replace("print(", "str("), torch_names)
    layers = zip(torch_names["weights"], torch_names["biases"], strict=True)
    torch_parameters = np.concatenate([part.detach().numpy().ravel() for layer in layers for part in layer])
    assert np.abs(torch_parameters - page).max() <= 1e-9 * np.abs(page).max()
    assert np.allclose(names["losses"], torch_names["losses"], rtol=1e-9)


def test_it_learns_the_ring_and_the_line_is_drawn_in_the_bent_plane(opened):
    part(opened).get_by_label("hidden layers", exact=True).fill("3")
    part(opened).get_by_label("hidden layers", exact=True).press("Enter")
    go_to(opened, 4000)
    right = float(re.search(r"fresh points ([\d.]+) %", line(opened)).group(1))
    assert right > 97
    expect(part(opened).get_by_role("button", name=re.compile("layer 1, neuron"))).to_have_count(3)
    expect(part(opened)).to_contain_text(re.compile(r"Your line is wrong about \d+ of 250 points"))
    before = part(opened).locator(".numbers-live", has_text="Your line").inner_text()
    type_into(opened, "line, angle in degrees", "200")
    assert part(opened).locator(".numbers-live", has_text="Your line").inner_text() != before


def test_it_plays_pauses_and_steps_back_to_the_same_numbers(opened):
    go_to(opened, 40)
    there = line(opened)
    part(opened).get_by_role("button", name="Play").press("Enter")
    expect(part(opened).locator(".numbers-live").first).to_contain_text(
        re.compile(r"step \d,?\d{3,}:"), timeout=SETTLED
    )
    part(opened).get_by_role("button", name="Pause").press("Enter")
    go_to(opened, 40)
    assert line(opened) == there
    part(opened).get_by_role("button", name="Back").press("Enter")
    expect(part(opened).locator(".numbers-live").first).to_contain_text("step 39:", timeout=SETTLED)
    part(opened).get_by_role("button", name="Step").press("Enter")
    expect(part(opened).locator(".numbers-live").first).to_contain_text("step 40:", timeout=SETTLED)
    assert line(opened) == there


def test_the_link_restores_net_step_and_edited_weight(opened):
    part(opened).get_by_label("points", exact=True).select_option("moons")
    type_into(opened, "learning rate η", "0.01")
    go_to(opened, 30)
    part(opened).get_by_label("value", exact=True).fill("1.5")
    part(opened).get_by_label("value", exact=True).press("Enter")
    part(opened).get_by_label("locked: from now on, steps leave it as it is").check()
    go_to(opened, 130)
    expect(part(opened).get_by_label("value", exact=True)).to_have_value("1.5")
    there = line(opened)
    opened.wait_for_function(KEPT)
    opened.reload()
    show(opened)
    expect(part(opened).locator(".numbers-live").first).to_have_text(there, timeout=SETTLED)
    expect(part(opened).get_by_label("value", exact=True)).to_have_value("1.5")


def test_own_points_by_mouse_keyboard_and_csv(opened):
    part(opened).get_by_text("Points of your own").press("Enter")
    part(opened).get_by_role("button", name="Clear to two").press("Enter")
    part(opened).get_by_label("pointer").select_option("1")
    part(opened).locator("canvas").first.click(position={"x": 300, "y": 100})
    csv = part(opened).get_by_label("points as CSV: x,y,label")
    part(opened).get_by_role("button", name="Write the CSV").press("Enter")
    assert len(csv.input_value().splitlines()) == 4
    csv.fill("x,y,label\n-1,0,0\n1,0,1\n0,1,2\n0,zero,1")
    part(opened).get_by_role("button", name="Read the CSV").press("Enter")
    expect(part(opened)).to_contain_text("Line 4 is “0,zero,1”; it must be x,y,label")
    csv.fill("-1,0,0\n1,0,1\n0,1,2")
    part(opened).get_by_role("button", name="Read the CSV").press("Enter")
    expect(part(opened).get_by_role("button", name="layer 3, neuron 3")).to_be_visible()  # three colours, three outputs


def test_a_net_that_breaks_says_so_and_how_to_go_back(opened):
    part(opened).get_by_label("activation").select_option("relu")
    part(opened).get_by_label("optimizer").select_option("momentum")
    part(opened).get_by_label("loss, of two colours").select_option("binary-cross-entropy")
    type_into(opened, "weight decay λ", "1")
    type_into(opened, "learning rate η", "10")
    type_into(opened, "step", "5000")
    expect(part(opened).get_by_role("alert")).to_contain_text("the net broke", timeout=SETTLED)
    part(opened).get_by_role("button", name="Undo").press("Enter")
    expect(part(opened).get_by_role("alert")).to_be_empty(timeout=SETTLED)
