/** What a network may be made of, twin of textbook/network/functions.py: each works on whole arrays and fills `out`. */

import { relu, reluGradient, sigmoid, sigmoidGradient, softmax, tanh, tanhGradient } from "./activations.js";
import * as losses from "./losses.js";

/** Hidden layers, by name. */
export const ACTIVATIONS = ["relu", "sigmoid", "tanh"];

/** Applies an activation; there is a loop for each, which a browser compiles to arithmetic alone. */
export function activate(name, z, out) {
  if (name === "tanh") for (let i = 0; i < z.length; i++) out[i] = tanh(z[i]);
  else if (name === "relu") for (let i = 0; i < z.length; i++) out[i] = relu(z[i]);
  else for (let i = 0; i < z.length; i++) out[i] = sigmoid(z[i]);
}

/** Multiplies a gradient from above with an activation's slope at z. */
export function passBack(name, z, above, out) {
  if (name === "tanh") for (let i = 0; i < z.length; i++) out[i] = above[i] * tanhGradient(z[i]);
  else if (name === "relu") for (let i = 0; i < z.length; i++) out[i] = above[i] * reluGradient(z[i]);
  else for (let i = 0; i < z.length; i++) out[i] = above[i] * sigmoidGradient(z[i]);
}

const sigmoidOutput = { output: "sigmoid", activate: (z, out) => activate("sigmoid", z, out) };

/** Last layers, by their loss: the activation, then loss and its gradient for pre-activations z and activations a. */
export const LOSSES = {
  "cross-entropy": {
    output: "softmax",
    activate: (z, out, classes) => softmax(z, classes, out),
    loss: (z, a, targets, classes, spare) => losses.crossEntropyWithLogits(z, targets, classes, spare),
    gradient: (z, a, targets, classes, out) => losses.crossEntropyWithLogitsGradient(z, targets, classes, out),
  },
  "binary-cross-entropy": {
    ...sigmoidOutput,
    loss: (z, a, targets) => losses.binaryCrossEntropyWithLogits(z, targets),
    gradient: (z, a, targets, classes, out) => losses.binaryCrossEntropyWithLogitsGradient(z, targets, out),
  },
  "mean-squared-error": {
    ...sigmoidOutput,
    loss: (z, a, targets) => losses.meanSquaredError(a, targets),
    gradient: (z, a, targets, classes, out) =>
      passBack("sigmoid", z, losses.meanSquaredErrorGradient(a, targets, out), out),
  },
};
