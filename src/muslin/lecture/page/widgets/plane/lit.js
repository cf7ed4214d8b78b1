/** One point lit in all: which one, where, of what colour, and its way through the net, neuron by neuron. */

import { button, h, put } from "../../parts/dom.js";
import { choice, numberField } from "../../parts/fields.js";
import { clamp, short } from "../../parts/numbers.js";
import { asTable } from "../../parts/table.js";
import { EXTENT, glyphOf } from "./fields.js";

/** Returns preActivation and activation of each layer for the lit point, or null where none is lit. */
export function valuesOf(network, recipe, { chosen }) {
  if (chosen === null) return null;
  const point = recipe.points.slice(2 * chosen, 2 * chosen + 2);
  return network.forward(point).map(({ preActivation, activation }) => ({ preActivation: preActivation.slice(), activation: activation.slice() }));
}

/**
 * Returns an element with `show(recipe, state, values)`.
 *
 * `hand` has `choose(row)` (null for none), `move(row, [x, y], isLast)`, `recolour(label)` (without a label the next one)
 * and `erase()`, these two for the lit point.
 */
export function litPoint(colourCount, hand) {
  let latest = null;
  const where = () => [0, 1].map((axis) => latest.recipe.points[2 * latest.state.chosen + axis]);
  const which = numberField({ label: "point", min: 1, value: "" }, (typed) => hand.choose(clamp(Math.round(typed), 1, latest.recipe.labels.length) - 1));
  const place = ["its x", "its y"].map((label, axis) => numberField({ label, min: -EXTENT, max: EXTENT, value: 0 }, (typed) => hand.move(latest.state.chosen, where().with(axis, typed), true)));
  const colour = choice({ label: "its colour", options: Array.from({ length: colourCount }, (_, at) => [at, String(at)]), value: 0 }, (label) => hand.recolour(label));
  const edit = h("div", { class: "fields" }, place, colour, button("Next colour", () => hand.recolour()), button("Erase it", () => hand.erase()), button("Put it out", () => hand.choose(null)));
  const told = h("p", { class: "numbers-live", role: "status" });
  const way = asTable("its way through the net", () => [["neuron", "weighted sum", "value"], ...(latest?.values ?? []).flatMap(({ preActivation, activation }, layer) => Array.from(activation, (value, neuron) => [`layer ${layer + 1}, neuron ${neuron + 1}`, short(preActivation[neuron]), short(value)]))]);
  const help = h("p", { class: "faint" }, "Drag it, or: arrows move it, F gives it the next colour, Delete erases it, Page Up and Page Down light another.");
  const element = h("div", { class: "stack" }, h("h4", {}, "One point, lit in all"), h("div", { class: "fields" }, which), edit, told, help, way);

  element.show = (recipe, state, values) => {
    latest = { recipe, state, values };
    const isLit = state.chosen !== null;
    for (const each of [edit, help, way]) each.hidden = !isLit;
    which.show(isLit ? state.chosen + 1 : "");
    if (!isLit) return put(told, `Press a point, or type its number, 1 to ${recipe.labels.length}: it is lit in every drawing, and each neuron tells its value.`);
    const [label, classes] = [recipe.labels[state.chosen], Math.max(2, recipe.sizes.at(-1))];
    const outputs = values.at(-1).activation;
    const said = outputs.length === 1 ? Number(outputs[0] >= 0.5) : outputs.indexOf(Math.max(...outputs));
    const sure = outputs.length === 1 ? (said ? outputs[0] : 1 - outputs[0]) : outputs[said];
    place.forEach((field, axis) => field.show(Number(where()[axis].toFixed(4))));
    colour.show(label);
    put(told, `${glyphOf(label, classes)} colour ${label}. The net says `, h("strong", {}, `${glyphOf(said, classes)} colour ${said}`), `, sure to ${short(sure, 3)}: ${said === label ? "right" : "wrong"}.`);
    way.renew();
  };
  return element;
}
