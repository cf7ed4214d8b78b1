/** Weight decay on a slider while two nets train: their weights, what they decide, and the losses that answer. */

import { h, put } from "../parts/dom.js";
import { chart } from "../parts/chart.js";
import { list, number, oneOf, whole } from "../parts/checks.js";
import { choice, slider } from "../parts/fields.js";
import { formula, over, power, written } from "../parts/formula.js";
import { short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { NAUGHT, netCard } from "./decay/drawing.js";
import { decayAt, OPTIMIZERS, PAIRS, penaltyOf, Trainer, weightsOf } from "./decay/trainer.js";

const MOST_STEPS = 10_000;
const [BUDGET, PAUSE] = [12, 200]; // ms: of a frame, and between two pictures of the chart while it plays
const STRONGEST = 1; // decay
const [SLOW, FAST] = [0.001, 1];
const ENOUGH = 1000; // steps
const SPEEDS = [[2, "2 steps a frame"], [20, "20 steps a frame"], [500, "as fast as it goes"]];
const MOST_CHANGES = 100;

export const start = () => ({ pair: "none beside L2", optimizer: "adam", lr: 0.02, seed: 0, steps: 0, changes: [[0, 0]] });

export const checks = (values) => ({
  pair: oneOf(...Object.keys(PAIRS)),
  optimizer: oneOf(...Object.keys(OPTIMIZERS)),
  lr: number(SLOW, FAST),
  seed: whole(0, values.starts.length - 1),
  steps: whole(0, MOST_STEPS),
  changes: list(list(number(0, MOST_STEPS), 2, 2), MOST_CHANGES, 1),
});

export function agree({ changes }) {
  if (changes[0][0] !== 0) throw new Error("changes must begin at step 0");
  changes.forEach(([since, decay], place) => {
    if (!Number.isInteger(since) || (place && since <= changes[place - 1][0])) throw new Error(`changes[${place}] is not later than the one before`);
    if (decay > STRONGEST) throw new Error(`changes[${place}] has a decay of ${decay}; it must be at most ${STRONGEST}`);
  });
}

export function mount(root, tools) {
  const { values, store, say } = tools;
  const trainer = new Trainer(values);
  let speed = SPEEDS[0][0];
  let failure = null;
  let shownAt = 0;
  const names = () => PAIRS[store.state.pair];
  const afresh = (patch) => store.change({ ...patch, steps: 0, changes: [[0, decayAt(store.state.changes, store.state.steps)]] });

  const guess = predictFirst({
    question: "The right net trains with a decay of 0.01, the left one with none. After 1,000 steps, what does the right one’s loss look like?",
    options: ["lower on its points and on fresh ones", "higher on its points, lower on fresh ones", "higher on both"],
  });
  const cards = [0, 1].map((place) => netCard(values, place ? "right net" : "left net"));
  const decay = slider({ label: "decay λ", min: 0, max: STRONGEST, step: 0.001, value: 0 }, (value, isLast) => {
    const { changes, steps } = store.state;
    const kept = changes.filter(([since]) => since < steps).slice(0, MOST_CHANGES - 1);
    store.change({ changes: [...kept, [steps, value]] }, { undoable: isLast });
  });
  decay.querySelector("input[type=range]").max = 0.1;
  const pair = choice({ label: "beside each other", options: Object.keys(PAIRS).map((name) => [name, name]), value: store.state.pair }, (chosen) => afresh({ pair: chosen }));
  const optimizer = choice({ label: "optimizer", options: Object.keys(OPTIMIZERS).map((name) => [name, name]), value: store.state.optimizer }, (chosen) => afresh({ optimizer: chosen }));
  const lr = slider({ label: "learning rate η", min: SLOW, max: FAST, step: 0.001, value: 0.02, logarithmic: true }, (value, isLast) => store.change({ lr: value, steps: 0, changes: [[0, decayAt(store.state.changes, store.state.steps)]] }, { undoable: isLast }));
  const graph = chart({ title: "Loss on its own points, and on fresh ones", x: "step", y: "nats", low: 0 });
  const stepField = slider({ label: "step", min: 0, max: MOST_STEPS, step: 20, value: 0 }, (steps, isLast) => store.change(at(Math.round(steps)), { undoable: isLast }));
  const formulas = h("div", { class: "columns" });
  const problem = h("div", { role: "alert" });
  const table = asTable("the weights", () => [
    ["weight", ...names()],
    ...weightsOf(trainer.nets[0].network).map((weight, place) => [String(place), short(weight), short(weightsOf(trainer.nets[1].network)[place])]),
  ]);
  const controls = player(root, tools, {
    store,
    frame: () => {
      const { steps } = store.state;
      const until = Math.min(MOST_STEPS, steps + speed);
      attempt(() => trainer.goTo({ ...store.state, steps: until }, BUDGET));
      store.change({ steps: trainer.steps }, { undoable: false });
      return !failure && trainer.steps < MOST_STEPS;
    },
    stopped: () => show(store.state),
    step: () => store.state.steps < MOST_STEPS && store.change({ steps: store.state.steps + 1 }, { undoable: false }),
    back: () => store.state.steps > 0 && store.change(at(Math.max(0, store.state.steps - 100)), { undoable: false }),
    reset: () => afresh({}),
    fresh: () => afresh({ seed: (store.state.seed + 1) % values.starts.length }),
    speeds: SPEEDS,
    speed: (chosen) => (speed = chosen),
  });
  const todo = tasks(
    [
      { text: "Overfit: train without decay until the loss on fresh points is twice that on its own.", isDone: ({ losses, now }) => now === 0 && losses.some(({ train, test }) => test > 2 * train) },
      { text: `Find a decay with which L2, after ${ENOUGH} steps, does better on fresh points than none.`, isDone: ({ pair: chosen, steps, losses }) => chosen === "none beside L2" && steps >= ENOUGH && losses[1].test < losses[0].test },
      { text: `With L1, bring half of the weights to within ${NAUGHT} of 0.`, isDone: ({ pair: chosen }) => chosen === "L1 beside L2" && isHalfGone(trainer.nets[0].network) },
      { text: "Show that coupled and decoupled are the same for plain gradient steps: 200 steps with a decay, and no weight differs.", isDone: ({ pair: chosen, optimizer: name, steps, now }) => chosen === "coupled beside decoupled" && name === "gradient step" && now > 0 && steps >= 200 && areAlike(), hint: "With adam they differ: it divides a coupled decay by the usual size of the gradient." },
    ],
    say,
  );
  put(
    root,
    guess,
    h("div", { class: "fields" }, pair, optimizer),
    h("div", { class: "columns" }, decay, lr),
    controls,
    problem,
    h("div", { class: "columns pair" }, cards),
    h("p", { class: "legend" }, "large: the points that it learns; small: fresh ones · ● class 1, ■ class 0 · bars: every weight, from the first layer to the last"),
    formulas,
    h("div", { class: "columns" }, h("div", { class: "stack" }, graph, stepField, table), todo),
  );

  /** Returns the state at a step, without the changes that came later. */
  function at(steps) {
    return { steps, changes: store.state.changes.filter(([since], place) => place === 0 || since <= steps) };
  }

  function attempt(work) {
    try {
      work();
      failure = null;
    } catch (error) {
      failure = `Training stopped at step ${trainer.steps}: ${error.message}. Undo, reset, or choose a smaller learning rate.`;
    }
  }

  function isHalfGone(network) {
    const weights = weightsOf(network);
    return 2 * weights.filter((weight) => Math.abs(weight) < NAUGHT).length >= weights.length;
  }

  function areAlike() {
    const [one, other] = trainer.nets.map(({ network }) => weightsOf(network));
    return one.every((weight, place) => Math.abs(weight - other[place]) < 1e-9);
  }

  const show = (state) => {
    attempt(() => trainer.goTo(state));
    put(problem, failure && h("p", { class: "problem" }, failure));
    const now = decayAt(state.changes, state.steps);
    decay.show(now);
    lr.show(state.lr);
    pair.show(state.pair);
    optimizer.show(state.optimizer);
    stepField.show(trainer.steps);
    if (failure) return;
    const isRest = !controls.plays();
    const losses = trainer.measured();
    cards.forEach((card, place) => {
      card.show(trainer.nets[place].network, losses[place], names()[place]);
      if (isRest) card.summarise(losses[place]);
    });
    todo.check({ ...state, losses, now });
    if (!isRest && performance.now() - shownAt < PAUSE) return;
    shownAt = performance.now();
    const given = { decay: now, lr: state.lr, optimizer: state.optimizer.replace(" ", "_") };
    put(formulas, trainer.nets.map((net) => rule(net, values.kinds[net.kind], given)));
    graph.show(names().flatMap((name, place) => ["train", "test"].map((kind) => ({
      ...{ name: `${name}, ${kind === "train" ? "its points" : "fresh"}`, colour: place ? 1 : 2, dashed: kind === "train" },
      points: trainer.history.map(([step, all]) => [step, all[place][kind]]),
    }))));
    table.renew();
    if (state.pair === "none beside L2" && state.steps >= ENOUGH && now > 0) guess.answer(1, "It may not follow every single point, and that is what helps on fresh ones. Much more decay, and both are worse.");
  };
  store.onChange(show);
  show(store.state);
}

/** How one net's weights decay: the formula, what is charged now, and the Python. */
const rule = (net, { formula: tree, python }, given) =>
  h("div", {}, h("p", {}, "With plain gradient steps: ", formula(tree)), h("p", { class: "numbers-live" }, charge(net, given.decay)), h("p", {}, h("code", {}, python.replace(/\{(\w+)\}/g, (_, name) => given[name]))));

function charge(net, decay) {
  if (net.kind === "none") return "Nothing is charged for large weights.";
  const penalty = penaltyOf(net, decay);
  const parts = net.kind === "L1" ? ["λ", "Σ", "|", "w", "|"] : [over("λ", [2]), "Σ", power("w", [2])];
  return [net.kind === "L2, decoupled" ? "Beside the loss, the weights would be charged " : "Charged for the weights: ", written(...parts, "=", penalty)];
}
