/** Fields to set values with: whatever can be dragged can be typed too. */

import { h, newId } from "./dom.js";
import { clamp, parsed } from "./numbers.js";

/**
 * A slider and a number field for one value.
 *
 * Returns an element with `show(value)`, which sets both without a call. `onInput(value, isLast)` is called with a number
 * inside the range; `isLast` is false while the slider moves.
 */
export function slider({ label, min, max, step, value, unit = "", logarithmic = false }, onInput) {
  const id = newId("slider");
  const inside = logarithmic ? Math.log10 : Number;
  const outside = logarithmic ? (place) => Number((10 ** place).toPrecision(3)) : Number;
  const range = h("input", {
    type: "range", id, min: inside(min), max: inside(max), step: logarithmic ? 0.05 : step, value: inside(value),
  });
  const field = h("input", { type: "text", inputmode: "decimal", "aria-label": `${label}, as a number`, value, size: 7 });
  const say = (number) => range.setAttribute("aria-valuetext", `${number}${unit && ` ${unit}`}`);
  const set = (number, isLast) => {
    say(number);
    onInput(number, isLast);
  };
  for (const [kind, isLast] of [["input", false], ["change", true]])
    range.addEventListener(kind, () => {
      const number = outside(Number(range.value));
      field.value = number;
      set(number, isLast);
    });
  let isTyped = false; // what is being typed stays, whatever plays
  field.addEventListener("input", () => (isTyped = true));
  field.addEventListener("blur", () => (isTyped = false));
  field.addEventListener("change", () => {
    isTyped = false;
    const typed = parsed(field.value);
    field.setAttribute("aria-invalid", typed === null || typed < min || typed > max ? "true" : "false");
    if (typed === null) return;
    const number = clamp(typed, min, max);
    element.show(number);
    set(number, true);
  });
  const element = h("div", { class: "field slider" }, h("label", { for: id }, label), range, field, unit && h("span", {}, unit));
  element.show = (number) => {
    range.value = inside(number);
    if (!isTyped) field.value = String(number);
    say(number);
  };
  element.show(value);
  return element;
}

/** A field for a number alone. `onInput(value)` is called with a number in the range. */
export function numberField({ label, min = -Infinity, max = Infinity, value, hidden = false }, onInput) {
  const id = newId("number");
  const field = h("input", { type: "text", inputmode: "decimal", id, size: 8, value, "aria-label": hidden ? label : null });
  field.addEventListener("change", () => {
    const typed = parsed(field.value);
    const isWrong = typed === null || typed < min || typed > max;
    field.setAttribute("aria-invalid", String(isWrong));
    if (!isWrong) onInput(typed);
  });
  const element = h("div", { class: "field" }, hidden ? null : h("label", { for: id }, label), field);
  element.show = (number) => {
    if (document.activeElement !== field) field.value = String(number);
  };
  return element;
}

/** A choice of a few, as a list to open. `options` are [value, label] pairs. */
export function choice({ label, options, value }, onInput) {
  const id = newId("choice");
  const select = h("select", { id }, options.map(([each, name]) => h("option", { value: String(each) }, name)));
  select.value = String(value);
  select.addEventListener("change", () => onInput(options.find(([each]) => String(each) === select.value)[0]));
  const element = h("div", { class: "field" }, h("label", { for: id }, label), select);
  element.show = (each) => (select.value = String(each));
  return element;
}

/** A box to check. */
export function check({ label, value }, onInput) {
  const id = newId("check");
  const box = h("input", { type: "checkbox", id });
  box.checked = value;
  box.addEventListener("change", () => onInput(box.checked));
  const element = h("div", { class: "field check" }, box, h("label", { for: id }, label));
  element.show = (each) => (box.checked = each);
  return element;
}
