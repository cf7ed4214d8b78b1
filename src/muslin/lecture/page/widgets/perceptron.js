/** The perceptron: drag the line, or let it learn one mistake a step. */

import { button, h, put } from "../parts/dom.js";
import { flag, list, maybe, number, oneOf, whole } from "../parts/checks.js";
import { chart } from "../parts/chart.js";
import { check, choice, numberField } from "../parts/fields.js";
import { formula } from "../parts/formula.js";
import { short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { mistakeBound } from "../maths/perceptron.js";
import { Course, MOST } from "./perceptron/learning.js";
import { path } from "./perceptron/path.js";
import { plane } from "./perceptron/plane.js";
import { bound, progress, working } from "./perceptron/words.js";

const FAR = 1000; // weights that may be typed
const MOST_POINTS = 80;
const SPEEDS = [[4, "4 mistakes a second"], [1, "1 a second"], [20, "20 a second"], [100, "100 a second"]];
const ZERO = [0, 0, 0];
const SHOWN = 14; // mistakes that a new visitor sees made

export const start = () => ({ set: "narrow", points: null, start: ZERO, steps: SHOWN, inside: false });

export const checks = (values) => ({
  set: oneOf(...values.sets.map(({ name }) => name)),
  points: maybe(list(point(values.extent), MOST_POINTS, 1)),
  start: list(number(-FAR, FAR), 3, 3),
  steps: whole(0, MOST),
  inside: flag,
});

const point = (extent) => (value, name) => {
  const [x, y, label] = list(number(-FAR, FAR), 3, 3)(value, name);
  return [number(-extent, extent)(x, name), number(-extent, extent)(y, name), oneOf(0, 1)(label, name)];
};

export function agree(state, values) {
  const course = courseOf(state, values);
  course.at(state.steps);
  if (state.steps >= course.lines.length) throw new Error(`steps is ${state.steps}; this line rests after ${course.lines.length - 1}`);
}

const setOf = (state, values) => values.sets.find(({ name }) => name === state.set);
const courseOf = (state, values) => new Course(state.points ?? setOf(state, values).points, state.start, state.inside);

export function mount(root, { values, store, say, onVisible }) {
  let course = courseOf(store.state, values);
  let chosen = 0;
  let label = 1; // of the next point
  let isDragged = false;
  let waiting = 0; // share of a mistake that is due while it plays

  const now = () => course.at(store.state.steps);
  const lineNow = () => [...now().weights, now().bias];
  const pointsNow = () => course.points.map((each) => [...each]);

  /** One change for the whole of a drag. */
  function change(patch, isLast = true) {
    store.change(patch, { undoable: !isDragged });
    isDragged = !isLast;
  }
  const edit = (points, isLast) => change({ points, start: lineNow(), steps: 0 }, isLast);
  const setLine = (line, isLast) => change({ start: line, steps: 0 }, isLast);
  const replace = (place, point, isLast) => edit(pointsNow().with(place, point), isLast);

  const does = {
    line: setLine,
    move: (place, [x, y], isLast) => replace(place, [x, y, course.points[place][2]], isLast),
    flip: (place) => replace(place, course.points[place].with(2, 1 - course.points[place][2])),
    choose: (place) => {
      if (chosen === place) return;
      chosen = place;
      show(store.state);
    },
    erase: (place) => course.points.length > 1 && edit(pointsNow().toSpliced(place, 1)),
    add: ([x, y]) => {
      if (course.points.length >= MOST_POINTS) return say(`There may be ${MOST_POINTS} points.`);
      chosen = course.points.length;
      edit([...pointsNow(), [x, y, label]]);
    },
  };

  const drawing = plane(values.extent, does);
  const way = path();
  const told = working();
  const [status, limit, flaw, spoken] = [h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" }), h("p", { class: "unseen", "aria-live": "polite" })];
  const epochs = chart({ title: "Mistakes in each epoch", x: "epoch", y: "", low: 0, counts: true });
  const sets = choice({ label: "Points", options: [...values.sets.map(({ name, title }) => [name, title]), ["own", "your own"]], value: store.state.set }, (set) =>
    set === "own" ? change({ points: pointsNow() }) : change({ set, points: null, start: ZERO, steps: 0 }),
  );
  const weights = ["w₁", "w₂", "b"].map((name, place) =>
    numberField({ label: name, min: -FAR, max: FAR, value: 0 }, (value) => setLine(lineNow().with(place, value))),
  );
  const inside = check({ label: "The mistake: bias inside the sum", value: store.state.inside }, (isInside) => change({ inside: isInside, start: lineNow(), steps: 0 }));
  const own = ownPoint();
  const table = asTable("lines", () => [
    ["mistake", "epoch", "point", "w₁", "w₂", "b"],
    ...course.lines.slice(0, store.state.steps + 1).map((line, place) => [place, line.sample === undefined ? "" : line.epoch + 1, line.sample === undefined ? "" : line.sample + 1, ...[...line.weights, line.bias].map((value) => short(value))]),
  ]);

  const controls = player(root, { onVisible }, {
    store,
    speed: (value) => (speed = value),
    speeds: SPEEDS,
    started: () => (waiting = 1),
    stopped: () => (isDragged = false),
    frame: (seconds) => {
      waiting += seconds * speed;
      if (waiting < 1) return true;
      const goes = forward(Math.floor(waiting), false);
      waiting %= 1;
      return goes;
    },
    step: () => forward(1),
    back: () => store.state.steps > 0 && change({ steps: store.state.steps - 1 }),
    reset: () => change({ steps: 0 }),
    fresh: () => change({ start: values.starts[(values.starts.findIndex((each) => each.join() === store.state.start.join()) + 1) % values.starts.length], steps: 0 }),
  });
  let speed = SPEEDS[0][0];
  const zero = button("From weights of 0", () => change({ start: ZERO, steps: 0 }));

  /** Learns from some more mistakes; returns whether there may be others after them. */
  function forward(count, isLast = true) {
    course.at(store.state.steps + count);
    const steps = Math.min(store.state.steps + count, course.lines.length - 1, MOST);
    if (steps > store.state.steps) change({ steps }, isLast);
    else if (isLast) say(steps === MOST ? `It stops here, after ${MOST} mistakes.` : "There is no mistake left.");
    return steps < MOST && !course.restsAt(steps);
  }

  function ownPoint() {
    const name = h("span", { class: "numbers-live name" });
    const fields = ["x₁", "x₂"].map((axis, place) =>
      numberField({ label: `${axis} of the point`, min: -values.extent, max: values.extent, value: 0 }, (value) => replace(chosen, course.points[chosen].with(place, value))),
    );
    const next = choice({ label: "Next point", options: [[1, "● class 1"], [0, "■ class 0"]], value: label }, (value) => (label = value));
    const element = h(
      "div",
      {},
      h("h4", {}, "Points of your own"),
      h("p", { class: "faint" }, "Click on the ground to add a point, drag one to move it. By keyboard: Page Up and Page Down choose a point, arrows move it, F flips its class, Delete erases it."),
      h("div", { class: "fields" }, next, button("Add a point", () => does.add([0, 0]))),
      h("div", { class: "fields" }, name, ...fields, button("Flip", () => does.flip(chosen)), button("Erase", () => does.erase(chosen))),
    );
    element.show = () => {
      const [x, y, mark] = course.points[chosen];
      put(name, `Point ${chosen + 1}, ${mark ? "● class 1" : "■ class 0"}`);
      fields[0].show(x);
      fields[1].show(y);
    };
    return element;
  }

  const guess = predictFirst({
    question: "Four clouds, opposite ones of one class, as in XOR. When does the line come to rest?",
    options: ["after a few epochs", "late, but it does", "never"],
  });
  const todo = tasks(
    [
      { text: "Two clouds, a narrow gap: separate them by hand, with the handles or by typing.", isDone: ({ set, points, steps }) => set === "narrow" && points === null && steps === 0 && course.restsAt(0) },
      { text: "From weights of 0, let it come to rest where the gap is a hair’s breadth. Its mistakes stay far below the bound.", isDone: ({ set, points, start: from, steps, inside: isInside }) => set === "hair" && points === null && !isInside && from.every((value) => value === 0) && course.restsAt(steps) },
      { text: "Move, flip or add one point of a set that came to rest, so that it makes 200 mistakes and no end is in sight.", isDone: ({ points, steps }) => points !== null && steps >= 200 && !course.restsAt(steps), hint: "One point of the other class in the midst of a cloud is enough." },
      { text: "Learn with the bias inside the sum until it rests, and see what the right neuron makes of the same numbers.", isDone: ({ inside: isInside, steps }) => isInside && course.restsAt(steps) && course.wrong(now(), 1) > 0 },
    ],
    say,
  );

  put(
    root,
    guess,
    h("div", { class: "fields" }, sets, inside),
    controls,
    h("div", { class: "columns" },
      h("figure", { class: "chart" }, h("figcaption", {}, "The plane"), h("p", { class: "legend" }, "● class 1, ■ class 0, tinted: it fires, ringed: wrong"), drawing),
      h("figure", { class: "chart" }, h("figcaption", {}, "The weights as an arrow"), h("p", { class: "legend" }, "each mistake moves its tip by x or −x"), way),
      h("div", {}, epochs, status, limit, flaw)),
    h("div", { class: "columns halves" },
      h("div", {}, h("div", { class: "fields weights" }, weights, zero), own),
      h("div", {}, h("p", {}, formula(values.rule)), told, table)),
    spoken,
    todo,
  );

  function show(state) {
    const line = lineNow();
    const mistake = now().sample === undefined ? null : now();
    const before = mistake && course.at(state.steps - 1);
    const outputs = course.outputs(now());
    chosen = Math.min(chosen, course.points.length - 1);
    drawing.show({
      points: course.points,
      line,
      fires: state.inside ? line.with(2, 2 * line[2]) : line,
      before: before && [...before.weights, before.bias * (state.inside ? 2 : 1)],
      mistake,
      missed: course.points.map(([, , wanted], place) => outputs[place] !== wanted),
      chosen,
    });
    way.show(course.lines.slice(0, state.steps + 1), line);
    weights.forEach((field, place) => field.show(Number(line[place].toPrecision(6))));
    sets.show(state.points ? "own" : state.set);
    inside.show(state.inside);
    own.show();
    told.show(course, state.steps, state.inside);
    put(status, h("strong", {}, progress(course, state.steps)));
    put(limit, bound(course, state.steps, { set: setOf(state, values), isOwn: state.points !== null, start: state.start, isInside: state.inside, ofLine: ownBound(state) }));
    put(flaw, state.inside
      ? `It fires where w · x + 2 b is not negative: the bias counts once for each input. The right neuron, muslin.textbook.neuron.perceptron, is wrong about ${course.wrong(now(), 1)} of ${course.points.length} points with these numbers; its line is dashed.`
      : null);
    epochs.show([{ name: "mistakes", colour: 1, points: course.epochs(state.steps).map((count, place) => [place + 1, count]) }]);
    table.renew();
    if (!controls.plays()) put(spoken, progress(course, state.steps));
    if (state.set.match(/xor|squares/) && !state.points && course.epochs(state.steps).length > 5 && !course.restsAt(state.steps))
      guess.answer(2, "No line separates them, so each line is wrong about some point, and the rule moves it again.");
    todo.check(state);
  }

  /** The bound by the line that was found; null where that line runs through a point. */
  function ownBound(state) {
    if (state.points === null || !course.restsAt(state.steps)) return null;
    const outwards = course.points.every(([x, y, wanted]) => wanted === 0 || now().weights[0] * x + now().weights[1] * y + now().bias > 0);
    if (!outwards) return null;
    return mistakeBound(Float64Array.from(course.points.flatMap(([x, y]) => [x, y])), course.points.map(([, , wanted]) => wanted), now().weights, now().bias);
  }

  store.onChange((state, before) => {
    if (["set", "points", "start", "inside"].some((name) => state[name] !== before[name])) course = courseOf(state, values);
    show(state);
  });
  show(store.state);
}
