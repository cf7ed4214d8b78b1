/** The state of “Separating colours”: what a new visitor sees, and what a link may bring. */

import { fields, list, maybe, number, oneOf, whole } from "../../parts/checks.js";
import { EXTENT } from "./fields.js";
import {
  FASTEST, LOSSES, MOST_BRANCHES, MOST_COLOURS, MOST_DECAY, MOST_EDITS, MOST_LAYERS, MOST_NEURONS, MOST_NOISE, MOST_POINTS, MOST_STEPS, MOST_TURNS, SLOWEST,
} from "./limits.js";
import { recipeOf } from "./recipe.js";
import { DIFFERS } from "./rival.js";
import { RUN } from "./runs.js";
import { OPTIMIZERS } from "./trainer.js";

export const start = () => ({
  set: "ring-in-ring", own: null, noise: 0, noiseSeed: 0, hidden: [4, 2], activation: "tanh", loss: "binary-cross-entropy",
  optimizer: "adam", lr: 0.03, l2: 0, batch: 10, seed: 0, steps: 0, reached: 0, edits: [], turns: [], locks: [], branches: [],
  layer: 0, place: 3, axes: [0, 1], line: [90, 0], stop: 0,
  chosen: null, pinned: null, rival: null,
});

function point(value, name) {
  if (!Array.isArray(value) || value.length !== 3) throw new Error(`${name} must be x, y and a colour`);
  const place = number(-EXTENT, EXTENT);
  return [place(value[0], name), place(value[1], name), whole(0, MOST_COLOURS - 1)(value[2], name)];
}

/** What differs in a rival, and its value. */
const rivalCheck = (values) => (given, name) => {
  if (!Array.isArray(given) || given.length !== 2) throw new Error(`${name} must be what differs, and its value`);
  const differs = oneOf(...Object.keys(DIFFERS))(given[0], name);
  return [differs, { ...runChecks(values), loss: oneOf(...LOSSES) }[differs](given[1], `the rival's ${differs}`)];
};

/** What makes a run. */
const runChecks = (values) => ({
  hidden: list(whole(1, MOST_NEURONS), MOST_LAYERS),
  activation: oneOf(...values.activations),
  optimizer: oneOf(...Object.keys(OPTIMIZERS)),
  lr: number(SLOWEST, FASTEST),
  l2: number(0, MOST_DECAY),
  batch: whole(1, MOST_POINTS),
  seed: whole(0, values.normals.length - 1),
  steps: whole(0, MOST_STEPS),
  edits: list(list(number(-1000, MOST_STEPS), 3, 3), MOST_EDITS), // step, place, value
  turns: list(list(number(0, MOST_STEPS), 3, 3), MOST_TURNS), // step, learning rate, decay
  locks: list(list(whole(0, MOST_STEPS), 3, 3), MOST_EDITS), // step, place, 1 or 0
});

export const checks = (values) => ({
  set: oneOf(...Object.keys(values.sets)),
  own: maybe(list(point, MOST_POINTS, 2)),
  noise: number(0, MOST_NOISE), // its deviation, in the plane
  noiseSeed: whole(0, values.noise.length - 1),
  loss: oneOf(...LOSSES),
  ...runChecks(values),
  reached: whole(0, MOST_STEPS), // how far the run at hand went before an earlier step was gone back to
  branches: list(fields(runChecks(values)), MOST_BRANCHES), // runs that were left
  layer: whole(0, MOST_LAYERS),
  place: number(0, 3),
  axes: list(whole(0, MOST_NEURONS - 1), 2, 2),
  line: list(number(-4, 360), 2, 2),
  stop: number(0, 1),
  chosen: maybe(whole(0, MOST_POINTS - 1)), // the row of the lit point
  pinned: maybe(list(whole(0, MOST_NEURONS), 2, 2)), // layer and neuron of the large field
  rival: maybe(rivalCheck(values)),
});

/** Throws where the fields of a state do not fit together. */
export function agree(state, values) {
  const { sizes, labels, start: parameters } = recipeOf(state, values);
  if (state.layer > sizes.length - 2) throw new Error(`layer is ${state.layer}; the net has ${sizes.length - 1}`);
  if (state.chosen >= labels.length) throw new Error(`chosen is ${state.chosen}; there are ${labels.length} points`);
  if (state.pinned && !(state.pinned[1] < sizes[state.pinned[0] + 1])) throw new Error(`there is no neuron ${state.pinned.join(", ")}`);
  agreeRun(state, parameters.length);
  for (const branch of state.branches) {
    const missing = [...RUN, "steps"].find((name) => !(name in branch));
    if (missing) throw new Error(`a run that was left has no ${missing}`);
    agreeRun(branch, recipeOf({ ...state, ...branch }, values).start.length);
  }
}

/** Throws where what was done on the way is of no step, or of no weight. */
function agreeRun({ edits, turns, locks }, count) {
  for (const [since, place] of [...edits, ...locks]) {
    if (!Number.isInteger(place) || place < 0 || place >= count) throw new Error(`there is no weight ${place}`);
    if (!Number.isInteger(since) || since < 0) throw new Error(`there is no step ${since}`);
  }
  if (locks.some(([, , isLocked]) => isLocked > 1)) throw new Error("a weight is locked, 1, or not, 0");
  turns.forEach(([since, lr, l2], at) => {
    if (!Number.isInteger(since) || (at && since <= turns[at - 1][0])) throw new Error(`turns[${at}] is not of a later step than the one before`);
    number(SLOWEST, FASTEST)(lr, `the learning rate of turns[${at}]`);
    number(0, MOST_DECAY)(l2, `the decay of turns[${at}]`);
  });
}
