"""What holds for every widget of the page: it mounts, it is accessible and fits, it refuses what no link may bring."""

import pytest
from playwright.sync_api import Page, expect

from muslin.lecture.sections import SECTIONS
from tests.browser.lecture.links import link_of, widget
from tests.browser.pages import LOOKS, emulate, serious_problems

STEMS = [stem for section in SECTIONS for stem in section.widgets]

# A run of the plane that was left, with a net of 13 numbers.
BRANCH = {
    "hidden": [3],
    "activation": "tanh",
    "optimizer": "adam",
    "lr": 0.1,
    "l2": 0,
    "batch": 10,
    "seed": 1,
    "steps": 30,
    "edits": [[5, 12, 1]],
    "turns": [],
    "locks": [],
}

# Each field has the right kind of value, but none that fits: of its range, of the others, of what the widget knows.
HOSTILE = {
    "activations": [{"x": 1e9}, {"y": 1}],
    "backpropagation": [
        {"layout": "9-9-9"},
        {"layout": "2-3-1"},  # with the parameters of another
        {"layout": "2-2-2", "loss": "mean-squared-error", "parameters": [0] * 12},
        {"parameters": [1, 2, "x"]},
        {"place": 99},
        {"step": 1e9},
        {"weight": 20},
        {"lr": -1},
        {"h": 0},
        {"inputs": [[1], 2]},
    ],
    "browse": [{"chosen": 400}, {"label": 10}, {"search": "x" * 31}, {"hard": 1}, {"more": 1}],
    "decay": [
        {"pair": "L7"},
        {"steps": 1e6},
        {"changes": []},
        {"changes": [[5, 0]]},
        {"changes": [[0, 0], [9, 1], [3, 0]]},
        {"changes": [[0, 2]]},
        {"changes": [[0, 0]] * 101},
    ],
    "descent": [{"pair": [1, 1]}, {"pair": [0, 99]}, {"from": [0, 7]}, {"lr": 1e9}, {"optimizer": "x"}, {"step": 1.5}],
    "epochs": [{"epoch": 99}, {"model": "lunch"}, {"label": 10}],
    "fit": [{"epochs": 0}, {"model": "resnet_wide"}, {"seed": 2**31}, {"shown": -1}],
    "gates": [{"wires": [[1, 1, 1]]}, {"hidden": 2}, {"gate": "x"}, {"thresholds": [9]}, {"inputs": 3}],
    "guess": [
        {"answers": [10]},
        {"answers": [0] * 21},
        {"opened": [0, 1, 2]},
        {"deck": 6},
        {"answers": [0] * 20, "opened": [2, 0, 0]},
    ],
    "kernel": [{"place": 899}, {"weights": [1]}, {"stride": 9}],
    "perceptron": [{"steps": 900}, {"set": "x"}, {"points": [[0, 0, 2]]}, {"points": []}, {"start": [1e9, 0, 0]}],
    "plane": [
        {"hidden": [9]},
        {"locks": [500]},
        {"locks": [[0, 25, 1]]},
        {"locks": [[0, 1, 2]]},
        {"edits": [[0.5, 1, 1]]},
        {"turns": [[5, 0.1, 0], [5, 0.2, 0]]},
        {"turns": [[5, 100, 0]]},
        {"branches": [{"hidden": [2]}]},
        {"branches": [BRANCH | {"edits": [[0, 13, 0]]}]},
        {"branches": [BRANCH | {"own": None}]},
        {"branches": [BRANCH] * 5},
        {"rival": ["set", "xor"]},
        {"rival": ["hidden", [9]]},
        {"rival": ["lr", 0]},
        {"rival": ["toString", 1]},
        {"rival": ["seed"]},
        {"own": [[0, 0, 0]]},
        {"set": "<img>"},
        {"steps": 1e9},
        {"noise": 0.6},
        {"noiseSeed": 4},
        {"chosen": 250},
        {"own": [[0, 0, 0], [1, 1, 1]], "chosen": 2},
        {"pinned": [0, 4]},
        {"pinned": [3, 0]},
    ],
    "questions": [{"garment": 20}, {"asked": [99]}, {"asked": [0] * 21}, {"guess": 10}],
    "regions": [
        {"k": 26},
        {"chosen": 25},
        {"points": [[0, 0, 0]]},
        {"points": [[0, 0, 3]] * 3},
        {"points": [[9, 0, 0]] * 3},
        {"probe": [0]},
    ],
    "residual": [{"depth": 1}],
    "rules": [{"picture": 60}, {"at": 99}, {"threshold": 1, "at": 30}, {"rules": 7}],
    "scores": [{"edits": [[0, 256]]}, {"edits": [[784, 0]]}, {"garment": 30}, {"loss": "x"}, {"shifts": [0]}],
    "surprise": [{"p": [1, 1, 1, 1]}],
}

