/** Nine weights to type, the pixels under them, and the sum of their products. */

import { h, math, put } from "../../parts/dom.js";
import { numberField } from "../../parts/fields.js";
import { written } from "../../parts/formula.js";
import { short } from "../../parts/numbers.js";

const PLACES = ["upper left", "upper", "upper right", "left", "middle", "right", "lower left", "lower", "lower right"];

/** Returns an element with `show({weights, inputs, products, sum})`; `onWeight(place, weight)` is told what was typed. */
export function nine({ weights, limit }, onWeight) {
  const fields = weights.map((weight, place) =>
    numberField({ label: `Weight, ${PLACES[place]}`, min: -limit, max: limit, value: typed(weight), hidden: true }, (each) => onWeight(place, each)),
  );
  const pixels = weights.map(() => h("span", { class: "pixel" }));
  const cells = fields.map((field, place) => h("div", { class: "cell" }, field, pixels[place]));
  const working = h("div", { class: "scroll sum", tabindex: 0, role: "region", "aria-label": "The nine products and their sum" });
  const element = h("div", { class: "nine" }, h("div", { class: "nine-cells" }, cells), working);
  element.show = ({ weights: now, inputs, products, sum }) => {
    now.forEach((weight, place) => {
      fields[place].show(typed(weight));
      const grey = Math.round(255 * inputs[place]);
      pixels[place].style.background = `rgb(${grey} ${grey} ${grey})`;
      pixels[place].style.color = grey > 127 ? "#000" : "#fff";
      put(pixels[place], `· ${inputs[place].toFixed(2)}`);
    });
    put(working, ...[0, 3, 6].map((first) => h("p", { class: "numbers-live" }, row(now, inputs, first))),
      h("p", { class: "numbers-live" }, written("=", ...[0, 1, 2].flatMap((line) => [line ? "+" : null, bracketed(products[3 * line] + products[3 * line + 1] + products[3 * line + 2])]).filter((each) => each !== null), "=", math("mn", { class: "total" }, short(sum)))));
  };
  return element;
}

/** A weight as it is typed: with four digits behind the point where it has more. */
const typed = (weight) => Number(weight.toFixed(4));

const row = (weights, inputs, first) =>
  written(...[0, 1, 2].flatMap((far) => [first + far ? "+" : null, bracketed(weights[first + far]), "·", Number(inputs[first + far].toFixed(3))]).filter((each) => each !== null));

const bracketed = (value) => (value < 0 ? ["(", typed(value), ")"] : typed(value));
