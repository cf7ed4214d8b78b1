/**
 * Losses, twin of textbook/losses.py: how wrong the outputs are, each followed by its gradient for the outputs.
 *
 * Outputs of B samples and K classes are B rows of K = `classes` numbers, and so are targets: `oneHot` and
 * `smoothLabels` make them from labels. The L1 and L2 losses are sums, the others means. A gradient may be written into
 * `out`.
 */

import { logSoftmax, sigmoid, softmax } from "./activations.js";
import { between, distributions, finite, labels as checkLabels, probabilities as inUnit } from "./checks.js";
import { rowsOf, sized } from "./checks.js";

/** Returns the sum of term(output, target). */
function total(outputs, targets, term) {
  sized("targets", targets, outputs.length);
  let sum = 0;
  for (let i = 0; i < outputs.length; i++) sum += term(outputs[i], targets[i]);
  return sum;
}

/** Returns `out`, which gets slope(output, target). */
function each(outputs, targets, slope, out = new Float64Array(outputs.length)) {
  sized("targets", targets, outputs.length);
  for (let i = 0; i < outputs.length; i++) out[i] = slope(outputs[i], targets[i]);
  return out;
}

const numbers = (outputs, targets) => [finite("outputs", outputs), finite("targets", targets)];

/** L1 loss, sum |output - target| (Boscovich, 1757). */
export const l1Loss = (outputs, targets) => total(...numbers(outputs, targets), (y, t) => Math.abs(y - t));

/** Its gradient, sign(output - target). */
export const l1LossGradient = (outputs, targets) => each(...numbers(outputs, targets), (y, t) => Math.sign(y - t));

/** L2 loss, sum (output - target)^2, with no root (Legendre, 1805). */
export const l2Loss = (outputs, targets) => total(...numbers(outputs, targets), (y, t) => (y - t) * (y - t));

/** Its gradient, 2 (output - target). */
export const l2LossGradient = (outputs, targets) => each(...numbers(outputs, targets), (y, t) => 2 * (y - t));

/** Mean squared error, mean (output - target)^2 over all entries (Gauss, 1809). */
export const meanSquaredError = (outputs, targets) => l2Loss(outputs, targets) / outputs.length;

/** Its gradient, 2 (output - target) / size. */
export const meanSquaredErrorGradient = (outputs, targets, out) =>
  each(...numbers(outputs, targets), (y, t) => (2 * (y - t)) / outputs.length, out);

/** One-hot distributions: 1 at the label, 0 elsewhere. */
export const oneHot = (labels, classes) => smoothLabels(labels, classes, 0);

/** Label smoothing, (1 - s) one-hot + s / K (Szegedy et al., 2015). */
export function smoothLabels(labels, classes, smoothing) {
  between("smoothing", smoothing, 0, 1);
  const targets = new Float64Array(labels.length * classes).fill(smoothing / classes);
  checkLabels("labels", labels, classes, labels.length);
  labels.forEach((label, row) => (targets[row * classes + label] += 1 - smoothing));
  return targets;
}

/** Returns how far each wrong class's score is above the right one's less 1, or 0; 0 for the right one. */
function margins(scores, labels, classes) {
  checkLabels("labels", labels, classes, rowsOf("scores", finite("scores", scores), classes));
  return Float64Array.from(scores, (score, i) => {
    const right = Math.floor(i / classes) * classes + labels[Math.floor(i / classes)];
    return i === right ? 0 : Math.max(score - scores[right] + 1, 0);
  });
}

/** Multi-class hinge loss, sum over j != y of max(0, s_j - s_y + 1), mean over the batch (Weston, Watkins, 1999). */
export const hingeLoss = (scores, labels, classes) =>
  margins(scores, labels, classes).reduce((sum, margin) => sum + margin, 0) / labels.length;

/** Its gradient: +1 / B for each class within the margin, less their count at y. */
export function hingeLossGradient(scores, labels, classes) {
  const gradient = margins(scores, labels, classes).map((margin) => Number(margin > 0));
  labels.forEach((label, row) => {
    const own = gradient.subarray(row * classes, (row + 1) * classes);
    own[label] = -own.reduce((count, isWithin) => count + isWithin, 0);
  });
  return gradient.map((count) => count / labels.length);
}

/** Cross-entropy loss on probabilities, mean of -sum_k t_k log p_k; infinite where p is 0 and t is not (Good, 1952). */
export function crossEntropyLoss(probabilities, targets, classes) {
  distributions("probabilities", probabilities, classes);
  distributions("targets", targets, classes);
  return 0 - total(probabilities, targets, (p, t) => (t > 0 ? t * Math.log(p) : 0)) / (probabilities.length / classes);
}

/** Its gradient, -t / (p B); 0 where t is 0. */
export function crossEntropyLossGradient(probabilities, targets, classes) {
  const batch = distributions("probabilities", probabilities, classes).length / classes;
  return each(probabilities, distributions("targets", targets, classes), (p, t) => (t > 0 ? 0 - t / p / batch : 0));
}

/** Cross-entropy loss on logits z, mean of -sum_k t_k log softmax(z)_k, fused; `out` gets log softmax(z). */
export function crossEntropyWithLogits(logits, targets, classes, out) {
  const logShares = logSoftmax(logits, classes, out);
  const sum = total(logShares, distributions("targets", targets, classes), (logShare, t) => (t > 0 ? t * logShare : 0));
  return 0 - sum / (logits.length / classes);
}

/** Its gradient, (softmax(z) - t) / B. */
export function crossEntropyWithLogitsGradient(logits, targets, classes, out) {
  const [shares, batch] = [softmax(logits, classes, out), logits.length / classes];
  return each(shares, distributions("targets", targets, classes), (share, t) => (share - t) / batch, shares);
}

/** Binary cross-entropy on probabilities, mean of -(t log p + (1 - t) log(1 - p)), never NaN (Cox, 1958). */
export const binaryCrossEntropy = (probabilities, targets) =>
  0 -
  total(inUnit("probabilities", probabilities), inUnit("targets", targets), (p, t) =>
    (t > 0 ? t * Math.log(p) : 0) + (t < 1 ? (1 - t) * Math.log1p(-p) : 0),
  ) / probabilities.length;

/** Its gradient, ((1 - t) / (1 - p) - t / p) / size. */
export const binaryCrossEntropyGradient = (probabilities, targets) =>
  each(inUnit("probabilities", probabilities), inUnit("targets", targets), (p, t) =>
    ((t < 1 ? (1 - t) / (1 - p) : 0) - (t > 0 ? t / p : 0)) / probabilities.length,
  );

/** Binary cross-entropy on logits z, mean of max(z, 0) - z t + log(1 + exp(-|z|)): finite for any finite z. */
export const binaryCrossEntropyWithLogits = (logits, targets) =>
  total(finite("logits", logits), inUnit("targets", targets), (z, t) =>
    Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))),
  ) / logits.length;

/** Its gradient, (sigmoid(z) - t) / size. */
export const binaryCrossEntropyWithLogitsGradient = (logits, targets, out) =>
  each(finite("logits", logits), inUnit("targets", targets), (z, t) => (sigmoid(z) - t) / logits.length, out);
