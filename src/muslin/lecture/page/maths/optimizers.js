/**
 * Optimizers, twin of textbook/optimizers.py: from weights and their gradient to better weights.
 *
 * Every optimizer is `(weights, gradient, state, settings)`; it changes weights and state in place, and makes nothing.
 */

import { between, finite, kept, sized } from "./checks.js";

const BETAS = [0.9, 0.999];

/** Makes the memory of any optimizer, as before the first step. */
export const startState = (size) => ({
  steps: 0,
  velocity: new Float64Array(size),
  mean: new Float64Array(size),
  square: new Float64Array(size),
});

function check(weights, gradient, lr) {
  between("lr", lr, 0, Infinity);
  sized("gradient", finite("gradient", gradient), finite("weights", weights).length);
}

/** Gradient descent, w - lr * g (Cauchy, 1847). */
export function gradientStep(weights, gradient, state, { lr }) {
  check(weights, gradient, lr);
  for (let i = 0; i < weights.length; i++) weights[i] -= lr * gradient[i];
}

/** Moves the velocity on, v = beta v + g. */
function accumulate(velocity, gradient, beta) {
  kept("beta", beta);
  for (let i = 0; i < velocity.length; i++) velocity[i] = beta * velocity[i] + gradient[i];
}

/** Momentum, v = beta v + g, then w - lr v (Polyak, 1964). */
export function momentum(weights, gradient, { velocity }, { lr, beta = 0.9 }) {
  check(weights, gradient, lr);
  accumulate(velocity, gradient, beta);
  for (let i = 0; i < weights.length; i++) weights[i] -= lr * velocity[i];
}

/** Nesterov's momentum, v = beta v + g, then w - lr (g + beta v) (Nesterov, 1983; Sutskever et al., 2013). */
export function nesterov(weights, gradient, { velocity }, { lr, beta = 0.9 }) {
  check(weights, gradient, lr);
  accumulate(velocity, gradient, beta);
  for (let i = 0; i < weights.length; i++) weights[i] -= lr * (gradient[i] + beta * velocity[i]);
}

/** Adam, w - lr m / (sqrt(v) + eps), with m and v the bias-corrected averages of g and g^2 (Kingma, Ba, 2015). */
export function adam(weights, gradient, state, { lr = 1e-3, betas = BETAS, eps = 1e-8 }) {
  check(weights, gradient, lr);
  between("eps", eps, 0, Infinity);
  const [first, second] = [kept("betas", betas[0]), kept("betas", betas[1])];
  const { mean, square } = state;
  state.steps += 1;
  const [shortOfOne, shortOfOneSquare] = [1 - first ** state.steps, 1 - second ** state.steps];
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i];
    mean[i] = first * mean[i] + (1 - first) * g;
    square[i] = second * square[i] + (1 - second) * (g * g);
    weights[i] -= (lr * (mean[i] / shortOfOne)) / (Math.sqrt(square[i] / shortOfOneSquare) + eps);
  }
}

/** Adam with decoupled weight decay: w (1 - lr * weightDecay), then Adam's step (Loshchilov, Hutter, 2019). */
export function adamw(weights, gradient, state, settings) {
  const { lr = 1e-3, weightDecay = 1e-2 } = settings;
  check(weights, gradient, lr); // before anything is changed
  decoupledDecay(weights, lr, weightDecay);
  adam(weights, gradient, state, settings);
}

/** Decoupled weight decay, w (1 - lr * weightDecay), in place (Hanson, Pratt, 1988). */
export function decoupledDecay(weights, lr, weightDecay) {
  const factor = 1 - between("lr", lr, 0, Infinity) * between("weightDecay", weightDecay, 0, Infinity);
  finite("weights", weights);
  for (let i = 0; i < weights.length; i++) weights[i] *= factor;
}

/** Returns the sum of term(w), after a check of the penalty's strength. */
function total(weights, strength, term) {
  between("strength", strength, 0, Infinity);
  return finite("weights", weights).reduce((sum, weight) => sum + term(weight), 0);
}

/** L2 penalty, strength / 2 * sum w^2 (Krogh, Hertz, 1991). */
export const l2Penalty = (weights, strength) => (strength / 2) * total(weights, strength, (weight) => weight * weight);

/** L1 penalty, strength * sum |w| (Tibshirani, 1996). */
export const l1Penalty = (weights, strength) => strength * total(weights, strength, Math.abs);

function slopes(weights, strength, slope) {
  between("strength", strength, 0, Infinity);
  return Float64Array.from(finite("weights", weights), (weight) => strength * slope(weight));
}

/** Gradient of `l2Penalty`, strength * w: coupled weight decay. */
export const l2PenaltyGradient = (weights, strength) => slopes(weights, strength, (weight) => weight);

/** Gradient of `l1Penalty`, strength * sign(w); 0 where w is 0. */
export const l1PenaltyGradient = (weights, strength) => slopes(weights, strength, Math.sign);
