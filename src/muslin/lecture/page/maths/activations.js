/**
 * Activations, twin of textbook/activations.py: what a neuron makes of its weighted sum, each followed by its slope.
 *
 * Those that work on one number take one; softmax and logSoftmax take rows of `classes` scores, one row after another.
 */

import { finite, finiteNumber, real, rowsOf, sized } from "./checks.js";

const SQRT_2 = Math.sqrt(2);
const SQRT_PI = Math.sqrt(Math.PI);
const SQRT_2_PI = Math.sqrt(2 * Math.PI);
const FAR = 40; // beyond, the normal density is 0 and x * x might overflow

/** Step, 1 where x >= 0 and 0 elsewhere (McCulloch and Pitts, 1943). */
export const step = (x) => (real("x", x) >= 0 ? 1 : 0);

/** Slope of the step: 0 everywhere. */
export function stepGradient(x) {
  real("x", x);
  return 0;
}

/** Sigmoid, 1 / (1 + exp(-x)); only exp(-|x|) is ever computed, so that x = -1000 gives 0 and no overflow. */
export function sigmoid(x) {
  const decay = Math.exp(-Math.abs(real("x", x)));
  return (x >= 0 ? 1 : decay) / (1 + decay);
}

/** Slope of the sigmoid, s (1 - s), exact in both tails. */
export function sigmoidGradient(x) {
  const decay = Math.exp(-Math.abs(real("x", x)));
  return decay / ((1 + decay) * (1 + decay));
}

/** Hyperbolic tangent. */
export const tanh = (x) => Math.tanh(real("x", x));

/** Slope of tanh, 1 - tanh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2 |x|). */
export function tanhGradient(x) {
  const root = Math.exp(-Math.abs(real("x", x)));
  const decay = root * root;
  return (4 * decay) / ((1 + decay) * (1 + decay));
}

/** Rectified linear unit, max(0, x). */
export const relu = (x) => Math.max(real("x", x), 0);

/** Slope of relu, 1 where x > 0 and 0 elsewhere, at the kink too. */
export const reluGradient = (x) => (real("x", x) > 0 ? 1 : 0);

/**
 * Complementary error function, to 2e-15 of its value.
 *
 * Near 0 it is 1 - erf by a series of positive terms (Abramowitz and Stegun, 1964, 7.1.6), from 1 on a continued
 * fraction (7.1.14), evaluated from a depth at which what lies deeper has no effect. The square in the exponent is
 * split, as Cody (1969) does, so that its rounding is not magnified.
 */
export function erfc(x) {
  const size = Math.abs(finiteNumber("x", x));
  const coarse = Math.trunc(size * 16) / 16;
  const bell = Math.exp(-coarse * coarse) * Math.exp(-(size - coarse) * (size + coarse));
  if (size < 1) {
    let [term, sum] = [size, size];
    for (let n = 1; term > sum * 1e-17; n++) sum += term *= (2 * size * size) / (2 * n + 1);
    const erf = (2 / SQRT_PI) * bell * sum;
    return x < 0 ? 1 + erf : 1 - erf;
  }
  let below = size;
  for (let n = 10 + Math.ceil(200 / (size * size)); n > 0; n--) below = size + n / 2 / below;
  const tail = size > FAR ? 0 : bell / SQRT_PI / below;
  return x < 0 ? 2 - tail : tail;
}

const normalCdf = (x) => erfc(-x / SQRT_2) / 2;

/** Gaussian error linear unit, x Phi(x), exact form (Hendrycks and Gimpel, 2016). */
export const gelu = (x) => x * normalCdf(x);

/** Slope of gelu, Phi(x) + x phi(x). */
export function geluGradient(x) {
  const near = Math.min(Math.max(x, -FAR), FAR);
  const density = Math.exp((-near * near) / 2) / SQRT_2_PI;
  return normalCdf(x) + near * density;
}

/** Calls `work(from, to)` for each row of x; returns `out`, which it fills. */
function eachRow(x, classes, out, work) {
  rowsOf("x", finite("x", x), classes);
  for (let from = 0; from < x.length; from += classes) work(from, from + classes);
  return out;
}

/** Fills a row of `out` with x less the row's maximum; returns the sum of the powers of it. */
function belowLargest(x, from, to, out) {
  let [most, sum] = [x[from], 0];
  for (let k = from; k < to; k++) most = Math.max(most, x[k]);
  for (let k = from; k < to; k++) sum += Math.exp((out[k] = x[k] - most));
  return sum;
}

/** Softmax, exp(x_i) / sum_j exp(x_j) of each row; the row's maximum is subtracted first (Bridle, 1990). */
export const softmax = (x, classes = x.length, out = new Float64Array(x.length)) =>
  eachRow(x, classes, out, (from, to) => {
    const sum = belowLargest(x, from, to, out);
    for (let k = from; k < to; k++) out[k] = Math.exp(out[k]) / sum;
  });

/** Gradient through softmax, s * (g - sum_j g_j s_j), with g the gradient from above. */
export function softmaxGradient(x, upstream, classes = x.length) {
  const shares = softmax(x, classes);
  sized("upstream", finite("upstream", upstream), x.length);
  return eachRow(x, classes, shares, (from, to) => {
    let mean = 0;
    for (let k = from; k < to; k++) mean += upstream[k] * shares[k];
    for (let k = from; k < to; k++) shares[k] *= upstream[k] - mean;
  });
}

/** Logarithm of softmax, x_i - log sum_j exp(x_j), without ever taking log(0). */
export const logSoftmax = (x, classes = x.length, out = new Float64Array(x.length)) =>
  eachRow(x, classes, out, (from, to) => {
    const logSum = Math.log(belowLargest(x, from, to, out));
    for (let k = from; k < to; k++) out[k] -= logSum;
  });

/** Gradient through logSoftmax, g - softmax(x) sum_j g_j, with g the gradient from above. */
export function logSoftmaxGradient(x, upstream, classes = x.length) {
  const shares = softmax(x, classes);
  sized("upstream", finite("upstream", upstream), x.length);
  return eachRow(x, classes, shares, (from, to) => {
    let sum = 0;
    for (let k = from; k < to; k++) sum += upstream[k];
    for (let k = from; k < to; k++) shares[k] = upstream[k] - shares[k] * sum;
  });
}
