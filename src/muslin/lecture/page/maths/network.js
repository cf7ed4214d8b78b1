/**
 * The network itself, twin of textbook/network/layers.py: layers in one vector of parameters, forward, backward, a step.
 *
 * Shapes: B samples, D inputs, K outputs; a layer of `out` neurons fed by `in` ones has weights (in, out) and bias (out),
 * and is activation(inputs @ weights + bias). Matrices lie row by row in a Float64Array.
 */

import { atLeast, between, finite, labels, rowsOf, sized } from "./checks.js";
import { ACTIVATIONS, LOSSES } from "./functions.js";
import { l2Penalty, startState } from "./optimizers.js";

/** Returns the number of parameters of a network of these sizes. */
export const parameterCount = (sizes) =>
  sizes.slice(1).reduce((count, outs, layer) => count + (sizes[layer] + 1) * outs, 0);

/** Arrays of rows that are made once, for the largest batch so far; smaller batches see the beginning of them. */
class Arrays {
  #widths;
  #arrange;
  #whole = [];
  #most = 0;
  #arranged = new Map();

  /** Takes the width of each array's rows, and what makes a record of the arrays. */
  constructor(widths, arrange) {
    this.#widths = widths;
    this.#arrange = arrange;
  }

  /** Returns the record for a batch. */
  of(batch) {
    if (batch > this.#most) {
      this.#most = batch;
      this.#whole = this.#widths.map((width) => new Float64Array(batch * width));
      this.#arranged.clear();
    }
    let record = this.#arranged.get(batch);
    if (!record) {
      record = this.#arrange(this.#whole.map((array, place) => array.subarray(0, batch * this.#widths[place])));
      this.#arranged.set(batch, record);
    }
    return record;
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
    this.sizes = sizes;
    this.activation = activation;
    this.loss = loss;
    this.parameters = finite("parameters", sized("parameters", parameters, parameterCount(sizes)));
    this.padlocks = padlocks && sized("padlocks", padlocks, parameters.length);
    this.#before = new Float64Array(parameters.length);
    this.layers = views(sizes, parameters);
    const gradient = new Float64Array(parameters.length);
    const gradients = views(sizes, gradient);
    const outs = sizes.slice(1);
    this.#steps = new Arrays([sizes, outs, outs, outs].flat(), (arrays) => {
      const part = (kind, layer) => arrays[kind * outs.length + Math.min(kind, 1) + layer];
      const layers = this.layers.map(({ weights, bias }, layer) => ({
        inputs: layer ? part(2, layer - 1) : null,
        weights,
        bias,
        preActivation: part(1, layer),
        activation: part(2, layer),
        preActivationGradient: part(3, layer),
        weightGradient: gradients[layer].weights,
        biasGradient: gradients[layer].bias,
        inputGradient: part(0, layer),
      }));
      return { loss: 0, penalty: 0, targets: null, gradient, layers };
    });
    this.#passes = new Arrays([outs, outs].flat(), (arrays) =>
      outs.map((_, layer) => ({ preActivation: arrays[layer], activation: arrays[outs.length + layer] })),
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
      if (classes === 1) return Number(outputs[row] >= 0.5);
      let best = 0;
      for (let k = 1; k < classes; k++) if (outputs[row * classes + k] > outputs[row * classes + best]) best = k;
      return best;
    });
  }

  /**
   * Takes one training step on inputs (B, D) and their labels (B), and returns every number of it, from before the
   * update: loss, penalty, targets, gradient, and for each layer inputs, preActivation, activation and their gradients.
   *
   * optimizer and settings: one of optimizers.js, and its lr and so on.
   * l2: L2 penalty on weights, not on biases, 0 or more.
   */
  step(inputs, targets, optimizer, settings, l2 = 0) {
    const step = this.backpropagate(inputs, targets, l2);
    if (this.padlocks) this.#before.set(this.parameters);
    optimizer(this.parameters, step.gradient, this.state, settings);
    if (this.padlocks) {
      for (let i = 0; i < this.padlocks.length; i++) if (this.padlocks[i]) this.parameters[i] = this.#before[i];
    }
    return step;
  }

  /** Goes forward and backward without an update. */
  backpropagate(inputs, targets, l2 = 0) {
    between("l2", l2, 0, Infinity);
    const [batch, { activation: hidden, loss: kind }, classes] = [this.#batch(inputs), this, this.sizes.at(-1)];
    labels("targets", targets, Math.max(classes, 2), batch);
    const step = this.#steps.of(batch);
    const { layers } = step;
    layers[0].inputs = inputs;
    step.targets = targets;
    this.#forward(inputs, layers);
    const last = layers[layers.length - 1];
    const lastLayer = LOSSES[kind];
    step.loss = lastLayer.loss(last.preActivation, last.activation, targets, classes, last.preActivationGradient);
    lastLayer.gradient(last.preActivation, last.activation, targets, classes, last.preActivationGradient);
    step.penalty = 0;
    for (let place = layers.length - 1; place >= 0; place--) {
      const layer = layers[place];
      if (layer !== last) {
        ACTIVATIONS[hidden].passBack(layer.preActivation, layers[place + 1].inputGradient, layer.preActivationGradient);
      }
      passDown(layer, this.sizes[place], this.sizes[place + 1], l2);
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
      const layer = place < layers.length - 1 ? ACTIVATIONS[this.activation] : LOSSES[this.loss];
      layer.activate(preActivation, activation, this.sizes[place + 1]);
      below = activation;
    }
  }
}

function check(sizes, activation, loss) {
  if (!(sizes.length >= 2)) throw new Error(`sizes is ${sizes}; it must name inputs and outputs at least, such as 2, 8, 1`);
  for (const size of sizes) atLeast("sizes", size, 1);
  for (const [kind, name, known] of [["activation", activation, ACTIVATIONS], ["loss", loss, LOSSES]]) {
    if (!Object.hasOwn(known, name)) throw new Error(`${kind} is ${name}; it must be one of ${Object.keys(known).join(", ")}`);
  }
  if ((loss === "cross-entropy") === (sizes.at(-1) === 1)) {
    throw new Error(`sizes is ${sizes} and loss is ${loss}; cross-entropy needs two outputs or more, the others exactly one`);
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
