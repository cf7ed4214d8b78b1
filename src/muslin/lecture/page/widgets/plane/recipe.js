/** What trains, made of the widget's state and the dealt values. */

import { startWeights } from "./trainer.js";

/** Returns the labels of the points that are learnt. */
const labelsOf = (state, values) => (state.own ? state.own.map(([, , label]) => label) : values.sets[state.set].labels);

/** Returns the sizes of the net: two inputs, and one output, or one for each colour where there are more than two. */
export function sizesOf(state, values) {
  const classes = Math.max(...labelsOf(state, values)) + 1;
  return [2, ...state.hidden, classes > 2 ? classes : 1];
}

/** Returns a recipe for `Trainer`. Own points, [x, y, label] each, are their own fresh points. */
export function recipeOf(state, values) {
  const set = values.sets[state.set];
  const own = state.own && state.own.map(([x, y]) => [x, y]);
  const labels = labelsOf(state, values);
  if (labels.some((label) => !Number.isInteger(label) || label < 0)) throw new Error("a colour must be a whole number from 0");
  const sizes = sizesOf(state, values);
  return {
    points: Float64Array.from((own ?? set.points).flat()),
    labels: Int32Array.from(labels),
    testPoints: Float64Array.from((own ?? set.test_points).flat()),
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
    locks: state.locks,
  };
}
