/** A small map for each neuron: where in the plane it is on. */

import { h, put } from "../../parts/dom.js";
import { gridOf, neuronColours, paintMap } from "./fields.js";
import { onTheme } from "../../parts/colours.js";

const PIXELS = 56;

/** Returns an element with `show(network, recipe)`; each map has side x side cells. */
export function neuronFields(side) {
  const element = h("div", { class: "neurons" });
  const grid = gridOf(side);
  let built = "";
  let maps = [];
  let latest = null;
  element.show = (network, recipe) => {
    latest = [network, recipe];
    const sizes = recipe.sizes.slice(1);
    if (built !== sizes.join()) {
      built = sizes.join();
      maps = sizes.map((count, layer) => Array.from({ length: count }, (_, neuron) => h("canvas", { width: PIXELS, height: PIXELS, role: "img", "aria-label": `layer ${layer + 1}, neuron ${neuron + 1}` })));
      put(element, maps.map((row, layer) => h("div", { class: "layer" }, h("span", { class: "faint" }, layer === sizes.length - 1 ? "says" : `layer ${layer + 1}`), row)));
    }
    network.forward(grid).forEach(({ activation }, layer) =>
      maps[layer].forEach((map, neuron) => paintMap(map.getContext("2d"), PIXELS, PIXELS, side, neuronColours(activation, sizes[layer], neuron))),
    );
  };
  onTheme(() => latest && element.show(...latest));
  return element;
}
