/**
 * Losses, twin of textbook/losses.py: how wrong the outputs are, each followed by its gradient for the outputs.
 *
 * Outputs of B samples and K classes are B rows of K = `classes` numbers. Targets of classes are either B labels, or B
 * rows of K probabilities. The L1 and L2 losses are sums, the others means. A gradient may be written into `out`.
 */

import { logSoftmax, sigmoid, softmax } from "./activations.js";
import { between, distributions, finite, labels as checkedLabels, probabilities as shares, rowsOf, sized } from "./checks.js";

function total(outputs, targets, term) {
  finite("outputs", outputs);
  sized("targets", finite("targets", targets), outputs.length);
  let sum = 0;
  for (let i = 0; i < outputs.length; i++) sum += term(outputs[i] - targets[i]);
  return sum;
}

function each(outputs, targets, slope) {
  finite("outputs", outputs);
  sized("targets", finite("targets", targets), outputs.length);
  return Float64Array.from(outputs, (output, i) => slope(output - targets[i]));
}

/** L1 loss, sum |output - target| (Boscovich, 1757). */
export const l1Loss = (outputs, targets) => total(outputs, targets, Math.abs);

/** Its gradient, sign(output - target). */
export const l1LossGradient = (outputs, targets) => each(outputs, targets, Math.sign);

/** L2 loss, sum (output - target)^2, with no root (Legendre, 1805). */
export const l2Loss = (outputs, targets) => total(outputs, targets, (error) => error * error);

/** Its gradient, 2 (output - target). */
export const l2LossGradient = (outputs, targets) => each(outputs, targets, (error) => 2 * error);

/** Mean squared error, mean (output - target)^2 over all entries (Gauss, 1809). */
export function meanSquaredError(outputs, targets) {
  finite("outputs", outputs);
  sized("targets", finite("targets", targets), outputs.length);
  let sum = 0;
  for (let i = 0; i < outputs.length; i++) sum += (outputs[i] - targets[i]) * (outputs[i] - targets[i]);
  return sum / outputs.length;
}

/** Its gradient, 2 (output - target) / size. */
export function meanSquaredErrorGradient(outputs, targets, out = new Float64Array(outputs.length)) {
  finite("outputs", outputs);
  sized("targets", finite("targets", targets), outputs.length);
  for (let i = 0; i < outputs.length; i++) out[i] = (2 * (outputs[i] - targets[i])) / outputs.length;
  return out;
}

/** One-hot distributions: 1 at the label, 0 elsewhere. */
export const oneHot = (labels, classes) => smoothLabels(labels, classes, 0);

/** Label smoothing, (1 - s) one-hot + s / K (Szegedy et al., 2015). */
export function smoothLabels(labels, classes, smoothing) {
  between("smoothing", smoothing, 0, 1);
  checkedLabels("labels", labels, classes, labels.length);
  const targets = new Float64Array(labels.length * classes).fill(smoothing / classes);
  labels.forEach((label, row) => (targets[row * classes + label] = 1 - smoothing + smoothing / classes));
  return targets;
}

/** Returns by how much class k is within the margin of the right class. */
const margin = (scores, from, right, k) => (k === right ? 0 : Math.max(scores[from + k] - scores[from + right] + 1, 0));

/** Multi-class hinge loss, sum over j != y of max(0, s_j - s_y + 1), mean over the batch (Weston, Watkins, 1999). */
export function hingeLoss(scores, labels, classes) {
  const rows = rowsOf("scores", finite("scores", scores), classes);
  checkedLabels("labels", labels, classes, rows);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < classes; k++) sum += margin(scores, row * classes, labels[row], k);
  }
  return sum / rows;
}

/** Its gradient: +1 / B for each class within the margin, less their count at y. */
export function hingeLossGradient(scores, labels, classes) {
  const rows = rowsOf("scores", finite("scores", scores), classes);
  checkedLabels("labels", labels, classes, rows);
  const gradient = new Float64Array(scores.length);
  for (let row = 0; row < rows; row++) {
    let count = 0;
    for (let k = 0; k < classes; k++) {
      const isWithin = margin(scores, row * classes, labels[row], k) > 0;
      count += Number(isWithin);
      gradient[row * classes + k] = Number(isWithin) / rows;
    }
    gradient[row * classes + labels[row]] = -count / rows;
  }
  return gradient;
}

