/** A wiring as the page keeps it, and the neurons that it stands for. */

import { McCullochPitts, McCullochPittsNet } from "../../maths/perceptron.js";

/** Returns a neuron of wires (1 excites, -1 inhibits, 0 is none) and a threshold. */
function neuron(wires, threshold) {
  const those = (kind) => wires.flatMap((wire, line) => (wire === kind ? [line] : []));
  return new McCullochPitts(threshold, { excitatory: those(1), inhibitory: those(-1) });
}

/** Returns the net of a state; its last neuron is the output, those before it are the hidden layer. */
export function netOf({ wires, thresholds }) {
  const all = wires.map((each, place) => neuron(each, thresholds[place]));
  return new McCullochPittsNet(all.length > 1 ? [all.slice(0, -1), all.slice(-1)] : [all]);
}

/** The mistake: the same wiring with each inhibitory line as a weight of -1; returns the states as a net does. */
export function weighted({ wires, thresholds }, inputs) {
  const fire = (place, from) => Number(wires[place].reduce((sum, wire, line) => sum + wire * from[line], 0) >= thresholds[place]);
  const last = wires.length - 1;
  if (!last) return [inputs, [fire(0, inputs)]];
  const hidden = wires.slice(0, -1).map((_, place) => fire(place, inputs));
  return [inputs, hidden, [fire(last, hidden)]];
}

/** Every combination of inputs, counted up in binary. */
export const rowsOf = (inputs) =>
  Array.from({ length: 2 ** inputs }, (_, count) => Array.from({ length: inputs }, (_, line) => (count >> (inputs - 1 - line)) & 1));

/** Tries every neuron with so many inputs; returns {tried, found}: how many there are, and how many give the answers. */
export function tryAll(inputs, answers) {
  const rows = rowsOf(inputs);
  let [tried, found] = [0, 0];
  for (let number = 0; number < 3 ** inputs; number += 1) {
    const wires = Array.from({ length: inputs }, (_, line) => (Math.floor(number / 3 ** line) % 3) - 1);
    for (let threshold = 0; threshold <= inputs + 1; threshold += 1) {
      const one = neuron(wires, threshold);
      tried += 1;
      if (rows.every((row, place) => one.fire(row) === answers[place])) found += 1;
    }
  }
  return { tried, found };
}

/** Returns a wiring without wires. */
export const blank = (inputs, hidden) => ({
  inputs,
  hidden,
  wires: [...Array.from({ length: hidden }, () => Array(inputs).fill(0)), Array(hidden || inputs).fill(0)],
  thresholds: Array(hidden + 1).fill(1),
  on: Array(inputs).fill(0),
});
