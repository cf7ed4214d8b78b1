/**
 * Information theory, twin of textbook/information.py: how surprising an outcome is, how wrong a belief.
 *
 * p and q are distributions of K outcomes. Results are in nats; `base` 2 gives bits. 0 log 0 = 0 (Shannon, 1948).
 */

import { between, distributions, refuse, sized } from "./checks.js";

/** Returns how many nats one unit of the result is worth. */
function unit(base) {
  if (base === null) return 1;
  return base > 1 && base < Infinity ? Math.log(base) : refuse(`base is ${base}; it must be above 1, or null for nats`);
}

/** Returns the sum of p times term(p, q) over the outcomes that may happen. */
function expected(p, q, term) {
  sized("q", distributions("q", q), distributions("p", p).length);
  return p.reduce((sum, share, i) => sum + (share > 0 ? share * term(share, q[i]) : 0), 0);
}

/** Surprise, -log p, of an outcome that had probability p; infinite where p is 0. */
export const surprise = (p, base = null) => (0 - Math.log(between("p", p, 0, 1))) / unit(base);

/** Entropy, H(p) = -sum p log p: the surprise to expect. */
export const entropy = (p, base = null) => crossEntropy(p, p, base);

/** Cross-entropy, H(p, q) = -sum p log q: the surprise to expect when p is true and q believed. */
export const crossEntropy = (p, q, base = null) => (0 - expected(p, q, (_, belief) => Math.log(belief))) / unit(base);

/** Kullback-Leibler divergence, sum p log(p / q), never below 0 (1951). */
export const klDivergence = (p, q, base = null) =>
  Math.max(expected(p, q, (truth, belief) => Math.log(truth) - Math.log(belief)), 0) / unit(base);
