/** Two nets that train side by side from one start, each with a decay of its own kind. */

import { Network } from "../../maths/network.js";
import { adam, decoupledDecay, gradientStep, l1Penalty, l1PenaltyGradient, l2Penalty } from "../../maths/optimizers.js";

export const OPTIMIZERS = { adam, "gradient step": gradientStep };
export const PAIRS = { "none beside L2": ["none", "L2"], "L1 beside L2": ["L1", "L2"], "coupled beside decoupled": ["L2", "L2, decoupled"] };
export const EVERY = 20; // steps between two measurements

/** Returns the decay that rules a step: `changes` are [step, decay] from early to late. */
export const decayAt = (changes, step) => changes.findLast(([since]) => since <= step)[1];

/** Trains as far as a state says: on from where it is, or from the start where the state is another one or an earlier. */
export class Trainer {
  constructor(values) {
    this.values = values;
    this.train = { inputs: Float64Array.from(values.train.points), labels: values.train.labels };
    this.test = { inputs: Float64Array.from(values.test.points), labels: values.test.labels };
  }

  /** Goes to `state.steps`, or as far as `milliseconds` last; returns whether it arrived. */
  goTo(state, milliseconds = Infinity) {
    const told = JSON.stringify([state.pair, state.optimizer, state.lr, state.seed]);
    if (told !== this.told || state.steps < this.steps || !this.#agrees(state.changes)) this.#begin(state, told);
    this.changes = state.changes;
    const until = performance.now() + milliseconds;
    while (this.steps < state.steps && performance.now() < until) this.#step(state);
    return this.steps >= state.steps;
  }

  /** Returns {train, test} losses of each net now. */
  measured() {
    return this.nets.map(({ network }) => ({ train: lossOf(network, this.train), test: lossOf(network, this.test) }));
  }

  #begin({ pair, seed }, told) {
    const { sizes, starts } = this.values;
    this.told = told;
    this.steps = 0;
    this.nets = PAIRS[pair].map((kind) => ({ kind, network: new Network({ sizes, parameters: Float64Array.from(starts[seed]) }) }));
    this.history = [[0, this.measured()]];
  }

  /** Whether the decay was, until now, as these changes have it. */
  #agrees(changes) {
    const past = (each) => JSON.stringify(each.filter(([since]) => since < this.steps));
    return past(changes) === past(this.changes);
  }

  #step({ optimizer, lr, changes }) {
    const decay = decayAt(changes, this.steps);
    for (const { kind, network } of this.nets) {
      const update = updateOf(kind, OPTIMIZERS[optimizer], decay, network);
      network.step(this.train.inputs, this.train.labels, update, { lr }, kind === "L2" ? decay : 0);
    }
    this.steps += 1;
    if (this.steps % EVERY === 0) this.history.push([this.steps, this.measured()]);
  }
}

const lossOf = (network, { inputs, labels }) => network.backpropagate(inputs, labels).loss;

/** Returns an optimizer that decays weights, and not biases, in its own way; the net's own step adds L2 to the gradient. */
function updateOf(kind, optimizer, decay, network) {
  if (kind === "none" || kind === "L2") return optimizer;
  return (parameters, gradient, state, settings) => {
    let from = 0;
    for (const { weights, bias } of network.layers) {
      if (kind === "L1") l1PenaltyGradient(weights, decay).forEach((slope, place) => (gradient[from + place] += slope));
      else decoupledDecay(weights, settings.lr, decay);
      from += weights.length + bias.length;
    }
    optimizer(parameters, gradient, state, settings);
  };
}

/** Returns what a net's decay charges for its weights. */
export const penaltyOf = ({ kind, network }, decay) =>
  kind === "none" ? 0 : (kind === "L1" ? l1Penalty : l2Penalty)(weightsOf(network), decay);

/** Returns the weights of a net in one list, without the biases. */
export const weightsOf = (network) => network.layers.flatMap(({ weights }) => Array.from(weights));
