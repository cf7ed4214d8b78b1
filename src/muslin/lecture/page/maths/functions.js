/** What a network may be made of, twin of textbook/network/functions.py: each works on whole arrays and fills `out`. */

import { relu, reluGradient, sigmoid, sigmoidGradient, softmax, tanh, tanhGradient } from "./activations.js";
import * as losses from "./losses.js";

/** Applies a function that is named here; a loop for each, so that a browser compiles it to arithmetic alone. */
function fill(name, z, out) {
  if (name === "tanh") for (let i = 0; i < z.length; i++) out[i] = tanh(z[i]);
  else if (name === "relu") for (let i = 0; i < z.length; i++) out[i] = relu(z[i]);
  else for (let i = 0; i < z.length; i++) out[i] = sigmoid(z[i]);
}

/** Multiplies numbers from above with the slope at z. */
function passBack(name, z, above, out) {
  if (name === "tanh") for (let i = 0; i < z.length; i++) out[i] = above[i] * tanhGradient(z[i]);
  else if (name === "relu") for (let i = 0; i < z.length; i++) out[i] = above[i] * reluGradient(z[i]);
  else for (let i = 0; i < z.length; i++) out[i] = above[i] * sigmoidGradient(z[i]);
}

const named = (name) => ({
  activate: (z, out) => fill(name, z, out),
  passBack: (z, above, out) => passBack(name, z, above, out),
});

/** Hidden layers: the activation, and how a gradient from above passes it, both for pre-activations z. */
export const ACTIVATIONS = { relu: named("relu"), sigmoid: named("sigmoid"), tanh: named("tanh") };

/** Last layers: the activation, the loss and its gradient for pre-activations z, with the activation already there. */
export const LOSSES = {
  "cross-entropy": {
    output: "softmax",
    activate: (z, out, classes) => softmax(z, classes, out),
    loss: (z, activation, targets, classes, spare) => losses.crossEntropyWithLogits(z, targets, classes, spare),
    gradient: (z, activation, targets, classes, out) => losses.crossEntropyWithLogitsGradient(z, targets, classes, out),
  },
  "binary-cross-entropy": {
    output: "sigmoid",
    activate: ACTIVATIONS.sigmoid.activate,
    loss: (z, activation, targets) => losses.binaryCrossEntropyWithLogits(z, targets),
    gradient: (z, activation, targets, classes, out) => losses.binaryCrossEntropyWithLogitsGradient(z, targets, out),
  },
  "mean-squared-error": {
    output: "sigmoid",
    activate: ACTIVATIONS.sigmoid.activate,
    loss: (z, activation, targets) => losses.meanSquaredError(activation, targets),
    gradient: (z, activation, targets, classes, out) =>
      ACTIVATIONS.sigmoid.passBack(z, losses.meanSquaredErrorGradient(activation, targets, out), out),
  },
};
