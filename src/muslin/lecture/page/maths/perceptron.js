/**
 * Neurons, twin of textbook/neuron.py: McCulloch and Pitts's of 1943, wired by hand, and Rosenblatt's, which learns.
 *
 * Inputs of B samples are rows of D numbers. There is one neuron: D weights and a bias, a line where D is 2.
 */

import { step } from "./activations.js";
import { atLeast, between, finite, finiteNumber, labels as checkLabels, refuse, rowsOf } from "./checks.js";

/** A McCulloch-Pitts neuron: fires iff no inhibitory line is on and at least `threshold` excitatory ones are. */
export class McCullochPitts {
  constructor(threshold, { excitatory = [], inhibitory = [] }) {
    this.threshold = atLeast("threshold", threshold, 0);
    for (const line of [...excitatory, ...inhibitory]) atLeast("line", line, 0);
    Object.assign(this, { excitatory, inhibitory });
  }

  /** Returns 1 if it fires on an array of zeros and ones, else 0. */
  fire(inputs) {
    const last = Math.max(0, ...this.excitatory, ...this.inhibitory);
    if (inputs.length <= last) refuse(`inputs has ${inputs.length} numbers; it must reach line ${last}`);
    checkLabels("inputs", inputs, 2, inputs.length);
    const excited = this.excitatory.reduce((count, line) => count + inputs[line], 0) >= this.threshold;
    return Number(excited && !this.inhibitory.some((line) => inputs[line]));
  }
}

/** Layers of McCulloch-Pitts neurons, each fed by the one before. */
export class McCullochPittsNet {
  constructor(layers) {
    this.layers = layers;
  }

  /** Returns the inputs, and then what each layer's neurons did. */
  states(inputs) {
    const states = [inputs];
    for (const layer of this.layers) states.push(layer.map((neuron) => neuron.fire(states.at(-1))));
    return states;
  }
}

const one = (...settings) => new McCullochPitts(...settings);
export const AND = new McCullochPittsNet([[one(2, { excitatory: [0, 1] })]]);
export const OR = new McCullochPittsNet([[one(1, { excitatory: [0, 1] })]]);
export const NOT = new McCullochPittsNet([[one(0, { inhibitory: [0] })]]);
export const XOR = new McCullochPittsNet([
  [one(1, { excitatory: [0], inhibitory: [1] }), one(1, { excitatory: [1], inhibitory: [0] })],
  [one(1, { excitatory: [0, 1] })],
]);

/** Returns every combination of a net's inputs, counted up in binary, each with what the net answers behind it. */
export const truthTable = (net, inputs) =>
  Array.from({ length: 2 ** atLeast("inputs", inputs, 1) }, (_, count) => {
    const row = Array.from({ length: inputs }, (_, line) => Math.floor(count / 2 ** (inputs - 1 - line)) % 2);
    return [...row, ...net.states(row).at(-1)];
  });

function checked(inputs, weights, bias) {
  finite("weights", weights);
  finiteNumber("bias", bias);
  return rowsOf("inputs", finite("inputs", inputs), weights.length);
}

/** Returns the weighted sum of row `row`, and the bias. */
function weighted(inputs, row, weights, bias) {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += inputs[row * weights.length + i] * weights[i];
  return sum + bias;
}

/** Perceptron, step(inputs @ weights + bias), for each row. */
export const perceptron = (inputs, weights, bias) =>
  Float64Array.from({ length: checked(inputs, weights, bias) }, (_, row) => step(weighted(inputs, row, weights, bias)));

/** Perceptron's learning rule: returns weights w + lr (t - y) x and bias b + lr (t - y), summed over the rows. */
export function perceptronUpdate(inputs, targets, weights, bias, lr = 1) {
  const outputs = perceptron(inputs, weights, bias);
  checkLabels("targets", targets, 2, outputs.length);
  const changes = outputs.map((output, row) => between("lr", lr, 0, Infinity) * (targets[row] - output));
  const moved = weights.map((weight, i) =>
    weight + changes.reduce((sum, change, row) => sum + inputs[row * weights.length + i] * change, 0),
  );
  return { weights: moved, bias: bias + changes.reduce((sum, change) => sum + change, 0) };
}

/**
 * Trains a perceptron from zero weights, sample by sample: a generator that stops at each mistake.
 *
 * It yields { epoch, sample, weights, bias } after each mistake, with arrays of their own, and ends after an epoch
 * without mistakes, or after `epochs`. At its end it returns { mistakes, weights, bias, converged }, with the number of
 * mistakes in each epoch.
 */
export function trainPerceptron(inputs, labels, width, { lr = 1, epochs = 100 } = {}) {
  checkLabels("labels", labels, 2, rowsOf("inputs", finite("inputs", inputs), width));
  if (between("lr", lr, 0, Infinity) === 0) refuse("lr is 0; it must be above 0, or nothing is learned");
  return learn(inputs, labels, new Float64Array(width), lr, atLeast("epochs", epochs, 1));
}

function* learn(inputs, labels, weights, lr, epochs) {
  let bias = 0;
  const mistakes = [];
  for (let epoch = 0; epoch < epochs && mistakes.at(-1) !== 0; epoch++) {
    mistakes.push(0);
    for (let sample = 0; sample < labels.length; sample++) {
      const error = labels[sample] - step(weighted(inputs, sample, weights, bias));
      if (error === 0) continue;
      weights = weights.map((weight, i) => weight + lr * error * inputs[sample * weights.length + i]);
      bias += lr * error;
      mistakes[epoch] += 1;
      yield { epoch, sample, weights, bias };
    }
  }
  return { mistakes, weights, bias, converged: mistakes.at(-1) === 0 };
}

/** Mistake bound of the perceptron, (R / gamma)^2, from any line that separates the classes (Novikoff, 1962). */
export function mistakeBound(inputs, labels, weights, bias) {
  checkLabels("labels", labels, 2, checked(inputs, weights, bias));
  const margins = Array.from(labels, (label, row) => (2 * label - 1) * weighted(inputs, row, weights, bias));
  const least = Math.min(...margins);
  if (least <= 0) refuse(`the line misses sample ${margins.indexOf(least)}; it must separate the classes strictly`);
  const squared = (vector) => vector.reduce((sum, each) => sum + each * each, 0);
  const rows = margins.map((_, row) => squared(inputs.subarray(row * weights.length, (row + 1) * weights.length)) + 1);
  return (Math.max(...rows) * (squared(weights) + bias * bias)) / (least * least);
}
