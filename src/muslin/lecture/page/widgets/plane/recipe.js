/** What trains, made of the widget's state and the dealt values. */

import { clamp } from "../../parts/numbers.js";
import { EXTENT } from "./fields.js";
import { MOST_POINTS } from "./limits.js";
import { startWeights } from "./trainer.js";

/** Returns the labels of the points that are learnt. */
const labelsOf = (state, values) => (state.own ? state.own.map(([, , label]) => label) : values.sets[state.set].labels);

/** Returns the sizes of the net: two inputs, and one output, or one for each colour where there are more than two. */
export function sizesOf(state, values) {
  const classes = Math.max(...labelsOf(state, values)) + 1;
  return [2, ...state.hidden, classes > 2 ? classes : 1];
}

/** Returns points [x, y] as one row of numbers, each moved by the dealt noise from a row on. */
function noisy(points, { noise, noiseSeed }, dealt, first) {
  const moved = (value, at) => (noise ? clamp(value + noise * dealt[noiseSeed][2 * first + at], -EXTENT, EXTENT) : value);
  return Float64Array.from(points.flat(), moved);
}

/**
 * Returns a recipe for `Trainer`. Own points, [x, y, label] each, are their own fresh points. `judged` names another loss
 * that it is judged by.
 */
export function recipeOf(state, values, judged = null) {
  const set = values.sets[state.set];
  const own = state.own && state.own.map(([x, y]) => [x, y]);
  const labels = labelsOf(state, values);
  if (labels.some((label) => !Number.isInteger(label) || label < 0)) throw new Error("a colour must be a whole number from 0");
  const sizes = sizesOf(state, values);
  return {
    points: noisy(own ?? set.points, state, values.noise, 0),
    labels: Int32Array.from(labels),
    testPoints: own ? noisy(own, state, values.noise, 0) : noisy(set.test_points, state, values.noise, MOST_POINTS),
    testLabels: Int32Array.from(state.own ? labels : set.test_labels),
    sizes,
    activation: state.activation,
    loss: sizes.at(-1) > 1 ? "cross-entropy" : state.loss,
    start: startWeights(sizes, state.activation, values.normals[state.seed]),
    optimizer: state.optimizer,
    lr: state.lr,
    l2: state.l2,
    batch: Math.min(state.batch, labels.length),
    edits: state.edits,
    turns: state.turns,
    locks: state.locks,
    ...(judged && { judged }),
  };
}
