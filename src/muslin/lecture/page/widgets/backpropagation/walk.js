/** A walk through training on one sample: any operation of any step, found again from where it began. */

import { stepThrough } from "../../maths/events.js";
import { Network } from "../../maths/network.js";
import { gradientStep } from "../../maths/optimizers.js";

export const sizesOf = (layout) => layout.split("-").map(Number);

/** Returns where each parameter of a network is: {name, layer, source, neuron}; the source of a bias is null. */
export const parametersOf = (sizes) =>
  sizes.slice(1).flatMap((outs, layer) => [
    ...Array.from({ length: sizes[layer] * outs }, (_, at) => {
      const [source, neuron] = [Math.floor(at / outs), at % outs];
      return { name: `w[${source},${neuron}]`, layer, source, neuron };
    }),
    ...Array.from({ length: outs }, (_, neuron) => ({ name: `b[${neuron}]`, layer, source: null, neuron })),
  ]);

/** Returns {network, losses}: the network of a state before its training step, and the loss before each of `ahead` steps. */
export function arrive({ layout, activation, loss, inputs, target, lr, parameters, step }, ahead = 0) {
  const made = (vector) => new Network({ sizes: sizesOf(layout), activation, loss, parameters: Float64Array.from(vector) });
  const [x, labels] = [Float64Array.from(inputs), [target]];
  const walking = made(parameters);
  let network = null;
  const losses = [];
  for (let taken = 0; taken <= Math.max(step, ahead); taken++) {
    if (taken === step) network = made(walking.parameters);
    losses.push(walking.step(x, labels, gradientStep, { lr }).loss);
  }
  return { network, losses };
}

/** Returns the operations of one training step: forwards, backwards, and the update of each parameter. */
export function operations(network, { inputs, target, lr }) {
  const x = Float64Array.from(inputs);
  const { gradient } = network.backpropagate(x, [target]);
  const moved = Float64Array.from(network.parameters);
  gradientStep(moved, gradient, null, { lr });
  const updates = parametersOf(network.sizes).map(({ name, layer, source, neuron }, parameter) => ({
    ...{ phase: "update", operation: "update", layer, neuron, source, parameter, function: "sum", value: moved[parameter] },
    terms: [[[name, network.parameters[parameter]]], [["-η", -lr], [`dL/d${name}`, gradient[parameter]]]],
  }));
  return [...stepThrough(network, x, target), ...updates];
}

/** Returns {above, below, quotient, gradient} of one parameter: the losses a little further and a little less far. */
export function wiggled(network, { inputs, target }, parameter, far) {
  const x = Float64Array.from(inputs);
  const kept = network.parameters[parameter];
  const lossAt = (value) => {
    network.parameters[parameter] = value;
    return network.backpropagate(x, [target]).loss;
  };
  const [above, below] = [lossAt(kept + far), lossAt(kept - far)];
  network.parameters[parameter] = kept;
  const gradient = network.backpropagate(x, [target]).gradient[parameter];
  return { above, below, quotient: (above - below) / (2 * far), gradient };
}
