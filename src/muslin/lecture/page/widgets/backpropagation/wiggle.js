/** A weight, wiggled: the change of the loss divided by that of the weight settles on the gradient, until digits run out. */

import { h, put } from "../../parts/dom.js";
import { chart } from "../../parts/chart.js";
import { choice, slider } from "../../parts/fields.js";
import { over, written } from "../../parts/formula.js";
import { short } from "../../parts/numbers.js";
import { predictFirst } from "../../parts/predict.js";
import { parametersOf, sizesOf, wiggled } from "./walk.js";

export const [NEAREST, FARTHEST] = [1e-14, 1]; // h
const POWERS = Array.from({ length: 57 }, (_, place) => -14 + place / 4);
const FEW = 1e-10; // h, below which rounding rules

/** Returns how far the quotient is from the gradient for each h of the chart: [log10 h, difference]. */
const differences = (network, state) =>
  POWERS.map((power) => {
    const { quotient, gradient } = wiggled(network, state, state.weight, 10 ** power);
    return [power, Math.abs(quotient - gradient)];
  });

/** Returns a part of the widget with `show(state, network)`. `onWeight(value, isLast)` sets the chosen parameter. */
export function wiggle(store, onWeight) {
  const guess = predictFirst({
    question: "h goes from 0.001 to 0.000 000 000 001. How good is the quotient then?",
    options: ["a billion times better", "as good as before", "worse"],
  });
  const which = h("div", {});
  const value = slider({ label: "its value", min: -4, max: 4, step: 0.01, value: 0 }, onWeight);
  const far = slider({ label: "h", min: NEAREST, max: FARTHEST, step: 0, value: 0.1, logarithmic: true }, (far, isLast) =>
    store.change({ h: far }, { undoable: isLast }),
  );
  const [lossLine, quotientLine, gradientLine] = [0, 1, 2].map(() => h("p", { class: "numbers-live" }));
  const graph = chart({ title: "Difference from the gradient", x: "log10 of h", y: "logarithmic", logarithmic: true });
  const element = h(
    "div",
    { class: "wiggle stack" },
    h("h3", {}, "One weight, wiggled"),
    guess,
    h("div", { class: "columns" }, h("div", { class: "stack" }, which, value, far, lossLine, quotientLine, gradientLine, h("p", {}, h("code", {}, "muslin.textbook.network.finite_difference_check"))), graph),
  );
  element.show = (state, network) => {
    const parameters = parametersOf(sizesOf(state.layout));
    const options = parameters.map(({ name, layer }, place) => [place, `layer ${layer}, ${name}`]);
    const list = choice({ label: "weight or bias", options, value: state.weight }, (weight) => store.change({ weight }));
    if (which.firstChild?.textContent !== list.textContent) put(which, list);
    which.firstChild.querySelector("select").value = String(state.weight);
    value.show(Number(network.parameters[state.weight].toPrecision(6)));
    far.show(state.h);
    const { above, below, quotient, gradient } = wiggled(network, state, state.weight, state.h);
    put(lossLine, written(at("L", "w + h"), "=", short(above, 12)), ", ", written(at("L", "w − h"), "=", short(below, 12)));
    put(quotientLine, written(over([at("L", "w + h"), "−", at("L", "w − h")], [2, "h"]), "=", short(quotient, 9)));
    put(gradientLine, written(over(["∂", "L"], ["∂", "w"]), "=", short(gradient, 9)), ", ", h("strong", {}, `difference ${short(Math.abs(quotient - gradient), 2)}`));
    graph.show([{ name: "|quotient − gradient|", points: differences(network, state), colour: 2 }], Math.log10(state.h));
    if (state.h <= FEW) guess.answer(2, "The two losses agree in nearly all of their sixteen digits; what is left of their difference is mostly rounding.");
  };
  return element;
}

const at = (name, inside) => [name, "(", inside, ")"];
