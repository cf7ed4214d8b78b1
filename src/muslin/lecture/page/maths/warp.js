/** How a layer bends the plane, twin of textbook/network/warping.py, after Olah (2014). */

import { atLeast, between, refuse } from "./checks.js";

export const STAGES = ["weights", "bias", "activation"];

/** Grid, the crossings of the lines of a square around the origin, row by row: (lines * lines, 2). */
export function grid(extent = 1, lines = 21) {
  between("extent", extent, Number.MIN_VALUE, Infinity);
  const step = (2 * extent) / (atLeast("lines", lines, 2) - 1);
  const ticks = Array.from({ length: lines }, (_, place) => (place === lines - 1 ? extent : place * step - extent));
  return Float64Array.from(ticks.flatMap((y) => ticks.flatMap((x) => [x, y])));
}

/**
 * Warp, where points (N, D) are on their way through one layer, on straight lines from stage to stage: N rows of
 * max(in, out) numbers, filled up with zeros where `in` and `out` differ. t in [0, 1] is the progress of the stage.
 */
export function warp(network, points, layer, stage, t = 1) {
  const start = STAGES.indexOf(stage);
  if (start < 0) refuse(`stage is ${stage}; it must be one of ${STAGES.join(", ")}`);
  if (!network.layers[layer]) refuse(`layer is ${layer}; it must lie in [0, ${network.layers.length - 1}]`);
  between("t", t, 0, 1);
  const passed = network.forward(points);
  const [{ preActivation: z, activation }, { bias }] = [passed[layer], network.layers[layer]];
  const before = layer ? passed[layer - 1].activation : points;
  const [ins, outs] = [network.sizes[layer], network.sizes[layer + 1]];
  const stops = [
    (row, i) => (i < ins ? before[row * ins + i] : 0),
    (row, i) => (i < outs ? z[row * outs + i] - bias[i] : 0),
    (row, i) => (i < outs ? z[row * outs + i] : 0),
    (row, i) => (i < outs ? activation[row * outs + i] : 0),
  ];
  const [from, to, width] = [stops[start], stops[start + 1], Math.max(ins, outs)];
  return Float64Array.from({ length: (z.length / outs) * width }, (_, at) => {
    const [row, i] = [Math.floor(at / width), at % width];
    return (1 - t) * from(row, i) + t * to(row, i);
  });
}
