/** A drawing of one's own, in as few pixels as the model sees. */

import { button, h } from "./parts/dom.js";
import { slider } from "./parts/fields.js";
import { packed } from "./parts/garments.js";
import { pad } from "./parts/pad.js";

const MOST_UNDO = 200;

/** `run` is {cells, isLight}; `onPicture({type, body})` gets the drawing when it is asked for. Returns an element. */
export function drawing({ cells, isLight }, onPicture) {
  const [ground, ink] = isLight ? [255, 25] : [0, 230];
  const past = [];
  let state = { pixels: packed(new Uint8Array(cells ** 2).fill(ground)), brush: ink };
  const empty = state.pixels;
  const set = (pixels, isLast) => {
    if (isLast) past.push(state.pixels);
    if (past.length > MOST_UNDO) past.shift();
    state = { ...state, pixels };
    show();
  };
  const surface = pad(cells, () => state, (bytes, isLast) => set(packed(bytes), isLast));
  const brush = slider({ label: "Brush, 0 is black", min: 0, max: 255, step: 5, value: ink }, (value) => (state = { ...state, brush: Math.round(value) }));
  const undoing = button("Undo", undo);
  const ask = () => onPicture({ type: "application/json", body: JSON.stringify({ pixels: rowsOf(state.pixels, cells) }) });

  function undo() {
    if (!past.length) return;
    state = { ...state, pixels: past.pop() };
    show();
  }
  function show() {
    surface.show();
    undoing.toggleAttribute("disabled", past.length === 0);
  }

  surface.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (!isUndo && event.key !== "Enter") return;
    event.preventDefault();
    isUndo ? undo() : ask();
  });
  show();
  return h(
    "fieldset", { class: "drawing" },
    h("legend", {}, "Or a drawing"),
    h("p", { class: "hint faint" }, isLight ? "Dark on light, as the pictures that the model knows." : "Light on dark, as the pictures that the model knows."),
    surface,
    h("div", { class: "fields" }, button("Ask", ask, { class: "first" }), undoing, button("Clear", () => set(empty, true)), brush),
    h("p", { class: "hint faint" }, "By keyboard: arrows move, space paints, ", h("kbd", {}, "Shift"), " with arrows draws a line, ", h("kbd", {}, "Enter"), " asks."));
}

function rowsOf(pixels, cells) {
  const bytes = Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  return Array.from({ length: cells }, (_, row) => bytes.slice(row * cells, (row + 1) * cells));
}
