/** A confusion matrix of buttons: arrows move, Enter opens a cell. */

import { h } from "./dom.js";

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Returns a table with `show(label, said)`, null for no cell, and `fill(confusion)`, which counts anew.
 *
 * `onPick(label, said)` is told of a cell that was opened.
 */
export function matrix({ classes, confusion }, onPick) {
  const buttons = confusion.map((row, label) =>
    row.map((_, said) =>
      h("button", { type: "button", tabindex: -1, class: label === said ? "right" : "wrong", onclick: () => onPick(label, said) })),
  );
  let [label, said] = [0, 0];
  const focusOn = (down, across) => {
    buttons[label][said].tabIndex = -1;
    [label, said] = [down, across];
    buttons[label][said].tabIndex = 0;
  };
  const table = h(
    "table",
    { class: "confusion" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "is, and was called"), classes.map((name) => h("th", { scope: "col" }, h("span", {}, name))))),
    h("tbody", {}, classes.map((name, place) => h("tr", {}, h("th", { scope: "row" }, name), buttons[place].map((each) => h("td", {}, each))))),
  );
  table.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    focusOn(...[label, said].map((place, axis) => Math.min(classes.length - 1, Math.max(0, place + arrow[axis]))));
    buttons[label][said].focus();
  });
  const element = h("div", { class: "scroll" }, table);
  focusOn(0, 0);
  element.fill = (counts) =>
    counts.forEach((row, down) => {
      const whole = row.reduce((one, other) => one + other, 0) || 1;
      row.forEach((count, across) => {
        const cell = buttons[down][across];
        cell.textContent = count === 0 ? "·" : String(count);
        cell.setAttribute("aria-label", `${classes[down]} called ${classes[across]}: ${count}`);
        cell.style.setProperty("--share", `${Math.round(100 * Math.min(1, (count / whole) * (down === across ? 0.6 : 4)))}%`);
      });
    });
  element.fill(confusion);
  element.show = (down, across) => {
    for (const each of buttons.flat()) each.setAttribute("aria-pressed", "false");
    if (down === null) return;
    focusOn(down, across);
    buttons[down][across].setAttribute("aria-pressed", "true");
  };
  return element;
}
