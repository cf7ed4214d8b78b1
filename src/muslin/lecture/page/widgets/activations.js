/** One handle over all activations: the value, the slope, and how much of a gradient passes. */

import { h, put, svg } from "../parts/dom.js";
import { number } from "../parts/checks.js";
import { slider } from "../parts/fields.js";
import { formula, over, power, written } from "../parts/formula.js";
import { handle, inSvg } from "../parts/handle.js";
import { clamp, percent, short } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import * as maths from "../maths/activations.js";

const [WIDTH, HEIGHT, MARGIN] = [240, 170, 10];
const [LOW, HIGH] = [-1.3, 2.2]; // of y
const SATURATED = 0.01; // of the gradient passes, or less
const FAR = 1000;

export const start = () => ({ x: 1, far: -20 });
export const checks = () => ({ x: number(-FAR, FAR), far: number(-FAR, FAR) });

export function mount(root, { values, store, say }) {
  const extent = values.x.at(-1);
  const cards = values.curves.map((curve) => card(curve, values.x, extent, store));
  const field = slider({ label: "x", min: -extent, max: extent, step: 0.05, value: store.state.x }, (x, isLast) =>
    store.change({ x }, { undoable: isLast }),
  );
  const guess = predictFirst({
    question: "At x = 4, which of the five still passes a gradient on undiminished?",
    options: ["sigmoid", "tanh", "relu and gelu", "all of them"],
  });
  const todo = tasks(
    [
      { text: "Find an x at which sigmoid is saturated: less than 1 % of a gradient passes.", isDone: ({ x }) => maths.sigmoidGradient(x) < SATURATED, hint: "Type a number beyond the slider’s end." },
      { text: "Find where gelu is lowest, to within 0.1.", isDone: ({ x }) => Math.abs(maths.geluGradient(x)) < 0.06 && x < 0, hint: "There its slope is 0." },
      { text: "See the naive sigmoid fail.", isDone: ({ far }) => !Number.isFinite(Math.exp(-far)), hint: "e to the power of 710 is more than a number of 64 bits holds." },
    ],
    say,
  );
  const overflow = overflowing(store);
  put(root, guess, h("div", { class: "fields" }, field), h("div", { class: "cards" }, cards), overflow, todo);

  const show = (state) => {
    field.show(state.x);
    cards.forEach((each) => each.show(state.x));
    overflow.show(state.far);
    todo.check(state);
    if (state.x >= extent) guess.answer(2, "Where they rise at a slope of 1, a gradient passes whole.");
  };
  store.onChange(show);
  show(store.state);
}

/** One activation: its curve, its slope dashed, and both at x. */
function card(curve, xs, extent, store) {
  const [value, slope] = [maths[curve.name], maths[`${curve.name}Gradient`]];
  const across = (x) => MARGIN + ((x + extent) / (2 * extent)) * (WIDTH - 2 * MARGIN);
  const up = (y) => HEIGHT - MARGIN - ((y - LOW) / (HIGH - LOW)) * (HEIGHT - 2 * MARGIN);
  const isInside = (y) => y >= LOW && y <= HIGH; // a curve ends where it leaves the drawing
  const path = (ys) => ys.flatMap((y, place) => (isInside(y) ? `${across(xs[place]).toFixed(1)},${up(y).toFixed(1)}` : [])).join(" ");
  const tangent = svg("line", { class: "tangent" });
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": `${curve.name} and its slope` },
    svg("line", { class: "grid", x1: MARGIN, x2: WIDTH - MARGIN, y1: up(0), y2: up(0) }),
    svg("line", { class: "grid", x1: across(0), x2: across(0), y1: MARGIN, y2: HEIGHT - MARGIN }),
    svg("polyline", { class: "line s2 broken", points: path(curve.slope) }),
    svg("polyline", { class: "line s1", points: path(curve.y) }),
    tangent,
  );
  const knob = handle(
    {
      label: `x on ${curve.name}`,
      step: 0.05,
      position: () => [store.state.x, value(store.state.x)],
      toValue: (event) => [((inSvg(event, drawing)[0] - MARGIN) / (WIDTH - 2 * MARGIN)) * 2 * extent - extent, 0],
      toScreen: ([x, y]) => [across(clamp(x, -extent, extent)), up(clamp(y, LOW, HIGH))],
    },
    ([x], isLast) => store.change({ x: Number(clamp(x, -extent, extent).toFixed(3)) }, { undoable: isLast }),
  );
  drawing.append(knob);
  const numbers = h("p", { class: "numbers-live" });
  const passes = h("div", { class: "meter", "aria-hidden": "true" }, h("span"));
  const element = h(
    "figure",
    { class: "chart card" },
    h("figcaption", {}, curve.name),
    drawing,
    h("p", {}, formula(curve.formula)),
    numbers,
    passes,
    h("details", { class: "numbers" }, h("summary", {}, "Slope and Python"), h("p", {}, formula(curve.slope_formula)), h("p", {}, h("code", {}, curve.python))),
  );
  element.show = (x) => {
    const [y, passed] = [value(x), slope(x)];
    knob.place();
    const reach = 0.7 / Math.hypot(1, passed);
    const ends = [-reach, reach].map((far) => [across(clamp(x, -extent, extent) + far), up(clamp(y, LOW, HIGH) + far * passed)]);
    for (const [name, place] of [["x1", ends[0][0]], ["y1", ends[0][1]], ["x2", ends[1][0]], ["y2", ends[1][1]]]) tangent.setAttribute(name, place);
    put(numbers, `value ${short(y)}, slope ${short(passed)}: `, h("strong", {}, Math.abs(passed) <= SATURATED ? "saturated" : `${percent(passed, 0)} of a gradient passes`));
    passes.firstChild.style.width = `${100 * clamp(Math.abs(passed), 0, 1)}%`;
  };
  return element;
}

/** Why sigmoid(-1000) is no accident: the formula as it stands, and as the textbook computes it. */
function overflowing(store) {
  const field = slider({ label: "x far out", min: -FAR, max: FAR, step: 1, value: store.state.far }, (far, isLast) =>
    store.change({ far }, { undoable: isLast }),
  );
  const [naive, stable] = [h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" })];
  const element = h(
    "div",
    { class: "overflow" },
    h("h3", {}, "Far out: the formula as it stands, and as it is computed"),
    field,
    h("div", { class: "columns" }, h("div", {}, h("h4", {}, "As it stands"), naive), h("div", {}, h("h4", {}, "With the power of −|x| alone"), stable)),
  );
  element.show = (x) => {
    field.show(x);
    const large = Math.exp(-x);
    const small = Math.exp(-Math.abs(x));
    put(naive, written(power("e", [-x]), "=", large), ", ", written(over([1], [1, "+", large]), "=", 1 / (1 + large)),
      Number.isFinite(large) ? "" : " – the power overflowed on the way; for softmax it is ∞ / ∞, which is not a number.");
    put(stable, written(power("e", ["−", Math.abs(x)]), "=", small), ", ",
      written(over(x >= 0 ? [1] : [small], [1, "+", small]), "=", maths.sigmoid(x)), ". It is in [0, 1], whatever x is.");
  };
  return element;
}
