/** One forward and backward pass on one sample, operation by operation, twin of textbook/network/events.py. */

import * as activations from "./activations.js";
import { LOSSES } from "./functions.js";
import { Network } from "./network.js";

const named = (name, values) => Array.from(values, (value, i) => [[`${name}[${i}]`, value]]);

/**
 * Returns the operations of one pass on one sample (D), in the order they happen.
 *
 * Each is { phase, operation, layer, neuron, function, terms, value, source }; a term is a product of factors, each
 * [name, number]. Where the function is "sum", the value is the sum of the terms. `source` is the input that a weight
 * comes from, for its gradient; null otherwise.
 */
export function stepThrough(network, inputs, target, l2 = 0) {
  const { sizes, activation, loss, parameters } = network;
  const twin = new Network({ sizes, activation, loss, parameters }); // its arrays are its own
  const step = twin.backpropagate(inputs, [target], l2);
  const last = step.layers.length - 1;
  const scores = named("z", step.layers[last].preActivation);
  const forward = step.layers.map((layer, place) =>
    forwardEvents(layer, place, place === last ? LOSSES[loss].output : activation),
  );
  const backward = step.layers.map((layer, place) =>
    [...deltaEvents(network, step, place, target), ...gradientEvents(layer, place, l2)],
  );
  const lossEvent = event("forward", "loss", last, 0, loss, [...scores, [["t", target]]], step.loss);
  return [...forward.flat(), lossEvent, ...backward.reverse().flat()];
}

function event(phase, operation, layer, neuron, name, terms, value, source = null) {
  return { phase, operation, layer, neuron, function: name, terms, value, source };
}

function forwardEvents({ inputs, weights, bias, preActivation, activation }, place, name) {
  const scores = named("z", preActivation);
  const sums = Array.from(bias, (own, j) => {
    const terms = named("x", inputs).map(([x], i) => [x, [`w[${i},${j}]`, weights[i * bias.length + j]]]);
    return event("forward", "pre-activation", place, j, "sum", [...terms, [[`b[${j}]`, own]]], preActivation[j]);
  });
  const outputs = Array.from(activation, (value, j) => {
    const mixed = name === "softmax" ? [...scores.slice(j), ...scores.slice(0, j)] : [scores[j]]; // its own comes first
    return event("forward", "activation", place, j, name, mixed, value);
  });
  return [...sums, ...outputs];
}

/** Returns gradients of pre-activations: from the loss in the last layer, through the activation's slope below it. */
function deltaEvents({ loss, activation: name }, { layers }, place, target) {
  const { activation, preActivation, preActivationGradient } = layers[place];
  return Array.from(preActivationGradient, (value, j) => {
    const wanted = loss === "cross-entropy" ? Number(target === j) : target;
    const slope = (kind) => ["f'(z)", activations[`${kind}Gradient`](preActivation[j])];
    let terms = [[["a", activation[j]]], [["-t", 0 - wanted]]];
    if (place < layers.length - 1) terms = [[["dL/da", layers[place + 1].inputGradient[j]], slope(name)]];
    else if (loss === "mean-squared-error") terms = [[["2 (a - t)", 2 * (activation[j] - wanted)], slope("sigmoid")]];
    return event("backward", "pre-activation gradient", place, j, "sum", terms, value);
  });
}

function gradientEvents(layer, place, l2) {
  const { inputs, weights, bias, preActivationGradient, weightGradient, inputGradient } = layer;
  const [outs, deltas] = [bias.length, named("dL/dz", preActivationGradient).flat()];
  const weight = (i, j) => [`w[${i},${j}]`, weights[i * outs + j]];
  const ofWeights = Array.from(weightGradient, (value, at) => {
    const [i, j] = [Math.floor(at / outs), at % outs];
    const terms = [[deltas[j], [`x[${i}]`, inputs[i]]], ...(l2 ? [[["l2", l2], weight(i, j)]] : [])];
    return event("backward", "weight gradient", place, j, "sum", terms, value, i);
  });
  const ofBiases = deltas.map((delta, j) => event("backward", "bias gradient", place, j, "sum", [[delta]], delta[1]));
  const ofInputs = Array.from(inputGradient, (value, i) =>
    event("backward", "input gradient", place, i, "sum", deltas.map((delta, j) => [delta, weight(i, j)]), value),
  );
  return [...ofWeights, ...ofBiases, ...ofInputs];
}