/** Whether targets are labels and not distributions; checks them. */
function areLabels(targets, outputs, classes) {
  const isLabels = classes === 1 || targets.length !== outputs.length;
  if (isLabels) checkedLabels("targets", targets, classes, rowsOf("outputs", outputs, classes));
  else distributions("targets", targets, classes);
  return isLabels;
}

/** Returns the target probability of the output number i. */
function target(targets, isLabels, classes, i) {
  return isLabels ? Number(targets[Math.floor(i / classes)] === i % classes) : targets[i];
}

/** Cross-entropy loss on probabilities, mean of -sum_k t_k log p_k; infinite where p is 0 and t is not (Good, 1952). */
export function crossEntropyLoss(probabilities, targets, classes) {
  const isLabels = areLabels(targets, distributions("probabilities", probabilities, classes), classes);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const t = target(targets, isLabels, classes, i);
    if (t > 0) sum += t * Math.log(probabilities[i]);
  }
  return 0 - sum / (probabilities.length / classes);
}

/** Its gradient, -t / (p B); 0 where t is 0. */
export function crossEntropyLossGradient(probabilities, targets, classes) {
  const isLabels = areLabels(targets, distributions("probabilities", probabilities, classes), classes);
  const batch = probabilities.length / classes;
  return Float64Array.from(probabilities, (p, i) => {
    const t = target(targets, isLabels, classes, i);
    return t > 0 ? -(t / p / batch) : 0;
  });
}

/** Cross-entropy loss on logits z, mean of -sum_k t_k log softmax(z)_k, fused; `out` gets log softmax(z). */
export function crossEntropyWithLogits(logits, targets, classes, out = new Float64Array(logits.length)) {
  logSoftmax(logits, classes, out);
  const isLabels = areLabels(targets, logits, classes);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const t = target(targets, isLabels, classes, i);
    if (t > 0) sum += t * out[i];
  }
  return 0 - sum / (logits.length / classes);
}

/** Its gradient, (softmax(z) - t) / B. */
export function crossEntropyWithLogitsGradient(logits, targets, classes, out = new Float64Array(logits.length)) {
  softmax(logits, classes, out);
  const isLabels = areLabels(targets, logits, classes);
  const batch = logits.length / classes;
  for (let i = 0; i < logits.length; i++) out[i] = (out[i] - target(targets, isLabels, classes, i)) / batch;
  return out;
}

/** Binary cross-entropy on probabilities, mean of -(t log p + (1 - t) log(1 - p)), never NaN (Cox, 1958). */
export function binaryCrossEntropy(probabilities, targets) {
  sized("targets", shares("targets", targets), shares("probabilities", probabilities).length);
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const [p, t] = [probabilities[i], targets[i]];
    sum += (t > 0 ? t * Math.log(p) : 0) + (t < 1 ? (1 - t) * Math.log1p(-p) : 0);
  }
  return 0 - sum / probabilities.length;
}

/** Its gradient, ((1 - t) / (1 - p) - t / p) / size. */
export function binaryCrossEntropyGradient(probabilities, targets) {
  sized("targets", shares("targets", targets), shares("probabilities", probabilities).length);
  return Float64Array.from(probabilities, (p, i) => {
    const t = targets[i];
    return ((t < 1 ? (1 - t) / (1 - p) : 0) - (t > 0 ? t / p : 0)) / probabilities.length;
  });
}

/** Binary cross-entropy on logits z, mean of max(z, 0) - z t + log(1 + exp(-|z|)): finite for any finite z. */
export function binaryCrossEntropyWithLogits(logits, targets) {
  sized("targets", shares("targets", targets), finite("logits", logits).length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i];
    sum += Math.max(z, 0) - z * targets[i] + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum / logits.length;
}

/** Its gradient, (sigmoid(z) - t) / size. */
export function binaryCrossEntropyWithLogitsGradient(logits, targets, out = new Float64Array(logits.length)) {
  sized("targets", shares("targets", targets), finite("logits", logits).length);
  for (let i = 0; i < logits.length; i++) out[i] = (sigmoid(logits[i]) - targets[i]) / logits.length;
  return out;
}
