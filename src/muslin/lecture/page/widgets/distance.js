/** Two points to drag: the distance along the axes and the straight one, each with its ball. */

import { h, put, svg } from "../parts/dom.js";
import { list, number } from "../parts/checks.js";
import { numberField } from "../parts/fields.js";
import { formula, written } from "../parts/formula.js";
import { handle, inSvg } from "../parts/handle.js";
import { clamp, short } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { l1Distance, l2Distance } from "../maths/distances.js";

const [SIZE, REACH] = [420, 5]; // pixels, and units to each side

export const start = () => ({ a: [-1, -1], b: [2, 1] });
export const checks = () => ({ a: list(number(-REACH, REACH), 2, 2), b: list(number(-REACH, REACH), 2, 2) });

export function mount(root, { values, store, say }) {
  const guess = predictFirst({
    question: "b moves on a circle around a. Where is its L1 distance largest?",
    options: ["on the axes", "on the diagonals", "the same everywhere"],
  });
  const onScreen = ([x, y]) => [((x / REACH + 1) / 2) * SIZE, ((1 - y / REACH) / 2) * SIZE];
  const balls = { l1: svg("polygon", { class: "ball s1" }), l2: svg("polygon", { class: "ball s2" }) };
  const paths = { l1: svg("polyline", { class: "line s1" }), l2: svg("polyline", { class: "line s2 broken" }) };
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, class: "plane", role: "group", "aria-label": "two points with both balls around a" },
    svg("line", { class: "grid", x1: 0, x2: SIZE, y1: SIZE / 2, y2: SIZE / 2 }),
    svg("line", { class: "grid", y1: 0, y2: SIZE, x1: SIZE / 2, x2: SIZE / 2 }),
    balls.l1, balls.l2, paths.l1, paths.l2,
  );
  const toValue = (event) => inSvg(event, drawing).map((place, axis) => (axis ? 1 - (2 * place) / SIZE : (2 * place) / SIZE - 1) * REACH);
  const knobs = ["a", "b"].map((name) =>
    handle({ label: `point ${name}`, step: 0.1, position: () => store.state[name], toValue, toScreen: onScreen, shape: name === "a" ? "square" : "circle" }, (at, isLast) =>
      store.change({ [name]: at.map((each) => Number(clamp(each, -REACH, REACH).toFixed(2))) }, { undoable: isLast }),
    ),
  );
  drawing.append(...knobs);
  const fields = ["a", "b"].flatMap((name) => [0, 1].map((axis) => ({ name, axis, field: numberField({ label: `${name}${axis ? "₂" : "₁"}`, min: -REACH, max: REACH, value: 0 }, (typed) => store.change({ [name]: store.state[name].with(axis, typed) })) })));
  const [one, two] = [h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" })];
  const todo = tasks(
    [
      { text: "Make both distances equal, with the points apart.", isDone: ({ d1, d2 }) => d1 > 0.5 && d1 - d2 < 1e-9, hint: "On a line along an axis." },
      { text: "Make the L1 distance as many times the L2 distance as it can be.", isDone: ({ d1, d2 }) => d2 > 0.5 && d1 / d2 > Math.SQRT2 - 1e-3, hint: "√2 times, where both differences are alike." },
      { text: "Put b where its L2 distance is 5, exactly.", isDone: ({ d2 }) => d2 === 5, hint: "3 and 4." },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "How far apart are two points?"),
    guess,
    h(
      "div",
      { class: "columns" },
      h("div", { class: "stack" }, h("p", { class: "legend" }, "■ a, ● b · blue, solid: L1 · orange, broken: L2"), drawing, h("div", { class: "fields weights" }, fields.map(({ field }) => field))),
      h("div", { class: "stack" }, h("p", {}, formula(values.l1.formula)), one, h("p", {}, h("code", {}, values.l1.python)), h("p", {}, formula(values.l2.formula)), two, h("p", {}, h("code", {}, values.l2.python)), h("p", {}, "All points of a ball’s edge are as far from a as b is. The root is outside the sum: a root of each square would be L1 again."), todo),
    ),
  );

  const show = ({ a, b }) => {
    const [d1, d2] = [l1Distance(Float64Array.from(a), Float64Array.from(b)), l2Distance(Float64Array.from(a), Float64Array.from(b))];
    for (const [name, radius] of [["l1", d1], ["l2", d2]]) balls[name].setAttribute("points", values[name].ball.map(([x, y]) => onScreen([a[0] + radius * x, a[1] + radius * y]).join()).join(" "));
    paths.l1.setAttribute("points", [a, [b[0], a[1]], b].map((each) => onScreen(each).join()).join(" "));
    paths.l2.setAttribute("points", [a, b].map((each) => onScreen(each).join()).join(" "));
    knobs.forEach((knob) => knob.place());
    fields.forEach(({ name, axis, field }) => field.show(store.state[name][axis]));
    const [x, y] = [b[0] - a[0], b[1] - a[1]];
    put(one, written("|", x, "|", "+", "|", y, "|", "=", d1));
    put(two, written("√", "(", x * x, "+", y * y, ")", "=", d2), `; L1 is ${short(d2 > 0 ? d1 / d2 : 1, 3)} times as long`);
    if (d2 > 0.5 && d1 / d2 > 1.4) guess.answer(1, "There both differences count in full.");
    todo.check({ d1, d2 });
  };
  store.onChange(show);
  show(store.state);
}
