/** Distances of two pictures of D numbers, twin of textbook/distances.py, each followed by its gradient for x. */

import { finite, sized } from "./checks.js";

function differences(x, y) {
  sized("y", finite("y", y), finite("x", x).length);
  return Float64Array.from(x, (each, i) => each - y[i]);
}

const largest = (difference) => difference.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

/** Returns the largest entry's size, and all divided by it, for 1e200 squared is infinite. */
function scaled(difference) {
  const most = largest(difference);
  const scale = most > 0 && Number.isFinite(most) ? most : 1;
  return [scale, difference.map((each) => each / scale)];
}

const length = (vector) => Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0));

/** Manhattan distance, sum_i |x_i - y_i| (Minkowski, 1896). */
export const l1Distance = (x, y) => differences(x, y).reduce((sum, each) => sum + Math.abs(each), 0);

/** Its gradient, sign(x - y); 0 where they are equal. */
export const l1DistanceGradient = (x, y) => differences(x, y).map(Math.sign);

/** Euclidean distance, sqrt(sum_i (x_i - y_i)^2): the root is outside the sum (Euclid, Elements I.47). */
export function l2Distance(x, y) {
  const [scale, shares] = scaled(differences(x, y));
  return scale * length(shares);
}

/** Its gradient, (x - y) / distance; 0 where the distance is 0. */
export function l2DistanceGradient(x, y) {
  let difference = differences(x, y);
  if (largest(difference) === Infinity) difference = x.map((each, i) => each / 2 - y[i] / 2); // points the same way
  const [, shares] = scaled(difference);
  return shares.map((share) => share / (length(shares) || 1));
}
