/** Convolution of one small picture, as torch.nn.functional.conv2d has it: the kernel is not turned round. */

import { finite, sized } from "./checks.js";

/** Returns how many places a window has along a side: floor((side + 2 padding - window) / stride) + 1, at least 0. */
export const places = (side, window, stride, padding = 0) => Math.max(0, Math.floor((side + 2 * padding - window) / stride) + 1);

/**
 * Returns the products under the window at one place of the output: {inputs, products, sum}.
 *
 * Args are a square picture (side * side), a square kernel, and the row and column in the output; outside is 0.
 */
export function underWindow(picture, side, kernel, row, column, { stride = 1, padding = 0 } = {}) {
  const window = Math.sqrt(kernel.length);
  const inputs = Float64Array.from(kernel, (_, place) => {
    const down = row * stride - padding + Math.floor(place / window);
    const across = column * stride - padding + (place % window);
    return down >= 0 && down < side && across >= 0 && across < side ? picture[down * side + across] : 0;
  });
  const products = inputs.map((input, place) => input * kernel[place]);
  return { inputs, products, sum: products.reduce((sum, each) => sum + each, 0) };
}

/** Returns {values, side}: the sums at all places of a square picture. */
export function convolve(picture, side, kernel, settings = {}) {
  sized("picture", finite("picture", picture), side * side);
  const window = Math.sqrt(finite("kernel", kernel).length);
  const size = places(side, window, settings.stride ?? 1, settings.padding ?? 0);
  const values = Float64Array.from({ length: size * size }, (_, place) =>
    underWindow(picture, side, kernel, Math.floor(place / size), place % size, settings).sum);
  return { values, side: size };
}

/** Returns {values, side} of the largest or the mean of each 2 x 2 places; a last odd row or column is left out. */
export function pool(values, side, kind) {
  const size = places(side, 2, 2);
  const pooled = Float64Array.from({ length: size * size }, (_, place) => {
    const first = 2 * Math.floor(place / size) * side + 2 * (place % size);
    const four = [0, 1, side, side + 1].map((far) => values[first + far]);
    return kind === "max" ? Math.max(...four) : four.reduce((sum, each) => sum + each, 0) / 4;
  });
  return { values: pooled, side: size };
}
