/** One neuron's field, large: how strongly it is on at each place of the plane. */

import { button, h, put } from "../../parts/dom.js";
import { short } from "../../parts/numbers.js";
import { gridOf } from "./fields.js";
import { planeMap } from "./map.js";

const GRID = gridOf(40);

/** Returns an element with `show({network, recipe, state})`, hidden where no neuron is pinned; `hand` as of the plane's map. */
export function pinnedField(hand, unpin) {
  const title = h("h4", {});
  const map = planeMap("the field of one neuron", hand);
  const range = h("p", { class: "numbers-live" });
  const element = h("div", { class: "stack", hidden: true }, title, map, range, button("Unpin", unpin));
  element.show = (shown) => {
    const { network, recipe, state } = shown;
    element.hidden = state.pinned === null;
    if (!state.pinned) return;
    const [layer, neuron] = state.pinned;
    const [width, { activation }] = [recipe.sizes[layer + 1], network.forward(GRID)[layer]];
    const values = activation.filter((_, at) => at % width === neuron);
    const ends = [Math.min(...values), Math.max(...values)].map((value) => short(value, 3));
    const name = layer === recipe.sizes.length - 2 ? `What the net says, output ${neuron + 1}` : `Layer ${layer + 1}, neuron ${neuron + 1}`;
    put(title, name);
    put(range, `Its value goes from ${ends[0]} to ${ends[1]} over the plane: blue above 0, orange below; dots where it is 0.`);
    map.summarise(`${name}: from ${ends[0]} to ${ends[1]}.`);
    map.show(shown, state.pinned);
  };
  return element;
}
