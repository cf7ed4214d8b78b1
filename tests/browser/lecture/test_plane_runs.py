"""Separating colours: what is done on the way, going back, and the runs that were left at an earlier step."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lecture.links import link_of, state_in, type_into
from tests.browser.lecture.planes import SETTLED, STEM, line, part, show
from tests.browser.pages import Watch

# Goes here and there with one trainer, and straight there with others.
THERE = """async () => {
    const names = ["plane/trainer", "plane/recipe", "plane"];
    const [{ Trainer }, { recipeOf }, { start }] =
        await Promise.all(names.map((name) => import(`./widgets/${name}.js`)));
    const values = await (await fetch("packs/plane.json")).json();
    const recipe = (patch) => recipeOf({ ...start(values), ...patch }, values);
    const turns = [[300, 0.001, 0.01]];
    const [edits, locks] = [[[200, 4, 1.5]], [[250, 4, 1]]];
    const ways = [
        [{}, [700, 130, 690]], [{ turns }, [500]], [{ turns, edits }, [640, 200, 199]],
        [{ turns, edits, locks }, [900]], [{ edits, locks, optimizer: "momentum" }, [260]],
    ];
    const one = new Trainer(recipe({}));
    return ways.map(([patch, steps]) => {
        one.adopt(recipe(patch));
        for (const step of steps) one.goTo(step);
        const other = new Trainer(recipe(patch));
        other.goTo(steps.at(-1));
        return [one, other].map(({ network, marks, steps }) => [steps, [...marks], [...network.parameters]]);
    });
}"""


@pytest.fixture
def opened(watch: Watch, lecture_url: str) -> Page:
    return show(watch.open(f"{lecture_url}#colours"))


def go_to(page: Page, step: int) -> str:
    type_into(part(page), "step", str(step))
    expect(line(page)).to_contain_text(f"step {step:,}:", timeout=SETTLED)
    return line(page).inner_text()


def set_weight(page: Page, value: str) -> None:
    field = part(page).get_by_label("value", exact=True)
    field.fill(value)
    field.press("Enter")


def run(page: Page, number: int) -> Locator:
    return part(page).get_by_role("button", name=re.compile(rf"^{number}: "))


def test_going_back_and_on_takes_the_steps_of_going_straight(opened):
    for one, other in opened.evaluate(THERE):
        assert one == other


def test_a_change_at_an_earlier_step_leaves_a_run_to_go_back_to_by_keyboard(opened):
    end = go_to(opened, 400)
    go_to(opened, 100)
    assert state_in(opened, STEM) == {"steps": 100, "reached": 400}, "only looked at"
    set_weight(opened, "2")
    expect(run(opened, 1)).to_have_text("1: no weight set by hand; to step 400")
    state = state_in(opened, STEM)
    assert (state["edits"], state["reached"]) == ([[100, 0, 2]], 100)
    other = go_to(opened, 300)
    assert other != go_to(opened, 299)
    expect(part(opened).locator(".legend", has_text="run 1, fresh points")).to_be_visible()
    run(opened, 1).press("Enter")
    expect(line(opened)).to_have_text(end, timeout=SETTLED)
    expect(run(opened, 1)).to_have_text("1: 1 weight set by hand; to step 300")
    expect(run(opened, 2)).to_be_hidden()
    run(opened, 1).press("Enter")
    expect(line(opened)).to_have_text(other, timeout=SETTLED)
    part(opened).get_by_role("button", name="Undo").press("Enter")
    expect(line(opened)).to_have_text(end, timeout=SETTLED)


def test_another_rate_holds_from_the_step_at_hand_on_and_the_link_has_all_runs(opened, watch, lecture_url):
    go_to(opened, 300)
    there = go_to(opened, 200)
    after = go_to(opened, 201)
    go_to(opened, 200)
    type_into(part(opened), "learning rate η", "0.5")
    expect(line(opened)).to_have_text(there, timeout=SETTLED)
    assert go_to(opened, 201) != after
    end = go_to(opened, 250)
    go_to(opened, 240)
    state = state_in(opened, STEM)
    assert state["turns"] == [[200, 0.5, 0]]
    assert [branch["steps"] for branch in state["branches"]] == [300]
    opened.goto("about:blank")
    again = show(watch.open(f"{lecture_url}#colours;{link_of(STEM, state)}"))
    expect(run(again, 1)).to_have_text("1: η and λ as at the start; to step 300")
    table = part(again).locator("figure.chart").first
    table.get_by_text("Show as table").press("Enter")
    last = table.locator("tbody tr").last
    expect(last.locator("th")).to_have_text("12")  # epochs of 25 steps: the run that was left
    expect(
        table.locator("tbody tr", has=again.get_by_role("rowheader", name="10", exact=True)).locator("td")
    ).to_have_text([re.compile(r"\d")] * 3)
    assert state_in(again, STEM) == state
    assert go_to(again, 250) == end


def test_what_begins_anew_leaves_a_run_too_and_four_are_kept(opened):
    chosen = [("optimizer", "momentum"), ("optimizer", "nesterov"), ("optimizer", "gradient step")]
    for label, option in [*chosen, ("activation", "relu"), ("activation", "sigmoid")]:
        go_to(opened, 5)
        part(opened).get_by_label(label).select_option(option)
    branches = state_in(opened, STEM)["branches"]
    assert [(branch["optimizer"], branch["activation"]) for branch in branches] == [
        ("momentum", "tanh"),
        ("nesterov", "tanh"),
        ("gradient step", "tanh"),
        ("gradient step", "relu"),
    ]
    expect(part(opened).locator(".branches button")).to_have_count(4)
    part(opened).get_by_label("points", exact=True).select_option("moons")
    assert "branches" not in state_in(opened, STEM), "of other points, there is nothing to compare"
    part(opened).get_by_role("button", name="Undo").press("Enter")
    expect(part(opened).locator(".branches button")).to_have_count(4)


def test_what_was_done_to_the_start_weights_stays_when_training_begins_anew(opened):
    set_weight(opened, "1.25")
    part(opened).get_by_label("locked: from now on, steps leave it as it is").check()
    go_to(opened, 30)
    part(opened).get_by_role("button", name="Reset").press("Enter")
    expect(part(opened).get_by_label("value", exact=True)).to_have_value("1.25")
    part(opened).get_by_label("optimizer").select_option("momentum")
    go_to(opened, 30)
    expect(part(opened).get_by_label("value", exact=True)).to_have_value("1.25")
    part(opened).get_by_role("button", name="New start").press("Enter")
    assert {"edits", "locks"}.isdisjoint(state_in(opened, STEM))


def test_while_it_plays_a_rate_is_turned_without_a_stop(opened):
    part(opened).get_by_label("Speed").select_option("a step a frame")
    part(opened).get_by_role("button", name="Play").press("Enter")
    expect(line(opened)).to_contain_text(re.compile(r"step [1-9]\d*:"), timeout=SETTLED)
    type_into(part(opened), "weight decay λ", "0.05")
    reached = int(re.search(r"step (\d+):", line(opened).inner_text())[1])
    opened.wait_for_function(
        "(step) => Number(/step ([0-9]+):/.exec("
        "document.querySelector('[data-widget=plane] .numbers-live').textContent)[1]) > step + 5",
        arg=reached,
    )
    part(opened).get_by_role("button", name="Pause").press("Enter")
    state = state_in(opened, STEM)
    [[since, *rates]] = state["turns"]
    assert rates == [0.03, 0.05]
    assert 0 < since < state["steps"]
