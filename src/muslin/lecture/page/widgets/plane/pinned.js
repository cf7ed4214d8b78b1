/** One neuron's field, large: how strongly it is on at each place of the plane, and what it makes of the lit point. */

import { button, h, put } from "../../parts/dom.js";
import { index, written } from "../../parts/formula.js";
import { short } from "../../parts/numbers.js";
import { gridOf } from "./fields.js";
import { planeMap } from "./map.js";

const GRID = gridOf(40);

/**
 * Returns an element with `show({network, recipe, state}, values)`, hidden where no neuron is pinned; `values` are the lit
 * point's, by layer, or null. `hand` is as of the plane's map.
 */
export function pinnedField(hand, unpin) {
  const title = h("h4", {});
  const map = planeMap("the field of one neuron", hand);
  const [range, made] = [h("p", { class: "numbers-live" }), h("p", { class: "numbers-live made" })];
  const element = h("div", { class: "stack", hidden: true }, title, map, range, made, button("Unpin", unpin));
  element.show = (shown, values) => {
    const { network, recipe, state } = shown;
    element.hidden = state.pinned === null;
    if (!state.pinned) return;
    const [layer, neuron] = state.pinned;
    const width = recipe.sizes[layer + 1];
    const field = network.forward(GRID)[layer].activation.filter((_, at) => at % width === neuron);
    const [least, most] = [Math.min(...field), Math.max(...field)];
    const name = layer === recipe.sizes.length - 2 ? `What the net says, output ${neuron + 1}` : `Layer ${layer + 1}, neuron ${neuron + 1}`;
    put(title, name);
    put(range, `Its value goes from ${short(least, 3)} to ${short(most, 3)} over the plane: blue above 0${least < 0 ? ", orange below; dots where it is 0" : ", white at 0"}.`);
    put(made, values ? working(shown, values) : "Light a point, and its numbers are here.", " ", h("code", {}, `network.forward(point)[${layer}]`));
    map.summarise(`${name}: from ${short(least, 3)} to ${short(most, 3)}.`);
    map.show(shown, state.pinned);
  };
  return element;
}

/** Returns the neuron's formula with the numbers of the lit point, in pieces that break into lines. */
function working({ network, recipe, state: { pinned: [layer, neuron], chosen } }, values) {
  const width = recipe.sizes[layer + 1];
  const inputs = layer ? values[layer - 1].activation : recipe.points.subarray(2 * chosen, 2 * chosen + 2);
  const { weights, bias } = network.layers[layer];
  const terms = Array.from(inputs, (input, i) => [written(brief(input), "·", signed(weights[i * width + neuron]), "+"), " "]);
  const isLast = layer === recipe.sizes.length - 2;
  const [sum, value] = [values[layer].preActivation[neuron], values[layer].activation[neuron]];
  const name = isLast ? (width > 1 ? "softmax" : "sigmoid") : recipe.activation;
  const after = name === "softmax" ? ["; of all outputs, softmax makes it ", written(brief(value))] : ["; ", written(name, "(", brief(sum), ")", "=", brief(value))];
  return ["For the lit point: ", written(index("z", [neuron + 1]), "="), " ", terms, written(signed(bias[neuron]), "=", brief(sum)), after];
}

const brief = (value) => Number(value.toPrecision(3));
const signed = (value) => (value < 0 ? ["(", brief(value), ")"] : brief(value));
