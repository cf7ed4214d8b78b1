/** Back-propagation by arrow keys: each operation of a training step, forwards, backwards, and back in time. */

import { button, h, put } from "../parts/dom.js";
import { chart } from "../parts/chart.js";
import { list, number, oneOf, whole } from "../parts/checks.js";
import { choice, slider } from "../parts/fields.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { clamp, short } from "../parts/numbers.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { inNumbers, inWords, operationCard } from "./backpropagation/operation.js";
import { picture } from "./backpropagation/picture.js";
import { arrive, operations, parametersOf, sizesOf, wiggled } from "./backpropagation/walk.js";
import { FARTHEST, NEAREST, wiggle } from "./backpropagation/wiggle.js";

const [MOST_STEPS, AHEAD] = [100, 20];
const [FAR, HEAVY, FAST] = [5, 100, 10]; // of inputs, weights and the learning rate
const SMALL = 0.05; // a loss
const ALIKE = 1e-6; // of a gradient
const SPEEDS = [[3, "3 operations/s"], [10, "10 operations/s"], [60, "60 operations/s"]];

export const start = (values) => ({
  ...{ layout: "2-2-1", activation: "tanh", loss: "binary-cross-entropy", inputs: [1, -1], target: 1, lr: 0.5 },
  ...{ seed: 0, parameters: values.starts["2-2-1 tanh"][0], step: 0, place: 1, weight: 0, h: 0.1 },
});

export const checks = (values) => ({
  layout: oneOf(...Object.keys(values.layouts)),
  activation: oneOf(...values.activations),
  loss: oneOf(...new Set(Object.values(values.layouts).flat())),
  inputs: list(number(-FAR, FAR), 2, 2),
  target: whole(0, 1),
  lr: number(0, FAST),
  seed: whole(0, values.starts["2-2-1 tanh"].length - 1),
  parameters: list(number(-HEAVY, HEAVY), 20, 1),
  step: whole(0, MOST_STEPS),
  place: whole(0, 200),
  weight: whole(0, 20),
  h: number(NEAREST, FARTHEST),
});

export function agree(state, values) {
  const { length } = parametersOf(sizesOf(state.layout));
  if (!values.layouts[state.layout].includes(state.loss)) throw new Error(`${state.loss} does not fit ${state.layout}`);
  if (state.parameters.length !== length) throw new Error(`${state.layout} has ${length} parameters, not ${state.parameters.length}`);
  if (state.weight >= length) throw new Error(`weight is ${state.weight}; the last one is ${length - 1}`);
  const most = operations(arrive(state).network, state).length;
  if (state.place > most) throw new Error(`place is ${state.place}; a step has ${most} operations`);
}

