/** Gradient descent on a slice through the loss: the right update beside the one that subtracts the weights. */

import { h, put } from "../parts/dom.js";
import { chart } from "../parts/chart.js";
import { flag, list, number, oneOf, whole } from "../parts/checks.js";
import { check, choice, slider } from "../parts/fields.js";
import { formula, index, written } from "../parts/formula.js";
import { fixed, short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { parametersOf } from "./backpropagation/walk.js";
import { map } from "./descent/map.js";
import { descend, EXTENT, slice } from "./descent/slice.js";

const MOST_STEPS = 200;
const [SLOW, FAST] = [0.01, 30];
const NEAR = 1.05; // times the lowest loss
const FOLLOWED = 5; // steps
const SPEEDS = [[5, "5 steps/s"], [20, "20 steps/s"], [60, "60 steps/s"]];

export const start = () => ({ net: 0, pair: [0, 6], from: [-3, 4], lr: 1, optimizer: "gradient step", wrong: false, step: 0 });
export const checks = (values) => ({
  net: whole(0, values.nets.length - 1),
  pair: list(whole(0, values.nets[0].length - 1), 2, 2),
  from: list(number(-EXTENT, EXTENT), 2, 2),
  lr: number(SLOW, FAST),
  optimizer: oneOf(...Object.keys(values.optimizers)),
  wrong: flag,
  step: whole(0, MOST_STEPS),
});

export function agree({ pair }) {
  if (pair[0] === pair[1]) throw new Error("pair names one weight twice");
}

export function mount(root, tools) {
  const { values, store, say } = tools;
  const names = parametersOf(values.sizes).map(({ name, layer }) => `layer ${layer}, ${name}`);
  let [ground, right, wrong] = [null, null, null];
  let [speed, due] = [SPEEDS[0][0], 0];
  const set = (name) => (value, isLast = true) => store.change({ [name]: value }, { undoable: isLast });

  const guess = predictFirst({
    question: "The ball lies at the bottom, where the gradient g is 0. What does w − η (g − w) do?",
    options: ["it stays there", "it moves away from 0", "it moves to 0"],
  });
  const picture = map(() => store.state.from, (from, isLast) => store.change({ from, step: 0 }, { undoable: isLast }));
  const graph = chart({ title: "Loss, step by step", x: "step", y: "nats, logarithmic", logarithmic: true });
  const controls = player(root, tools, {
    store,
    frame(seconds) {
      due += seconds * speed;
      const steps = Math.floor(due);
      due -= steps;
      if (steps) store.change({ step: Math.min(MOST_STEPS, store.state.step + steps) }, { undoable: false });
      return store.state.step < MOST_STEPS && !right.ended && !wrong?.ended;
    },
    started: () => (due = 0),
    step: () => store.state.step < MOST_STEPS && store.change({ step: store.state.step + 1 }, { undoable: false }),
    back: () => store.state.step > 0 && store.change({ step: store.state.step - 1 }, { undoable: false }),
    reset: () => store.change({ step: 0 }),
    fresh: () => store.change({ net: (store.state.net + 1) % values.nets.length, step: 0 }),
    speeds: SPEEDS,
    speed: (chosen) => (speed = chosen),
  });
  const pairs = [0, 1].map((order) =>
    choice({ label: order ? "up" : "across", options: names.map((name, place) => [place, name]), value: store.state.pair[order] }, (place) => {
      const pair = store.state.pair.with(order, place);
      if (pair[0] === pair[1]) pair[1 - order] = store.state.pair[order];
      store.change({ pair, step: 0 });
    }),
  );
  const spots = [0, 1].map((order) =>
    slider({ label: order ? "start, up" : "start, across", min: -EXTENT, max: EXTENT, step: 0.1, value: 0 }, (value, isLast) =>
      store.change({ from: store.state.from.with(order, value), step: 0 }, { undoable: isLast })),
  );
  const optimizer = choice({ label: "optimizer", options: Object.keys(values.optimizers).map((name) => [name, name]), value: store.state.optimizer }, set("optimizer"));
  const lr = slider({ label: "learning rate η", min: SLOW, max: FAST, step: 0.01, value: 1, logarithmic: true }, set("lr"));
  const beside = check({ label: "beside it, the wrong update", value: false }, set("wrong"));
  const working = h("div", { class: "working" });
  const problem = h("div", { role: "alert" });
  const table = asTable("where it was, step by step", () => [
    ["step", names[store.state.pair[0]], names[store.state.pair[1]], "loss", ...(wrong ? ["wrong, across", "wrong, up", "its loss"] : [])],
    ...right.way.map((each, step) => [step, ...each.spot, each.loss, ...(wrong?.way[step] ? [...wrong.way[step].spot, wrong.way[step].loss] : [])].map((value, place) => (place ? short(value) : String(value)))),
  ]);
  const todo = tasks(
    [
      { text: "Let the ball come to within 5 % of the lowest loss on the map.", isDone: ({ step }) => step > 0 && right.way.at(-1).loss <= NEAR * ground.least, hint: "Where it ends depends on where it starts, on the learning rate and on the optimizer." },
      { text: "With plain gradient steps, choose a learning rate so high that the loss rises on the way.", isDone: ({ optimizer: name }) => name === "gradient step" && right.way.some(({ loss }, step) => step > 0 && loss > right.way[step - 1].loss * 1.001) },
      { text: "Start near the lowest place, and see the wrong update leave it.", isDone: ({ step }) => wrong !== null && step >= FOLLOWED && right.way[0].loss < 2 * ground.least && wrong.way.at(-1).loss > 2 * wrong.way[0].loss, hint: "Drag the ring to the +." },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Downhill on a slice"),
    h("p", {}, `A net of 2-2-1 neurons has ${names.length} parameters; here two of them vary and the others are held. So this is a slice through the loss, not the whole of it: in the other directions it may go further down.`),
    guess,
    h("div", { class: "columns" }, picture, h("div", { class: "stack" }, h("div", { class: "fields" }, pairs, optimizer), lr, spots, beside, working)),
    controls,
    problem,
    h("div", { class: "columns" }, graph, h("div", {}, table, todo)),
  );

  const show = (state, before) => {
    if (!ground || before?.net !== state.net || before?.pair !== state.pair) ground = slice(values, state);
    right = descend(values, state);
    wrong = state.wrong ? descend(values, state, true) : null;
    const now = right.way.at(-1);
    pairs.forEach((field, order) => field.show(state.pair[order]));
    spots.forEach((field, order) => field.show(state.from[order]));
    optimizer.show(state.optimizer);
    lr.show(state.lr);
    beside.show(state.wrong);
    picture.show(ground, [{ way: right.way, colour: 1 }, ...(wrong ? [{ way: wrong.way, colour: 2, dashed: true }] : [])], state.pair.map((place) => names[place]));
    picture.summarise(`Step ${right.way.length - 1}: ${now.spot.map((each) => fixed(each, 2)).join(", ")}, loss ${short(now.loss)}${wrong ? `; the wrong update ${wrong.way.at(-1).spot.map((each) => fixed(each, 2)).join(", ")}, loss ${short(wrong.way.at(-1).loss)}` : ""}`);
    graph.show([
      { name: state.optimizer, points: right.way.map(({ loss }, step) => [step, loss]), colour: 1 },
      ...(wrong ? [{ name: "wrong update", points: wrong.way.map(({ loss }, step) => [step, loss]), colour: 2, dashed: true }] : []),
    ]);
    put(working, rule(state, now, values.optimizers[state.optimizer]), wrong && rule(state, wrong.way.at(-1), values.wrong, true));
    put(problem, [right, wrong].map((each) => each?.ended && h("p", { class: "problem" }, each.ended)));
    table.renew();
    todo.check(state);
    if (wrong && state.step > 0) guess.answer(1, "At g = 0 it makes w (1 + η) of w: it grows by a share of itself.");
  };
  store.onChange(show);
  show(store.state);
}

/** One update: its formula, the numbers of now, its Python. */
function rule({ lr, pair }, { spot, gradient, loss }, { formula: tree, python }, isWrong = false) {
  const lines = spot.map((weight, order) => {
    const g = gradient[order];
    const slope = [index("g", String(order)), "=", g];
    return h("p", { class: "numbers-live" }, written(index("w", String(order)), "=", weight), ", ", written(...slope),
      isWrong && [": ", written(weight, "−", lr, "·", "(", g, "−", weight < 0 ? ["(", weight, ")"] : weight, ")", "=", weight - lr * (g - weight))]);
  });
  return h("div", { class: isWrong ? "rule wrong-rule" : "rule" }, h("h4", {}, isWrong ? "Wrong: " : "", formula(tree)), lines, h("p", { class: "numbers-live" }, "loss ", h("strong", {}, short(loss))), h("p", {}, h("code", {}, python.replace("{lr}", lr))));
}
