/** The plane, each place of it given to the class that most of its k nearest points have. */

import { button, h, put } from "../parts/dom.js";
import { list, number, oneOf, whole } from "../parts/checks.js";
import { choice, numberField, slider } from "../parts/fields.js";
import { formula } from "../parts/formula.js";
import { clamp, fixed, percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { inOrder, vote } from "../parts/vote.js";
import { l1Distance, l2Distance } from "../maths/distances.js";
import { regionMap } from "./regions/map.js";

const DISTANCES = { L1: l1Distance, L2: l2Distance };
const NAMES = ["● blue", "■ orange", "▲ green"];
const [REACH, MOST_POINTS, SIDE] = [1.4, 60, 48];

export const start = ({ points }) => ({ points, k: 1, metric: "L2", probe: [0.2, 0.1], chosen: points.length - 1 });
export const checks = () => ({
  points: list(point, MOST_POINTS, 3),
  k: whole(1, MOST_POINTS),
  metric: oneOf(...Object.keys(DISTANCES)),
  probe: list(number(-REACH, REACH), 2, 2),
  chosen: whole(0, MOST_POINTS - 1),
});
export function agree({ points, k, chosen }) {
  if (k > points.length) throw new Error(`k is ${k}, and there are ${points.length} points`);
  if (chosen >= points.length) throw new Error(`chosen is ${chosen}, and there are ${points.length} points`);
}

function point(value, name) {
  if (!Array.isArray(value) || value.length !== 3) throw new Error(`${name} must be x, y and a class`);
  return [number(-REACH, REACH)(value[0], name), number(-REACH, REACH)(value[1], name), whole(0, NAMES.length - 1)(value[2], name)];
}

/** Returns the points nearest to a place, in order, and what the first k of them vote. */
function asked([x, y], { points, k, metric }) {
  const here = Float64Array.of(x, y);
  const far = points.map(([a, b]) => DISTANCES[metric](here, Float64Array.of(a, b)));
  const order = inOrder(far);
  const [label, votes] = vote(order.slice(0, k).map((at) => points[at][2]));
  return { far, near: order.slice(0, k), label, votes };
}

/** Returns the class of each cell of the map, row by row from the top. */
function mapOf(state) {
  const place = (cell) => ((cell + 0.5) / SIDE) * 2 * REACH - REACH;
  return Array.from({ length: SIDE * SIDE }, (_, cell) => asked([place(cell % SIDE), -place(Math.floor(cell / SIDE))], state).label);
}

export function mount(root, { values, store, say }) {
  const lone = values.points.length - 1;
  const round = (at) => at.map((each) => Number(clamp(each, -REACH, REACH).toFixed(2)));
  const changed = (patch, isLast = true) => store.change(patch, { undoable: isLast });
  const edit = (chosen, [x, y], label, isLast = true) => changed({ points: store.state.points.with(chosen, [...round([x, y]), label]) }, isLast);
  const guess = predictFirst({
    question: "k grows from 1 to 15. What becomes of the island around the lone ● among the ■?",
    options: ["it grows", "it stays as it is", "it vanishes"],
  });
  const map = regionMap({ side: SIDE, reach: REACH, names: NAMES }, {
    choose: (chosen) => changed({ chosen }),
    movePoint: (chosen, at, isLast) => edit(chosen, at, store.state.points[chosen][2], isLast),
    moveProbe: (at, isLast) => changed({ probe: round(at) }, isLast),
  });
  const k = slider({ label: "k nearest", min: 1, max: MOST_POINTS, step: 1, value: 1 }, (value, isLast) => changed({ k: clamp(Math.round(value), 1, store.state.points.length) }, isLast));
  const metric = choice({ label: "distance", options: Object.keys(DISTANCES).map((each) => [each, each]), value: "L2" }, (each) => changed({ metric: each }));
  const probe = [0, 1].map((axis) => numberField({ label: axis ? "probe y" : "probe x", min: -REACH, max: REACH, value: 0 }, (typed) => changed({ probe: store.state.probe.with(axis, typed) })));
  const which = numberField({ label: "point", min: 1, max: MOST_POINTS, value: 1 }, (typed) => changed({ chosen: clamp(Math.round(typed), 1, store.state.points.length) - 1 }));
  const where = [0, 1].map((axis) => numberField({ label: axis ? "its y" : "its x", min: -REACH, max: REACH, value: 0 }, (typed) => edit(store.state.chosen, store.state.points[store.state.chosen].slice(0, 2).with(axis, typed), store.state.points[store.state.chosen][2])));
  const kind = choice({ label: "its class", options: NAMES.map((each, at) => [at, each]), value: 0 }, (label) => edit(store.state.chosen, store.state.points[store.state.chosen], label));
  const add = button("Add a point at the probe", () => changed({ points: [...store.state.points, [...store.state.probe, store.state.points[store.state.chosen][2]]], chosen: store.state.points.length }));
  const erase = button("Erase it", () => {
    const points = store.state.points.toSpliced(store.state.chosen, 1);
    changed({ points, chosen: Math.min(store.state.chosen, points.length - 1), k: Math.min(store.state.k, points.length) });
  });
  const undo = button("Undo", () => store.undo());
  const reset = button("Reset", () => store.reset());
  const [said, shares, wrong] = [h("p", { class: "numbers-live", role: "status" }), h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" })];
  const rows = asTable("the points, nearest first", () => {
    const { far } = asked(store.state.probe, store.state);
    return [["point", "x", "y", "class", "distance from the probe"], ...inOrder(far).map((at) => [at + 1, store.state.points[at][0], store.state.points[at][1], NAMES[store.state.points[at][2]], fixed(far[at])])];
  });
  const todo = tasks(
    [
      { text: "Let the island around the lone ● among the ■ vanish.", isDone: ({ points, atLone }) => points === values.points && atLone !== values.points[lone][2], hint: "One voice of few." },
      { text: "Put the probe where L1 and L2 answer differently.", isDone: ({ differs }) => differs, hint: "At an edge; along a diagonal, L1 counts more." },
      { text: "Ask so many that one class has the whole plane.", isDone: ({ counts }) => counts.filter(Boolean).length === 1, hint: "Who is most numerous, once all are asked?" },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Whose is the plane?"),
    guess,
    h("div", { class: "fields" }, k, metric, undo, reset),
    h(
      "div",
      { class: "columns" },
      h("div", { class: "stack" }, h("p", { class: "legend" }, `${NAMES.join(", ")} · + probe, with lines to its nearest · drag the probe or a point`), map, rows),
      h("div", { class: "stack" }, h("p", {}, formula(values.formula)), said, shares, wrong, h("p", {}, h("code", {}, values.python)), h("div", { class: "fields" }, probe), h("h4", {}, "One point"), h("div", { class: "fields" }, which, where, kind, add, erase), todo),
    ),
  );

  const show = (state) => {
    const { points } = state;
    const { near, label, votes } = asked(state.probe, state);
    const cells = mapOf(state);
    const counts = NAMES.map((_, each) => cells.filter((cell) => cell === each).length);
    const missed = points.filter((each) => asked(each, state).label !== each[2]).length;
    k.show(state.k);
    metric.show(state.metric);
    probe.forEach((field, axis) => field.show(state.probe[axis]));
    which.show(state.chosen + 1);
    where.forEach((field, axis) => field.show(points[state.chosen][axis]));
    kind.show(points[state.chosen][2]);
    add.disabled = points.length >= MOST_POINTS;
    erase.disabled = points.length <= 3;
    undo.disabled = !store.canUndo;
    put(said, state.k === 1 ? "The nearest of the probe says " : `Of the ${state.k} nearest of the probe, ${votes} say `, h("strong", {}, NAMES[label]), ".");
    put(shares, `Of the plane drawn: ${NAMES.map((name, each) => `${name} ${percent(counts[each] / cells.length)}`).join(", ")}.`);
    put(wrong, `Of the ${points.length} points, asked like any place, ${missed} ${missed === 1 ? "is" : "are"} answered wrongly.`);
    map.show({ points, probe: state.probe, chosen: state.chosen, near, cells });
    rows.renew();
    if (state.k >= 15) guess.answer(2, "One voice of many: the map no longer believes each single point.");
    const differs = asked(state.probe, { ...state, metric: state.metric === "L1" ? "L2" : "L1" }).label !== label;
    todo.check({ points, counts, differs, atLone: asked(values.points[lone], state).label });
  };
  store.onChange(show);
  show(store.state);
}
