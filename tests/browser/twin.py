"""The JavaScript twin of the textbook's mathematics, called from Python: many calls in one trip to the browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

import muslin

FOLDER = Path(muslin.__file__).parent / "lecture" / "page" / "maths"
# Below, float64 has fewer digits than sixteen.
FLOOR = np.finfo(np.float64).tiny / np.finfo(np.float64).eps

# Lists of numbers become Float64Arrays on the way in, and lists again on the way out.
HARNESS = """async files => {
    const maths = globalThis.maths = Object.assign({}, ...(await Promise.all(files.map(file => import(`/${file}`)))));
    const isArray = value => Array.isArray(value) && value.every(each => typeof each === "number");
    const into = value => isArray(value) ? Float64Array.from(value) : value;
    const out = value =>
        ArrayBuffer.isView(value) ? Array.from(value)
        : Array.isArray(value) ? value.map(out)
        : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, out(v)]))
        : value;
    const attempt = work => { try { return out(work()) } catch (error) { return { error: error.message } } };
    const network = ({ padlocks = null, ...rest }) =>
        new maths.Network({ ...rest, parameters: Float64Array.from(rest.parameters), padlocks });

    globalThis.call = calls => calls.map(([name, ...given]) => attempt(() => maths[name](...given.map(into))));
    globalThis.optimize = ({ name, weights, gradients, settings }) => {
        const [moved, state] = [Float64Array.from(weights), maths.startState(weights.length)];
        return gradients.map(gradient => attempt(() => {
            maths[name](moved, Float64Array.from(gradient), state, settings);
            return moved;
        }));
    };
    globalThis.inNetwork = ({ network: made, calls }) => {
        let net;
        const failed = attempt(() => { net = network(made) });
        if (failed) return [failed];
        return calls.map(([name, ...given]) => attempt(() =>
            name in net ? net[name](...given.map(into)) : maths[name](net, ...given.map(into))));
    };
    globalThis.train = ({ network: made, batches, optimizer, settings, l2 }) => {
        const net = network(made);
        return batches.map(([inputs, targets], place) => attempt(() => {
            const { loss, penalty, gradient } =
                net.step(Float64Array.from(inputs), Int32Array.from(targets), maths[optimizer], settings, l2);
            const isEnd = place === 0 || place === batches.length - 1; // a hundred vectors take long to get here
            return { loss, penalty, ...(isEnd ? { gradient, parameters: net.parameters } : {}) };
        }));
    };
    globalThis.learn = given => attempt(() => {
        const lines = [];
        const learning = maths.trainPerceptron(...given.map(into));
        for (;;) {
            const { value, done } = learning.next();
            if (done) return { ...value, lines };
            lines.push(value);
        }
    });
    globalThis.neurons = ({ layers, rows, inputs }) => {
        const net = new maths.McCullochPittsNet(layers.map(layer => layer.map(
            ({ threshold, ...lines }) => new maths.McCullochPitts(threshold, lines))));
        return { states: rows.map(row => net.states(row)), table: maths.truthTable(net, inputs) };
    };
}"""


class Twin:
    """The twin in a page whose origin serves its folder."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(HARNESS, sorted(path.name for path in FOLDER.glob("*.js")))

    def call(self, *calls: Sequence[Any]) -> list[Any]:
        """Returns what functions answer, each called as [name, *arguments]; an error as {"error": its message}."""
        return self.run("call", [plain(call) for call in calls])

    def run(self, name: str, argument: Any) -> Any:
        """Returns what one of the harness's other functions answers."""
        return self._page.evaluate(f"given => {name}(given)", plain(argument))


def plain(value: Any) -> Any:
    """Returns arrays, at any depth, as flat lists, and what holds them as lists and dicts."""
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def assert_agree(ours: Any, theirs: Any, terms: Any = 0.0, bound: float = 1e-12) -> None:
    """Asserts that numbers agree to a share of their size, or of the size of the terms that they are the sum of."""
    assert not isinstance(ours, dict), ours
    ours, theirs = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    assert ours.size == theirs.size
    ours = ours.reshape(theirs.shape)
    assert not np.isnan(ours).any()
    ends = np.isinf(theirs)
    assert (ours[ends] == theirs[ends]).all()
    allowed = bound * np.maximum(np.maximum(np.abs(theirs), terms), FLOOR)
    apart = np.abs(np.where(ends, 0, ours) - np.where(ends, 0, theirs))
    worst = (apart / allowed).max()
    assert worst <= 1, f"{worst * bound:.2g} of the size apart: {ours} for {theirs}"
