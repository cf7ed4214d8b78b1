/**
 * The network itself, twin of textbook/network/layers.py: layers in one vector of parameters, forward, backward, step.
 *
 * Shapes: B samples, D inputs, K outputs; a layer of `out` neurons fed by `in` ones has weights (in, out) and bias
 * (out), and is activation(inputs @ weights + bias). Matrices lie row by row in a Float64Array.
 */

import { atLeast, between, finite, labels, refuse, rowsOf, sized } from "./checks.js";
import { ACTIVATIONS, activate, LOSSES, passBack } from "./functions.js";
import { l2Penalty, startState } from "./optimizers.js";

/** Returns the number of parameters of a network of these sizes. */
export const parameterCount = (sizes) =>
  sizes.slice(1).reduce((count, outs, layer) => count + (sizes[layer] + 1) * outs, 0);

/** Arrays of rows that are made once, for the largest batch so far; smaller batches see the beginning of them. */
class Arrays {
  #most = 0;

  /** Takes the width of each array's rows, and what arranges the arrays of a batch in a record. */
  constructor(widths, arrange) {
    Object.assign(this, { widths, arrange });
  }

  /** Returns the record for a batch. */
  of(batch) {
    if (batch > this.#most) {
      this.#most = batch;
      this.whole = this.widths.map((width) => new Float64Array(batch * width));
      this.arranged = new Map();
    }
    if (!this.arranged.has(batch)) {
      const part = this.whole.map((array, place) => array.subarray(0, batch * this.widths[place]));
      this.arranged.set(batch, this.arrange(part));
    }
    return this.arranged.get(batch);
  }
}

/**
 * A fully connected network. Its last layer is softmax for cross-entropy over two classes or more, and sigmoid for
 * binary-cross-entropy or mean-squared-error with one output.
 *
 * A step writes into arrays that are there already: what `step`, `backpropagate`, `forward` and `probabilities` return
 * holds until the next call of the same kind.
 *
 * parameters: all weights and biases, layer by layer; a step changes them in place, and so may the page.
 * padlocks: a 1 for each parameter that steps leave as it is, or null; its gradient is computed all the same.
 * state: the optimizer's memory; `forget` it before going on with another optimizer.
 */
export class Network {
  #steps;
  #passes;
  #before;

  constructor({ sizes, activation = "tanh", loss = "binary-cross-entropy", parameters, padlocks = null }) {
    check(sizes, activation, loss);
    finite("parameters", sized("parameters", parameters, parameterCount(sizes)));
    if (padlocks) sized("padlocks", padlocks, parameters.length);
    Object.assign(this, { sizes, activation, loss, parameters, padlocks, layers: views(sizes, parameters) });
    this.#before = new Float64Array(parameters.length);
    const gradient = new Float64Array(parameters.length);
    const [gradients, outs, count] = [views(sizes, gradient), sizes.slice(1), sizes.length - 1];
    this.#steps = new Arrays([...outs, ...outs, ...outs, ...sizes], (arrays) => {
      const layers = this.layers.map(({ weights, bias }, at) => ({
        ...{ inputs: at ? arrays[count + at - 1] : null, weights, bias },
        ...{ preActivation: arrays[at], activation: arrays[count + at], preActivationGradient: arrays[2 * count + at] },
        ...{ weightGradient: gradients[at].weights, biasGradient: gradients[at].bias },
        inputGradient: arrays[3 * count + at],
      }));
      return { loss: 0, penalty: 0, targets: arrays[4 * count], gradient, layers };
    });
    this.#passes = new Arrays([...outs, ...outs], (arrays) =>
      outs.map((_, at) => ({ preActivation: arrays[at], activation: arrays[count + at] })),
    );
    this.forget();
  }

  /** Forgets the optimizer's memory. */
  forget() {
    this.state = startState(this.parameters.length);
  }

  /** Returns preActivation and activation (B, out) of each layer for inputs (B, D). */
  forward(inputs) {
    const layers = this.#passes.of(this.#batch(inputs));
    this.#forward(inputs, layers);
    return layers;
  }

  /** Returns the outputs (B, K): probabilities of the classes, or of class 1 where K is 1. */
  probabilities(inputs) {
    return this.forward(inputs).at(-1).activation;
  }

  /** Returns the predicted labels (B). */
  predict(inputs) {
    const [outputs, classes] = [this.probabilities(inputs), this.sizes.at(-1)];
    return Int32Array.from({ length: outputs.length / classes }, (_, row) => {
      const own = outputs.subarray(row * classes, (row + 1) * classes);
      return classes === 1 ? Number(own[0] >= 0.5) : own.indexOf(Math.max(...own));
    });
  }

  /**
   * Takes one training step on inputs (B, D) and their labels (B), and returns every number of it, from before the
   * update: loss, penalty, targets (B, K), gradient, and `layers`: inputs, weights, bias, preActivation, activation,
   * preActivationGradient, weightGradient, biasGradient and inputGradient of each.
   *
   * optimizer and settings: one of optimizers.js, and its lr and so on.
   * l2: L2 penalty on weights, not on biases, 0 or more.
   */
  step(inputs, targets, optimizer, settings, l2 = 0) {
    const step = this.backpropagate(inputs, targets, l2);
    if (this.padlocks) this.#before.set(this.parameters);
    optimizer(this.parameters, step.gradient, this.state, settings);
    this.padlocks?.forEach((isLocked, i) => isLocked && (this.parameters[i] = this.#before[i]));
    return step;
  }

  /** Goes forward and backward without an update. */
  backpropagate(inputs, targets, l2 = 0) {
    between("l2", l2, 0, Infinity);
    const batch = this.#batch(inputs);
    const step = this.#steps.of(batch);
    const [{ layers }, { loss, gradient }] = [step, LOSSES[this.loss]];
    const [last, classes] = [layers[layers.length - 1], this.sizes[layers.length]];
    fillTargets(labels("targets", targets, Math.max(classes, 2), batch), classes, step.targets);
    layers[0].inputs = inputs;
    this.#forward(inputs, layers);
    step.loss = loss(last.preActivation, last.activation, step.targets, classes, last.preActivationGradient);
    gradient(last.preActivation, last.activation, step.targets, classes, last.preActivationGradient);
    step.penalty = 0;
    for (let at = layers.length - 1; at >= 0; at--) {
      const layer = layers[at];
      const { preActivation: z, preActivationGradient: delta } = layer;
      if (layer !== last) passBack(this.activation, z, layers[at + 1].inputGradient, delta);
      passDown(layer, this.sizes[at], this.sizes[at + 1], l2);
      if (l2) step.penalty += l2Penalty(layer.weights, l2);
    }
    return step;
  }

  #batch(inputs) {
    return rowsOf("inputs", finite("inputs", inputs), this.sizes[0]);
  }

  #forward(inputs, layers) {
    let below = inputs;
    for (let place = 0; place < layers.length; place++) {
      const { preActivation, activation } = layers[place];
      const { weights, bias } = this.layers[place];
      weightedSums(below, weights, bias, preActivation, this.sizes[place], this.sizes[place + 1]);
      if (place < layers.length - 1) activate(this.activation, preActivation, activation);
      else LOSSES[this.loss].activate(preActivation, activation, this.sizes[place + 1]);
      below = activation;
    }
  }
}

