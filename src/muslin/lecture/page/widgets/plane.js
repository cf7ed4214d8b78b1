/** Separating colours: points of the plane, a net that trains on them, and the plane as its layers bend it. */

import { h, put } from "../parts/dom.js";
import { chart } from "../parts/chart.js";
import { slider } from "../parts/fields.js";
import { clamp, percent, short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { Network } from "../maths/network.js";
import { arena, BOUT } from "./plane/arena.js";
import { bentPlane } from "./plane/bent.js";
import { asCsv, asNumPy, asPyTorch } from "./plane/code.js";
import { courses } from "./plane/courses.js";
import { handOf } from "./plane/hand.js";
import { litPoint, valuesOf } from "./plane/lit.js";
import { MOST_COLOURS, MOST_POINTS, MOST_STEPS } from "./plane/limits.js";
import { planeMap } from "./plane/map.js";
import { neuronFields } from "./plane/neurons.js";
import { pinnedField } from "./plane/pinned.js";
import { ownPoints } from "./plane/points.js";
import { probe } from "./plane/probe.js";
import { referee } from "./plane/referee.js";
import { recipeOf, sizesOf } from "./plane/recipe.js";
import { runner } from "./plane/runner.js";
import { begun, branchList, goneBack, GROUND, ratesAt, reachedOf, RUN, steered } from "./plane/runs.js";
import { settings } from "./plane/settings.js";
import { takeAlong } from "./plane/take.js";

export { agree, checks, start } from "./plane/state.js";

const STRETCH = 20; // steps that Python takes too
const BUDGET = 14; // ms of a frame, in the worker
const SPEEDS = [[1e9, "as fast as it goes"], [1, "an epoch a frame"], [0.04, "a step a frame"]];
const MADE_OF = [...GROUND, ...RUN];
const STEERED = ["edits", "turns", "locks"]; // while it plays, it goes on with them

export function mount(root, tools) {
  const { values, store, say } = tools;
  const network = { of: null }; // the twin of what the worker has, for drawing
  let recipe = null;
  let result = null;
  let seen = null; // the net that is drawn
  let runs = [];
  let speed = SPEEDS[0][0];

  const change = (patch, isLast = true) => store.change(patch, { undoable: isLast });
  const goTo = (steps, isLast = false) => change({ steps: clamp(steps, 0, MOST_STEPS), reached: Math.max(reachedOf(store.state), steps) }, isLast);
  const afresh = (patch, isLast = true) => change({ ...patch, ...begun(store.state, patch) }, isLast);
  const nextSeed = () => ({ seed: (store.state.seed + 1) % values.normals.length });
  const steer = (what, entry, isLast = true) => change(steered(store.state, what, entry), isLast);
  const turn = (patch, isLast) => {
    const [lr, l2] = ratesAt(store.state);
    const next = { lr, l2, ...patch };
    store.state.steps ? steer("turns", [next.lr, next.l2], isLast) : afresh(patch, isLast);
  };
  /** Where the net's shape stays, what is looked at stays too. */
  const isOtherNet = (patch) => String(sizesOf({ ...store.state, ...patch }, values)) !== String(recipe.sizes);
  const fitted = (patch) => {
    const { layer, axes, pinned } = store.state;
    return isOtherNet(patch) ? { layer: 0, axes: [0, 1], pinned: null } : { layer, axes, pinned };
  };
  const anew = (patch, isLast = true) => change({ ...fitted(patch), ...patch, ...begun(store.state, patch, isOtherNet(patch)) }, isLast);

  const guess = predictFirst({
    question: "A ring in a ring, and a net whose hidden layers have 2 neurons at the most. Can one straight line in the end separate the colours?",
    options: ["yes, with patience", "not wholly: the plane is bent, never torn"],
  });
  const made = settings(values, store.state, { afresh, anew, turn, change });
  const points = ownPoints({ state: () => store.state, recipe: () => recipe, most: MOST_POINTS, change: (patch, isLast) => anew({ ...patch, noise: 0 }, isLast), renew: () => draw() });
  const hand = handOf({ points, state: () => store.state, choose: (chosen) => change({ chosen }) });
  const map = planeMap("the plane, and what the net says of it", hand);
  const lit = litPoint(MOST_COLOURS, hand);
  const bent = bentPlane(change);
  const pin = (neuron) => change({ pinned: String(neuron) === String(store.state.pinned) ? null : neuron });
  const neurons = neuronFields(pin);
  const pinned = pinnedField(hand, () => pin(store.state.pinned));
  const weights = probe({
    edit: (place, value) => steer("edits", [place, value]),
    lock: (place, isLocked) => steer("locks", [place, Number(isLocked)]),
  });
  const known = courses(() => draw());
  const branches = branchList((branch) => change({ ...goneBack(store.state, branch), ...fitted(branch) }), () => change({ branches: [] }));
  const curves = chart({ title: "Loss", x: "epoch", y: "nats", low: 0 });
  const time = slider({ label: "step", min: 0, max: MOST_STEPS, step: 1, value: 0 }, (steps, isLast) => {
    controls.stop();
    goTo(Math.round(steps), isLast);
  });
  const numbers = h("p", { class: "numbers-live", role: "status" });
  const code = h("code", {});
  const problem = h("div", { role: "alert" });
  const confusion = asTable("who was called what, fresh points", () => [["colour", ...(result?.test.confusion ?? []).map((_, at) => `said ${at}`)], ...(result?.test.confusion ?? []).map((row, at) => [String(at), ...row.map(String)])]);
  const judge = referee(tools.live, (difference) => {
    controls.stop();
    put(problem, h("p", { class: "problem" }, `Python and this page differ by ${short(difference)} after ${STRETCH} steps; more than 1e-9 is a mistake of this page. It was stopped.`));
  });
  const run = runner({ arrived, broke });
  const controls = player(root, tools, {
    store,
    frame: () => {
      askNext();
      return !shouldStop();
    },
    step: () => goTo(store.state.steps + 1),
    back: () => goTo(store.state.steps - 1),
    reset: () => afresh({}),
    fresh: () => change({ ...nextSeed(), ...begun(store.state, nextSeed(), true) }),
    speeds: SPEEDS,
    speed: (chosen) => (speed = chosen),
  });
  const todo = tasks(
    [
      { text: "Separate the two spirals: at least 95 % of the fresh points right.", isDone: ({ set, own }) => set === "spirals" && !own && result?.test.right >= 0.95, hint: "Two layers of 8, tanh, adam." },
      { text: "Ring in ring: draw a straight line in the bent plane that is wrong about no point.", isDone: ({ set, own, layer, line }) => set === "ring-in-ring" && !own && layer < recipe.sizes.length - 2 && line[0] !== 90 && bent.mistakes()?.wrong === 0, hint: "A layer of three neurons or more, trained; look at layer 1, and choose what is drawn across and up." },
      { text: "Find the smallest net, counted in weights and biases, that is right about 95 % of XOR’s fresh points.", isDone: ({ set, own }) => set === "xor" && !own && result?.test.right >= 0.95 && recipe.start.length <= 9, hint: "Nine numbers are enough." },
      { text: `In the arena, change one thing so that the other net’s loss on fresh points, after ${BOUT} steps, is at most half of this net’s.`, isDone: () => ring.bout() !== null && ring.bout().other <= ring.bout().mine / 2, hint: "Layers, start weights, the learning rate, the optimizer: each can do it." },
    ],
    say,
  );
  const ring = arena(values, hand, { change, arrived: () => drawRing() });
  const steps = () => Math.max(1, store.state.steps);
  const taken = takeAlong({ "Copy as PyTorch": () => asPyTorch(recipe, steps()), "Copy as NumPy": () => asNumPy(recipe, steps()), "Copy the weights as CSV": () => asCsv(seen.sizes, seen.parameters) });
  const maps = h("div", { class: "columns halves" }, h("div", { class: "stack" }, h("h4", {}, "The plane"), map, numbers, h("p", {}, code), judge), pinned, bent);
  put(
    root,
    guess,
    made,
    controls,
    time,
    problem,
    maps,
    h("div", { class: "columns halves" }, lit, points),
    h("h4", {}, "What each neuron sees; press one, and its field is pinned large"),
    neurons,
    h("div", { class: "columns halves" }, h("div", { class: "stack" }, curves, branches, confusion), h("div", { class: "stack" }, weights, taken)),
    ring,
    todo,
  );

  function epochSteps() {
    return Math.ceil(recipe.labels.length / recipe.batch);
  }

  /** Asks for what is played next, once all are there; not beyond the end of a bout before it was seen. */
  function askNext() {
    const { steps, rival } = store.state;
    const wanted = steps + Math.max(1, Math.round(Math.min(speed * epochSteps(), 1e6)));
    if (!run.isBusy() && !ring.isBusy()) ask(Math.min(MOST_STEPS, rival && steps < BOUT ? Math.min(wanted, BOUT) : wanted), BUDGET);
  }

  function shouldStop() {
    return Boolean(problem.textContent) || store.state.steps >= MOST_STEPS || (store.state.stop > 0 && result?.test.right >= store.state.stop);
  }

  function ask(upTo, budget) {
    run.ask({ recipe, steps: upTo, budget, count: judge.isDue() ? STRETCH : 0 });
  }

  function broke({ at, problem: why }, asked) {
    if (asked !== recipe) return;
    result = null;
    put(problem, h("p", { class: "problem" }, `At step ${at} the net broke: ${why}. Lower the learning rate, or go back with Undo or Reset.`));
    controls.stop();
  }

  function arrived(answer, asked) {
    if (asked !== recipe) return;
    put(problem);
    if (answer.stretch) judge.ask(answer.stretch);
    result = answer;
    network.of.parameters.set(answer.parameters);
    ring.follow(answer.steps);
    const { state } = store;
    if (run.isBusy()) return draw(); // another step is wanted already
    if (controls.plays() || answer.steps > state.steps) goTo(answer.steps);
    else {
      if (answer.steps < state.steps) ask(state.steps);
      draw();
    }
    if (controls.plays() && speed === SPEEDS[0][0] && !shouldStop()) askNext(); // the worker works while this is drawn
  }

  function draw() {
    const { state } = store;
    if (!result) return;
    put(numbers, `epoch ${Math.floor(result.steps / epochSteps()).toLocaleString("en")}, step ${result.steps.toLocaleString("en")}: loss `, h("strong", {}, short(result.train.loss)), `, fresh points `, h("strong", {}, short(result.test.loss)), `; right `, h("strong", {}, percent(result.train.right)), `, fresh points `, h("strong", {}, percent(result.test.right)));
    const [lr, l2] = ratesAt(state);
    put(code, `network.step(points[rows], labels[rows], partial(${state.optimizer.replace(" ", "_")}, lr=${lr}), l2=${l2})`);
    known.note(runs[0].name, result);
    const [marks, ...left] = known.of(runs);
    curves.show([
      { name: "points it learns", points: marks.map(([epoch, loss]) => [epoch, loss]), colour: 1 },
      { name: "fresh points", points: marks.map(([epoch, , loss]) => [epoch, loss]), colour: 2, dashed: true },
      ...left.map((each, place) => ({ name: `run ${place + 1}, fresh points`, tag: String(place + 1), points: each.map(([epoch, , loss]) => [epoch, loss]), colour: 0, dashed: true })),
    ], result.steps < reachedOf(state) ? result.steps / epochSteps() : null);
    branches.show(state);
    map.summarise(`${values.sets[state.set].words}: ${percent(result.test.right)} of fresh points are right after ${result.steps} steps.`);
    seen = network.of;
    const met = valuesOf(network.of, recipe, state);
    map.show({ network: network.of, recipe, state });
    bent.show(network.of, recipe, state);
    neurons.show(network.of, recipe, state, met);
    pinned.show({ network: network.of, recipe, state }, met);
    maps.classList.toggle("thirds", state.pinned !== null);
    lit.show(recipe, state, met);
    weights.show(recipe, network.of.parameters, result.gradient, state);
    confusion.renew();
    drawRing();
    if (state.set === "ring-in-ring" && result.steps > 2000 && Math.max(...state.hidden, 0) <= 2) guess.answer(1, "A third neuron lifts the inner ring out of the plane.");
  }

  function drawRing() {
    if (!result) return;
    ring.show({ network: network.of, recipe, state: store.state, result });
    todo.check(store.state);
  }

  /** Returns runs for their curves: the one at hand, and those that were left. */
  function runsOf(state) {
    return [{}, ...state.branches].map((run) => {
      const whole = { ...state, ...run };
      return { name: JSON.stringify(MADE_OF.map((name) => whole[name])), steps: run.steps, recipeOf: () => recipeOf(whole, values) };
    });
  }

  const show = (state, before) => {
    const changed = (names) => !before || names.some((name) => state[name] !== before[name]);
    const changes = changed(MADE_OF);
    if (changes) {
      if (changed(MADE_OF.filter((name) => !STEERED.includes(name)))) controls.stop();
      recipe = recipeOf(state, values);
      result = null;
      network.of = new Network({ sizes: recipe.sizes, activation: recipe.activation, loss: recipe.loss, parameters: Float64Array.from(recipe.start) });
    }
    if (changed([...MADE_OF, "rival"])) {
      ring.pair(state);
      if (result) ring.follow(result.steps);
    }
    if (changed([...MADE_OF, "branches"])) runs = runsOf(state);
    runs[0].steps = state.steps < state.reached ? state.reached : 0; // the worker is on its way to it otherwise
    made.show(state);
    time.querySelector("input[type=range]").max = Math.max(1000, reachedOf(state));
    time.show(state.steps);
    if (!controls.plays() && (changes || result?.steps !== state.steps)) ask(state.steps);
    draw();
  };
  store.onChange(show);
  show(store.state);
}
