/** A threshold to drag: which garments change, and what it is worth on all test pictures. */

import { button, h, put } from "../../parts/dom.js";
import { chart } from "../../parts/chart.js";
import { choice, slider } from "../../parts/fields.js";
import { clamp, percent } from "../../parts/numbers.js";

const words = (text) => text.replaceAll("_", " ");

/**
 * Returns an element with `show(which, at, changed)`; `onMove(which, at, isLast)` is told the threshold and its place.
 *
 * What the rules are worth stays hidden until it is asked for, by `reveal()` or by the button, which calls `onAsk`.
 */
export function thresholds(values, onMove, onAsk) {
  const all = values.thresholds;
  const rule = h("pre", { class: "as-written" });
  const place = h("div", {});
  const [worth, changes] = [h("p", { class: "numbers-live", role: "status" }), h("p", {})];
  const curve = chart({ title: "Right of the 10,000 test pictures, in %", x: "threshold", y: "" });
  const ask = h("p", {}, button("Ask about all 10,000", onAsk));
  const which = choice({ label: "Rule", options: all.map(({ rule: name, condition }, each) => [each, `${name}: ${words(condition)} …`]), value: 0 }, (each) => onMove(each, all[each].written, true));
  const element = h("div", { class: "columns halves" },
    h("div", {}, h("h3", {}, "Drag a threshold"), h("div", { class: "fields" }, which), place, worth, changes, rule,
      h("div", { class: "fields" }, button("As it is written", () => onMove(built, all[built].written, true)))),
    h("div", {}, ask, curve));
  curve.hidden = worth.hidden = true;
  let [built, field] = [-1, null];

  const build = (each) => {
    const { condition, values: grid } = all[each];
    const step = grid[1] - grid[0];
    field = slider({ label: words(condition), min: grid[0], max: grid.at(-1), step: Number(step.toFixed(6)), value: grid[0] }, (value, isLast) =>
      onMove(each, clamp(Math.round((value - grid[0]) / step), 0, grid.length - 1), isLast));
    put(place, field);
    built = each;
  };
  element.show = (each, at, changed) => {
    if (built !== each) build(each);
    const { values: grid, accuracy, written, text } = all[each];
    which.show(each);
    field.show(grid[at]);
    put(rule, text);
    const gain = Math.round((accuracy[at] - accuracy[written]) * 10_000);
    put(worth, h("strong", {}, `${percent(accuracy[at], 2)} of 10,000 are named rightly`), at === written ? ", as it is written." : `: ${Math.abs(gain)} ${gain < 0 ? "fewer" : "more"} than as it is written, with ${grid[written]}.`);
    put(changes, changed.length ? `Of those shown, ${changed.length} ${changed.length === 1 ? "gets" : "get"} another answer: ${changed.map((one) => one + 1).join(", ")}.` : "Of those shown, none gets another answer.");
    curve.show([{ name: "accuracy", colour: 1, points: grid.map((value, one) => [value, 100 * accuracy[one]]) }], grid[at]);
  };
  element.reveal = () => {
    ask.hidden = true;
    curve.hidden = worth.hidden = false;
  };
  return element;
}
