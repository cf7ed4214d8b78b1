/** Separating colours: points of the plane, a net that trains on them, and the plane as its layers bend it. */

import { button, h, put } from "../parts/dom.js";
import { canvas } from "../parts/canvas.js";
import { chart } from "../parts/chart.js";
import { list, maybe, number, oneOf, whole } from "../parts/checks.js";
import { choice, slider } from "../parts/fields.js";
import { percent, short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { Network } from "../maths/network.js";
import { bentPlane, sideOf } from "./plane/bent.js";
import { asNumPy, asPyTorch } from "./plane/code.js";
import { decisionColours, EXTENT, gridOf, paintMap, paintPoint } from "./plane/fields.js";
import { neuronFields } from "./plane/neurons.js";
import { ownPoints } from "./plane/points.js";
import { probe } from "./plane/probe.js";
import { referee } from "./plane/referee.js";
import { recipeOf } from "./plane/recipe.js";
import { OPTIMIZERS } from "./plane/trainer.js";

const MOST_STEPS = 500_000;
const STRETCH = 20; // steps that Python takes too
const BUDGET = 14; // ms of a frame, in the worker
const [SIDE, FINE] = [60, 40]; // pixels of the maps
const SPEEDS = [[1e9, "as fast as it goes"], [1, "an epoch a frame"], [0.04, "a step a frame"]];
const [MOST_LAYERS, MOST_NEURONS, MOST_POINTS, MOST_COLOURS] = [6, 8, 600, 6];

export const start = () => ({
  set: "ring-in-ring", own: null, hidden: [4, 2], activation: "tanh", loss: "binary-cross-entropy",
  optimizer: "adam", lr: 0.03, l2: 0, batch: 10, seed: 0, steps: 0, edits: [], locks: [],
  layer: 0, place: 3, axes: [0, 1], line: [90, 0], stop: 0,
});

export const checks = (values) => ({
  set: oneOf(...Object.keys(values.sets)),
  own: maybe(list(list(number(-EXTENT, MOST_COLOURS), 3, 3), MOST_POINTS, 2)),
  hidden: list(whole(1, MOST_NEURONS), MOST_LAYERS),
  activation: oneOf(...values.activations),
  loss: oneOf("binary-cross-entropy", "mean-squared-error"),
  optimizer: oneOf(...Object.keys(OPTIMIZERS)),
  lr: number(0.0001, 10),
  l2: number(0, 1),
  batch: whole(1, MOST_POINTS),
  seed: whole(0, values.normals.length - 1),
  steps: whole(0, MOST_STEPS),
  edits: list(list(number(-1000, MOST_STEPS), 3, 3), 200),
  locks: list(whole(0, 1000), 500),
  layer: whole(0, MOST_LAYERS),
  place: number(0, 3),
  axes: list(whole(0, MOST_NEURONS - 1), 2, 2),
  line: list(number(-4, 360), 2, 2),
  stop: number(0, 1),
});

export function agree(state, values) {
  const recipe = recipeOf(state, values);
  if (state.layer > recipe.sizes.length - 2) throw new Error(`layer is ${state.layer}; the net has ${recipe.sizes.length - 1}`);
  for (const place of [...state.locks, ...state.edits.map(([, index]) => index)])
    if (!Number.isInteger(place) || place < 0 || place >= recipe.start.length) throw new Error(`there is no weight ${place}`);
}

export function mount(root, tools) {
  const { values, store, say } = tools;
  const worker = new Worker(new URL("./plane/worker.js", import.meta.url), { type: "module" });
  const network = { of: null }; // the twin of what the worker has, for drawing
  let recipe = null;
  let result = null;
  let sent = 0;
  let isBusy = false;
  let speed = SPEEDS[0][0];
  let waiting = null;

  const afresh = (patch, isLast = true) => store.change({ ...patch, steps: 0, edits: [] }, { undoable: isLast });
  const anew = (patch) => afresh({ ...patch, locks: [], layer: 0, axes: [0, 1] });
  const pick = (label, options, name, act = afresh) => choice({ label, options: options.map((each) => (Array.isArray(each) ? each : [each, each])), value: store.state[name] }, (chosen) => act({ [name]: chosen }));

  const guess = predictFirst({
    question: "A ring in a ring, and a net whose hidden layers have 2 neurons at the most. Can one straight line in the end separate the colours?",
    options: ["yes, with patience", "not wholly: the plane is bent, never torn"],
  });
  const layersField = h("input", { type: "text", id: "plane-hidden", size: 12, "aria-describedby": "plane-hidden-hint" });
  layersField.addEventListener("change", () => {
    const hidden = layersField.value.split(/[\s,;-]+/).filter(Boolean).map(Number);
    const isRight = hidden.length <= MOST_LAYERS && hidden.every((size) => Number.isInteger(size) && size >= 1 && size <= MOST_NEURONS);
    layersField.setAttribute("aria-invalid", String(!isRight));
    if (isRight) anew({ hidden });
  });
  const hiddenField = h("div", { class: "field" }, h("label", { for: "plane-hidden" }, "hidden layers"), layersField, h("span", { id: "plane-hidden-hint", class: "faint" }, "neurons each, such as 8-4-2; up to 6 of 8"));
  const selects = {
    set: pick("points", Object.entries(values.sets).map(([name, { words }]) => [name, words]), "set", (patch) => anew({ ...patch, own: null })),
    activation: pick("activation", values.activations, "activation"),
    loss: pick("loss, of two colours", ["binary-cross-entropy", "mean-squared-error"], "loss"),
    optimizer: pick("optimizer", Object.keys(OPTIMIZERS), "optimizer"),
  };
  const sliders = {
    lr: slider({ label: "learning rate η", min: 0.0001, max: 10, value: 0.03, logarithmic: true }, (lr, isLast) => afresh({ lr }, isLast)),
    l2: slider({ label: "weight decay λ", min: 0, max: 1, step: 0.001, value: 0 }, (l2, isLast) => afresh({ l2 }, isLast)),
    batch: slider({ label: "batch", min: 1, max: 250, step: 1, value: 10 }, (batch, isLast) => afresh({ batch: Math.round(batch) }, isLast)),
    stop: slider({ label: "stop at accuracy", min: 0, max: 1, step: 0.01, value: 0 }, (stop, isLast) => store.change({ stop }, { undoable: isLast })),
  };
  sliders.l2.querySelector("input[type=range]").max = 0.1;
  const map = canvas({ label: "the plane, and what the net says of it", most: 520 }, paintPlane);
  const points = ownPoints({ map, state: () => store.state, recipe: () => recipe, most: MOST_POINTS, change: (own) => anew({ own }) });
  const bent = bentPlane((patch, isLast) => store.change(patch, { undoable: isLast }));
  const neurons = neuronFields(FINE);
  const weights = probe({
    edit: (place, value) => store.change({ edits: [...store.state.edits.filter(([since, at]) => !(since === store.state.steps && at === place)), [store.state.steps, place, value]] }),
    lock: (place, isLocked) => store.change({ locks: isLocked ? [...store.state.locks, place] : store.state.locks.filter((each) => each !== place) }),
  });
  const curves = chart({ title: "Loss", x: "epoch", y: "nats", low: 0 });
  const time = slider({ label: "step", min: 0, max: MOST_STEPS, step: 1, value: 0 }, (steps, isLast) => store.change({ steps: Math.round(steps), edits: store.state.edits.filter(([since]) => since <= steps) }, { undoable: isLast }));
  const numbers = h("p", { class: "numbers-live", role: "status" });
  const problem = h("div", { role: "alert" });
  const confusion = asTable("who was called what, fresh points", () => [["colour", ...(result?.test.confusion ?? []).map((_, at) => `said ${at}`)], ...(result?.test.confusion ?? []).map((row, at) => [String(at), ...row.map(String)])]);
  const copied = h("span", { role: "status", class: "faint" });
  const copy = (label, write) => button(label, async () => {
    const text = write(recipe, Math.max(1, store.state.steps));
    try {
      await navigator.clipboard.writeText(text);
      put(copied, "in the clipboard");
    } catch {
      put(copied, "this browser lets no page copy; the program is below");
    }
    put(program, text);
  });
  const program = h("pre", { class: "program" });
  const judge = referee(tools.live, (difference) => {
    controls.stop();
    put(problem, h("p", { class: "problem" }, `Python and this page differ by ${short(difference)} after ${STRETCH} steps; more than 1e-9 is a mistake of this page. It was stopped.`));
  });
  const controls = player(root, tools, {
    store,
    frame: () => {
      if (!isBusy) ask(Math.min(MOST_STEPS, store.state.steps + Math.max(1, Math.round(Math.min(speed * epochSteps(), 1e6)))), BUDGET);
      return !shouldStop();
    },
    step: () => store.change({ steps: Math.min(MOST_STEPS, store.state.steps + 1) }, { undoable: false }),
    back: () => store.change({ steps: Math.max(0, store.state.steps - 1), edits: store.state.edits.filter(([since]) => since < store.state.steps) }, { undoable: false }),
    reset: () => afresh({}),
    fresh: () => afresh({ seed: (store.state.seed + 1) % values.normals.length }),
    speeds: SPEEDS,
    speed: (chosen) => (speed = chosen),
    stopped: () => result && store.change({ steps: result.steps }, { undoable: false }),
  });
  const todo = tasks(
    [
      { text: "Separate the two spirals: at least 95 % of the fresh points right.", isDone: ({ set, own }) => set === "spirals" && !own && result?.test.right >= 0.95, hint: "Two layers of 8, tanh, adam." },
      { text: "Ring in ring: draw a straight line in the bent plane that is wrong about no point.", isDone: ({ set, own, layer, line }) => set === "ring-in-ring" && !own && layer < recipe.sizes.length - 2 && line[0] !== 90 && bent.mistakes()?.wrong === 0, hint: "A layer of three neurons or more, trained; look at layer 1, and choose what is drawn across and up." },
      { text: "Find the smallest net, counted in weights and biases, that is right about 95 % of XOR’s fresh points.", isDone: ({ set, own }) => set === "xor" && !own && result?.test.right >= 0.95 && recipe.start.length <= 9, hint: "Nine numbers are enough." },
    ],
    say,
  );
  put(
    root,
    guess,
    h("div", { class: "fields" }, selects.set, hiddenField, selects.activation, selects.loss, selects.optimizer),
    h("div", { class: "columns" }, sliders.lr, sliders.l2, sliders.batch, sliders.stop),
    controls,
    time,
    problem,
    h("div", { class: "columns halves" }, h("div", { class: "stack" }, h("h4", {}, "The plane"), map, numbers, judge, points), bent),
    h("h4", {}, "What each neuron sees"),
    neurons,
    h("div", { class: "columns halves" }, h("div", { class: "stack" }, curves, confusion), h("div", { class: "stack" }, weights, h("h4", {}, "Take it with you"), h("div", { class: "fields" }, copy("Copy as PyTorch", asPyTorch), copy("Copy as NumPy", asNumPy), copied), h("details", { class: "numbers" }, h("summary", {}, "The program"), program))),
    todo,
  );

  function epochSteps() {
    return Math.ceil(recipe.labels.length / recipe.batch);
  }

  function shouldStop() {
    return Boolean(problem.textContent) || store.state.steps >= MOST_STEPS || (store.state.stop > 0 && result?.test.right >= store.state.stop);
  }

  /** Asks the worker for a step; one question is on its way at a time, and the last one waits. */
  function ask(steps, budget = 4000) {
    if (isBusy) {
      waiting = [steps, budget];
      return;
    }
    isBusy = true;
    worker.postMessage({ id: (sent += 1), count: judge.isDue() ? STRETCH : 0, steps, budget, recipe: worker.recipe === recipe ? null : recipe });
    worker.recipe = recipe;
  }

  worker.onmessage = ({ data }) => {
    isBusy = false;
    if (data.problem) {
      worker.recipe = null;
      put(problem, h("p", { class: "problem" }, `At step ${data.at} the net broke: ${data.problem}. Lower the learning rate, or go back with Undo or Reset.`));
      controls.stop();
      return;
    }
    put(problem);
    if (data.stretch) judge.ask(data.stretch);
    result = data;
    network.of.parameters.set(data.parameters);
    if (controls.plays()) store.change({ steps: data.steps }, { undoable: false });
    else if (waiting) ask(...waiting);
    else if (data.steps < store.state.steps) ask(store.state.steps);
    waiting = null;
    draw();
  };

  function draw() {
    const { state } = store;
    if (!result) return;
    put(numbers, `epoch ${Math.floor(result.steps / epochSteps()).toLocaleString("en")}, step ${result.steps.toLocaleString("en")}: loss `, h("strong", {}, short(result.train.loss)), `, fresh points `, h("strong", {}, short(result.test.loss)), `; right `, h("strong", {}, percent(result.train.right)), `, fresh points `, h("strong", {}, percent(result.test.right)));
    curves.show([
      { name: "points it learns", points: result.marks.map(([epoch, loss]) => [epoch, loss]), colour: 1 },
      { name: "fresh points", points: result.marks.map(([epoch, , loss]) => [epoch, loss]), colour: 2, dashed: true },
    ]);
    map.summarise(`${values.sets[state.set].words}: ${percent(result.test.right)} of fresh points are right after ${result.steps} steps.`);
    map.paint();
    bent.show(network.of, recipe, state);
    neurons.show(network.of, recipe);
    weights.show(recipe, network.of.parameters, result.gradient, state);
    confusion.renew();
    todo.check(state);
    if (state.set === "ring-in-ring" && result.steps > 2000 && Math.max(...state.hidden, 0) <= 2) guess.answer(1, "A third neuron lifts the inner ring out of the plane.");
  }

  function paintPlane(context, width, height) {
    if (!recipe) return;
    const classes = recipe.sizes.at(-1);
    const grid = gridOf(SIDE);
    const cells = network.of.forward(grid).at(-1).activation;
    paintMap(context, width, height, SIDE, decisionColours(cells, classes));
    const at = (x, y) => [((x / EXTENT + 1) / 2) * width, ((1 - y / EXTENT) / 2) * height];
    const sides = sideOf({ network: network.of, recipe, state: store.state }, grid);
    context.fillStyle = getComputedStyle(root).color;
    for (let cell = 0; cell < sides.length; cell++) {
      const isEdge = (cell % SIDE && sides[cell] > 0 !== sides[cell - 1] > 0) || (cell >= SIDE && sides[cell] > 0 !== sides[cell - SIDE] > 0);
      if (isEdge) context.fillRect(((cell % SIDE) / SIDE) * width - 1, (Math.floor(cell / SIDE) / SIDE) * height - 1, 3, 3);
    }
    recipe.labels.forEach((label, row) => paintPoint(context, ...at(recipe.points[2 * row], recipe.points[2 * row + 1]), label, Math.max(2, classes), 4));
  }

  const show = (state, before) => {
    const changes = before && ["set", "own", "hidden", "activation", "loss", "optimizer", "lr", "l2", "batch", "seed", "edits", "locks"].some((name) => state[name] !== before[name]);
    if (!before || changes) {
      recipe = recipeOf(state, values);
      network.of = new Network({ sizes: recipe.sizes, activation: recipe.activation, loss: recipe.loss, parameters: Float64Array.from(recipe.start) });
      controls.plays() && changes && controls.stop();
    }
    for (const [name, each] of Object.entries({ ...selects, ...sliders })) each.show(state[name]);
    if (document.activeElement !== layersField) layersField.value = state.hidden.join("-");
    time.querySelector("input[type=range]").max = Math.max(1000, state.steps);
    time.show(state.steps);
    if (!controls.plays() && (!result || changes || result.steps !== state.steps)) ask(state.steps);
    draw();
  };
  store.onChange(show);
  show(store.state);
}