function check(sizes, activation, loss) {
  if (!(sizes.length >= 2)) refuse(`sizes is ${sizes}; it must name inputs and outputs at least, such as 2, 8, 1`);
  for (const size of sizes) atLeast("sizes", size, 1);
  for (const [kind, name, known] of [["activation", activation, ACTIVATIONS], ["loss", loss, Object.keys(LOSSES)]]) {
    if (!known.includes(name)) refuse(`${kind} is ${name}; it must be one of ${known.join(", ")}`);
  }
  if ((loss === "cross-entropy") === (sizes.at(-1) === 1)) {
    refuse(`sizes is ${sizes} and loss is ${loss}; cross-entropy needs two outputs or more, the others exactly one`);
  }
}

/** Returns weights and bias of each layer, as views of a vector: the parameters, or a gradient. */
function views(sizes, vector) {
  let start = 0;
  return sizes.slice(1).map((outs, layer) => {
    const middle = start + sizes[layer] * outs;
    const view = { weights: vector.subarray(start, middle), bias: vector.subarray(middle, middle + outs) };
    start = middle + outs;
    return view;
  });
}

/** Fills rows of targets: one-hot, or the label itself where there is one output. */
function fillTargets(labels, classes, targets) {
  for (let i = 0; i < targets.length; i++) {
    targets[i] = classes === 1 ? labels[i] : Number(labels[Math.floor(i / classes)] === i % classes);
  }
}

/** Fills z with inputs @ weights + bias. */
function weightedSums(inputs, weights, bias, z, ins, outs) {
  for (let from = 0, at = 0; at < z.length; from += ins) {
    for (let j = 0; j < outs; j++, at++) {
      let sum = 0;
      for (let i = 0; i < ins; i++) sum += inputs[from + i] * weights[i * outs + j];
      z[at] = sum + bias[j];
    }
  }
}

/** Fills a layer's gradients for weights, bias and inputs, from the one for pre-activations. */
function passDown(layer, ins, outs, l2) {
  const { inputs, weights, preActivationGradient: delta, weightGradient, biasGradient, inputGradient } = layer;
  weightGradient.fill(0);
  biasGradient.fill(0);
  for (let from = 0, at = 0; at < delta.length; from += ins, at += outs) {
    for (let i = 0; i < ins; i++) {
      let sum = 0;
      for (let j = 0; j < outs; j++) {
        weightGradient[i * outs + j] += inputs[from + i] * delta[at + j];
        sum += delta[at + j] * weights[i * outs + j];
      }
      inputGradient[from + i] = sum;
    }
    for (let j = 0; j < outs; j++) biasGradient[j] += delta[at + j];
  }
  if (l2) for (let k = 0; k < weights.length; k++) weightGradient[k] += l2 * weights[k];
}
