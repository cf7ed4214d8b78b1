/** What was measured, which rules fired in order, and why or why not a class. */

import { h, put } from "../../parts/dom.js";
import { written } from "../../parts/formula.js";
import { short } from "../../parts/numbers.js";

const words = (name) => name.replaceAll("_", " ");

/** Returns an element with `show(numbers, told, turn)`: the rules until `turn`, with what the last one looked at lit. */
export function firing() {
  const [measured, list, sum] = [h("dl", { class: "measured" }), h("ol", { class: "fired" }), h("p", { class: "numbers-live" })];
  const element = h("div", { class: "columns halves" }, h("div", {}, h("h4", {}, "Measured"), measured), h("div", {}, h("h4", {}, "Rules that fire, in order"), list, sum));
  element.show = (numbers, { fired }, turn) => {
    const last = fired[turn - 1];
    const looked = new Set(last?.conditions.map(({ number }) => number));
    put(measured, Object.entries(numbers).map(([name, value]) => h("div", { class: looked.has(name) ? "looked" : null }, h("dt", {}, words(name)), h("dd", {}, short(value, 3)))));
    put(sum, last && last.before > 0 && last.evidence > 0
      ? [`${last.conclusion} was believed already: `, written("c", "=", last.before, "+", last.evidence, "·", "(", 1, "−", last.before, ")", "=", last.after), " ", h("code", {}, `combine(${last.before}, ${last.evidence})`)]
      : null);
    put(list, fired.map(({ rule, conditions, conclusion, evidence }, place) =>
      h("li", { class: place >= turn ? "later" : null, "aria-current": place === turn - 1 ? "step" : null },
        place >= turn ? h("span", {}, "…") : [h("strong", {}, rule), ": if ", conditions.map(({ text }) => words(text)).join(" and "), " then ", h("strong", {}, conclusion), evidence < 1 ? `, with certainty ${short(evidence, 3)}` : ""])));
  };
  return element;
}

/** Returns an element with `show(told, place)`: why a class, or why not. */
export function because() {
  const text = h("pre", { class: "because", tabindex: 0, role: "region", "aria-label": "The explanation" });
  text.show = (told, place) => put(text, told.because[place]);
  return text;
}
