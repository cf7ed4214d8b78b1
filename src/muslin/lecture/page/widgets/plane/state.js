/** The state of “Separating colours”: what a new visitor sees, and what a link may bring. */

import { list, maybe, number, oneOf, whole } from "../../parts/checks.js";
import { EXTENT } from "./fields.js";
import { LOSSES, MOST_COLOURS, MOST_LAYERS, MOST_NEURONS, MOST_NOISE, MOST_POINTS, MOST_STEPS } from "./limits.js";
import { recipeOf } from "./recipe.js";
import { OPTIMIZERS } from "./trainer.js";

export const start = () => ({
  set: "ring-in-ring", own: null, noise: 0, noiseSeed: 0, hidden: [4, 2], activation: "tanh", loss: "binary-cross-entropy",
  optimizer: "adam", lr: 0.03, l2: 0, batch: 10, seed: 0, steps: 0, edits: [], locks: [],
  layer: 0, place: 3, axes: [0, 1], line: [90, 0], stop: 0,
  chosen: null, pinned: null,
});

export const checks = (values) => ({
  set: oneOf(...Object.keys(values.sets)),
  own: maybe(list(list(number(-EXTENT, MOST_COLOURS), 3, 3), MOST_POINTS, 2)),
  noise: number(0, MOST_NOISE), // its deviation, in the plane
  noiseSeed: whole(0, values.noise.length - 1),
  hidden: list(whole(1, MOST_NEURONS), MOST_LAYERS),
  activation: oneOf(...values.activations),
  loss: oneOf(...LOSSES),
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
  chosen: maybe(whole(0, MOST_POINTS - 1)), // the row of the lit point
  pinned: maybe(list(whole(0, MOST_NEURONS), 2, 2)), // layer and neuron of the large field
});

/** Throws where the fields of a state do not fit together. */
export function agree(state, values) {
  const { sizes, labels, start: parameters } = recipeOf(state, values);
  if (state.layer > sizes.length - 2) throw new Error(`layer is ${state.layer}; the net has ${sizes.length - 1}`);
  if (state.chosen >= labels.length) throw new Error(`chosen is ${state.chosen}; there are ${labels.length} points`);
  if (state.pinned && !(state.pinned[1] < sizes[state.pinned[0] + 1])) throw new Error(`there is no neuron ${state.pinned.join(", ")}`);
  for (const place of [...state.locks, ...state.edits.map(([, index]) => index)])
    if (!Number.isInteger(place) || place < 0 || place >= parameters.length) throw new Error(`there is no weight ${place}`);
}
