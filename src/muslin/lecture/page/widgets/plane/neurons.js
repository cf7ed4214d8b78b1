/** A small map for each neuron: where in the plane it is on, and what it makes of the lit point. */

import { button, h, put } from "../../parts/dom.js";
import { gridOf, neuronColours, paintMap } from "./fields.js";
import { onTheme } from "../../parts/colours.js";
import { fixed } from "../../parts/numbers.js";

const [SIDE, PIXELS] = [40, 56]; // cells and pixels of a map

/** Returns an element with `show(network, recipe, state, values)`; `values` are the lit point's, by layer, or null. */
export function neuronFields(pin) {
  const element = h("div", { class: "neurons" });
  const grid = gridOf(SIDE);
  let built = "";
  let tiles = [];
  let latest = null;
  element.show = (network, recipe, state, values) => {
    latest = [network, recipe, state, values];
    const sizes = recipe.sizes.slice(1);
    if (built !== sizes.join()) {
      built = sizes.join();
      tiles = sizes.map((count, layer) => Array.from({ length: count }, (_, neuron) => tile(layer, neuron)));
      put(element, tiles.map((row, layer) => h("div", { class: "layer" }, h("span", { class: "faint" }, layer === sizes.length - 1 ? "says" : `layer ${layer + 1}`), row.map(({ press }) => press))));
    }
    network.forward(grid).forEach(({ activation }, layer) =>
      tiles[layer].forEach(({ press, map, value }, neuron) => {
        paintMap(map.getContext("2d"), PIXELS, PIXELS, SIDE, neuronColours(activation, sizes[layer], neuron));
        press.setAttribute("aria-pressed", String(String([layer, neuron]) === String(state.pinned)));
        put(value, values && fixed(values[layer].activation[neuron], 2));
      }),
    );
  };
  onTheme(() => latest && element.show(...latest));
  return element;

  function tile(layer, neuron) {
    const map = h("canvas", { width: PIXELS, height: PIXELS, "aria-hidden": "true" });
    const value = h("span", { class: "numbers-live" });
    const press = button([map, h("span", { class: "unseen" }, `layer ${layer + 1}, neuron ${neuron + 1} `), value], () => pin([layer, neuron]), { "aria-pressed": "false" });
    return { press, map, value };
  }
}
