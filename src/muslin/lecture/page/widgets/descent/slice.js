/** A slice through the loss: two parameters vary, the others are held; and the ways that updates take on it. */

import { Network } from "../../maths/network.js";
import { adam, gradientStep, momentum } from "../../maths/optimizers.js";

export const EXTENT = 6; // the map goes from -EXTENT to EXTENT
export const LINES = 61; // of its grid
export const OPTIMIZERS = { "gradient step": gradientStep, momentum, adam };

const tick = (place) => -EXTENT + (2 * EXTENT * place) / (LINES - 1);

/** Returns {network, lossAt([a, b])} with all but the pair locked. */
export function sliced({ sizes, points, labels, nets }, { net, pair }) {
  const parameters = Float64Array.from(nets[net]);
  const padlocks = Uint8Array.from(parameters, (_, place) => Number(!pair.includes(place)));
  const network = new Network({ sizes, parameters, padlocks });
  const inputs = Float64Array.from(points);
  const place = ([a, b]) => pair.forEach((at, order) => (network.parameters[at] = order ? b : a));
  const lossAt = (spot) => {
    place(spot);
    return network.backpropagate(inputs, labels).loss;
  };
  return { network, inputs, place, lossAt };
}

/** Returns the losses on the grid (61 x 61), row by row from below, with the lowest and where it is. */
export function slice(values, state) {
  const { lossAt } = sliced(values, state);
  const losses = new Float64Array(LINES * LINES);
  let lowest = 0;
  for (let at = 0; at < losses.length; at++) {
    losses[at] = lossAt([tick(at % LINES), tick(Math.floor(at / LINES))]);
    if (losses[at] < losses[lowest]) lowest = at;
  }
  return { losses, least: losses[lowest], most: Math.max(...losses), place: [tick(lowest % LINES), tick(Math.floor(lowest / LINES))] };
}

/** Returns {way: [{spot, loss, gradient}], ended}: where an optimizer is before each step, the last one not yet taken. */
export function descend(values, state, isWrong = false) {
  const { network, inputs, place } = sliced(values, state);
  const optimizer = isWrong ? mistaken : OPTIMIZERS[state.optimizer];
  place(state.from);
  const way = [];
  try {
    for (let taken = 0; taken <= state.step; taken++) {
      const spot = state.pair.map((at) => network.parameters[at]);
      const { loss, gradient } = network.step(inputs, values.labels, optimizer, { lr: state.lr });
      if (!Number.isFinite(loss)) throw new Error("the loss is no number any more");
      way.push({ spot, loss, gradient: state.pair.map((at) => gradient[at]) });
    }
  } catch (error) {
    return { way, ended: `After ${way.length - 1} steps it ran away: ${error.message}. Undo, go back, or choose a smaller learning rate.` };
  }
  return { way, ended: null };
}

/** The common mistake: the weights are subtracted from the gradient. */
function mistaken(weights, gradient, state, { lr }) {
  for (let i = 0; i < weights.length; i++) weights[i] -= lr * (gradient[i] - weights[i]);
}