# Where a widget has more to show than at its start.
UNDER_WAY = {
    "gates": {"hidden": 2, "wires": [[1, -1], [-1, 1], [1, 1]], "thresholds": [1, 1, 1], "gate": "XOR"},
    "guess": {"answers": [0] * 20},
    "plane": {
        "steps": 10,
        "reached": 40,
        "branches": [BRANCH],
        "rival": ["hidden", [3]],
        "noise": 0.1,
        "chosen": 3,
        "pinned": [0, 1],
    },
    "questions": {"asked": [0, 1], "guess": 2},
}

# Returns the settings of a widget, and for each state the sentence that refuses it, or null.
REFUSE = """async ([stem, states]) => {
    const [{ fields }, widget, values] = await Promise.all([
        import("/parts/checks.js"),
        import(`/widgets/${stem}.js`),
        fetch(`/packs/${stem}.json`).then(reply => reply.json()),
    ]);
    const [checks, start] = [widget.checks(values), widget.start(values)];
    const attempt = state => {
        try {
            const found = fields(checks)(state, stem);
            widget.agree?.({ ...start, ...found }, values);
            return null;
        } catch (error) {
            return error.message;
        }
    };
    const wrong = Object.keys(checks).map(name => ({ [name]: { nothing: 1 } }));
    const refusals = [...states, ...wrong, { nothing: 1 }].map(state => [state, attempt(state)]);
    return { start: attempt(start), refusals };
}"""


@pytest.fixture(scope="module")
def modules(browser, lecture_url):
    """A page of the lecture's origin, in which its modules are called."""
    page = browser.new_page()
    page.goto(f"{lecture_url}packs/project.json")
    yield page
    page.close()


@pytest.mark.parametrize("stem", STEMS)
def test_it_begins_with_what_a_link_may_bring_and_refuses_the_rest(modules: Page, stem):
    found = modules.evaluate(REFUSE, [stem, HOSTILE.get(stem, [])])
    assert found["start"] is None
    assert [state for state, sentence in found["refusals"] if not sentence] == []


def test_what_is_refused_is_left_out_and_told(watch, lecture_url):
    parts = [link_of(stem, states[0]) for stem, states in HOSTILE.items()]
    page = watch.open(f"{lecture_url}#activations;{';'.join(parts)}")
    for stem in HOSTILE:
        widget(page, stem)
        expect(page.locator("#banner")).to_contain_text(f"The link's part for {stem} was left out")
    expect(page.get_by_role("textbox", name="x, as a number", exact=True)).to_have_value("1")


@pytest.mark.parametrize("look", ["narrow", "dark"])  # light and dark, and both layouts: dark is wide
def test_the_page_is_accessible_and_fits_with_everything_on_it(watch, lecture_url, look):
    page = watch.open(f"{lecture_url}#;{';'.join(link_of(stem, state) for stem, state in UNDER_WAY.items())}")
    emulate(page, look)
    for stem in STEMS:
        widget(page, stem)
        assert page.evaluate("document.documentElement.scrollWidth") <= LOOKS[look].width, stem
    expect(page.locator("#banner")).to_be_empty()
    assert serious_problems(page) == []