export function mount(root, tools) {
  const { values, store, say } = tools;
  let now = at(store.state);
  let [speed, due] = [SPEEDS[0][0], 0];

  const guess = predictFirst({ question: "Once the loss is known: which gradients are found first?", options: ["those of the first layer", "those of the last layer", "all at once"] });
  const drawing = picture(values.outputs, (weight) => store.change({ weight }));
  const card = operationCard(values);
  const stepField = slider({ label: "training step", min: 0, max: MOST_STEPS, step: 1, value: 0 }, (step, isLast) => store.change({ step: Math.round(step), place: 0 }, { undoable: isLast }));
  const table = asTable("the operations until now", () => [
    ["operation", "arithmetic", "value"],
    ...now.events.slice(0, store.state.place).map((event, place) => [`${place + 1}. ${inWords(event)}`, inNumbers(event), short(event.value)]),
  ]);
  const controls = player(root, tools, {
    store,
    frame: (seconds) => {
      due += seconds * speed;
      for (; due >= 1; due--) if (!walk(1)) return false;
      return true;
    },
    started: () => (due = 0),
    step: () => walk(1),
    back: () => walk(-1),
    reset: () => store.change({ ...dealt(store.state), step: 0, place: 0 }),
    fresh: () => store.change({ ...dealt({ ...store.state, seed: (store.state.seed + 1) % values.starts["2-2-1 tanh"].length }), step: 0, place: 0 }),
    speeds: SPEEDS,
    speed: (chosen) => (speed = chosen),
  });
  const leaps = h("div", { class: "player", role: "group", "aria-label": "Leaps" }, button("Step before", () => leap(-1)), button("Next step", () => leap(1)));
  const settings = settingsOf(values, store, dealt);
  const losses = chart({ title: "Loss at each training step, with this learning rate", x: "training step", y: "nats or squares", low: 0 });
  const wiggling = wiggle(store, (weight, isLast) => {
    const parameters = Array.from(now.network.parameters).with(store.state.weight, weight);
    store.change({ parameters, step: 0, place: 0 }, { undoable: isLast });
  });
  const problem = h("div", { role: "alert" });
  const todo = tasks(
    [
      { text: "Walk through a whole training step into the next one.", isDone: ({ step, place }) => step > 0 && place > 0 },
      { text: `Bring the loss below ${SMALL} by training steps.`, isDone: ({ step }) => step > 0 && now.losses[step] < SMALL, hint: "“Next step”, or a larger learning rate." },
      { text: "Silence a neuron: with relu, find a hidden neuron whose gradient for its sum is 0.", isDone: ({ activation, layout, place }) => activation === "relu" && now.events.slice(0, place).some((event) => event.operation === "pre-activation gradient" && event.layer < sizesOf(layout).length - 2 && event.value === 0), hint: "Its sum has to be negative: drag the inputs, then walk back to it." },
      { text: "Wiggle: find an h whose quotient agrees with the gradient in its first six digits.", isDone: (state) => agrees(state), hint: "Neither the largest nor the smallest: look at the valley." },
    ],
    say,
  );
  put(
    root,
    guess,
    h("div", { class: "stack" }, drawing, h("p", { class: "legend" }, h("span", { class: "right" }, "blue: values, forwards"), " · ", h("span", { class: "wrong" }, "orange with ∂: gradients of the loss, backwards"), " · click a weight or a neuron to choose it · → and ← walk, ↓ and ↑ leap by a training step"), controls, card),
    h("div", { class: "fields" }, stepField, leaps),
    problem,
    table,
    h("div", { class: "columns" }, settings, losses),
    wiggling,
    todo,
  );
  drawing.addEventListener("keydown", (event) => {
    const keys = { ArrowRight: () => walk(1), ArrowLeft: () => walk(-1), ArrowDown: () => leap(1), ArrowUp: () => leap(-1), Home: () => go({ place: 0 }), End: () => go({ place: now.events.length }), " ": () => (controls.plays() ? controls.stop() : controls.start()) };
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== " ") controls.stop();
    keys[event.key]();
  });

  function dealt({ layout, activation, seed }) {
    return { seed, parameters: values.starts[`${layout} ${activation}`][seed] };
  }

  function go(patch) {
    store.change(patch, { undoable: false });
    return true;
  }

  /** Goes one operation on or back, across the ends of training steps; returns false where the walk ends. */
  function walk(way) {
    const { step, place } = store.state;
    if (now.problem && way > 0) return false;
    if (place + way > now.events.length) return step < MOST_STEPS && go({ step: step + 1, place: 1 });
    if (place + way >= 0) return go({ place: place + way });
    return step > 0 && go({ step: step - 1, place: Infinity });
  }

  function leap(way) {
    const step = clamp(store.state.step + way, 0, MOST_STEPS);
    if (step !== store.state.step) go({ step });
  }

  function agrees(state) {
    const { quotient, gradient } = wiggled(now.network, state, state.weight, state.h);
    return gradient !== 0 && Math.abs(quotient - gradient) < ALIKE * Math.abs(gradient);
  }

  const show = (state, before) => {
    now = at(state);
    if (state.place === Infinity) return go({ place: now.events.length });
    put(problem, now.problem && h("p", { class: "problem" }, now.problem));
    stepField.show(state.step);
    if (now.problem) return;
    drawing.show(state, now.network, now.events);
    drawing.setAttribute("aria-valuemax", now.events.length);
    drawing.setAttribute("aria-valuenow", state.place);
    const event = now.events[state.place - 1];
    drawing.setAttribute("aria-valuetext", `training step ${state.step}, ${state.place} of ${now.events.length}${event ? `: ${inWords(event)}, ${short(event.value)}` : ""}`);
    card.show(state, now.events);
    settings.show(state);
    losses.show([{ name: "loss", points: now.losses.map((loss, step) => [step, loss]), colour: 1 }], state.step);
    table.renew();
    wiggling.show(state, now.network);
    todo.check(state);
    if (event?.phase === "backward") guess.answer(1, "Each layer needs what the one above hands down to it.");
  };
  store.onChange(show);
  show(store.state);
}

/** Returns what there is at a state: {network, losses, events}, or {problem, events} where numbers ceased to be finite. */
function at(state) {
  try {
    const { network, losses } = arrive(state, AHEAD);
    return { network, losses, events: operations(network, state) };
  } catch (error) {
    return { problem: `The steps ran away: ${error.message}. Undo, go back, or choose a smaller learning rate.`, events: [] };
  }
}

/** The net, its sample and the learning rate. */
function settingsOf(values, store, dealt) {
  const set = (name) => (value, isLast = true) => store.change({ [name]: value }, { undoable: isLast });
  const named = (names) => names.map((name) => [name, name]);
  const anew = (patch) => {
    const state = { ...store.state, ...patch };
    const [fitting] = values.layouts[state.layout];
    const loss = values.layouts[state.layout].includes(state.loss) ? state.loss : fitting;
    store.change({ ...patch, loss, ...dealt(state), step: 0, place: 0, weight: 0 });
  };
  const layout = choice({ label: "neurons", options: named(Object.keys(values.layouts)), value: store.state.layout }, (chosen) => anew({ layout: chosen }));
  const activation = choice({ label: "activation", options: named(values.activations), value: store.state.activation }, (chosen) => anew({ activation: chosen }));
  const losses = h("div", {});
  const inputs = [0, 1].map((place) =>
    slider({ label: `input ${place}`, min: -FAR, max: FAR, step: 0.1, value: 0 }, (value, isLast) =>
      store.change({ inputs: store.state.inputs.with(place, value) }, { undoable: isLast })),
  );
  const target = choice({ label: "target", options: [[0, "0"], [1, "1"]], value: 1 }, set("target"));
  const lr = slider({ label: "learning rate η", min: 0, max: FAST, step: 0.05, value: 0.5 }, set("lr"));
  const element = h("div", { class: "stack" }, h("h3", {}, "The net and its sample"), h("div", { class: "fields" }, layout, activation, losses, target), inputs, lr, h("p", { class: "faint" }, "What you change here, the walk is taken again with, from its first step. A weight that you set begins a new one."));
  element.show = (state) => {
    layout.show(state.layout);
    activation.show(state.activation);
    const loss = choice({ label: "loss", options: named(values.layouts[state.layout]), value: state.loss }, set("loss"));
    if (losses.textContent !== loss.textContent) put(losses, loss);
    losses.firstChild.querySelector("select").value = state.loss;
    inputs.forEach((field, place) => field.show(state.inputs[place]));
    target.show(state.target);
    lr.show(state.lr);
  };
  return element;
}
