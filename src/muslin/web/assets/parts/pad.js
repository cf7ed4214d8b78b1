/** A pad of pixels: painted by a pointer, or by arrow keys and the space bar. */

import { canvas, shareOf } from "./canvas.js";
import { colours } from "./colours.js";
import { h } from "./dom.js";
import { raster, unpacked } from "./garments.js";

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const SOFT = 0.45; // of the brush, on the pixels beside its own

/** Returns an element with `show()`; `state()` has pixels and brush, `onPaint(bytes, isLast)` is told what was painted. */
export function pad(side, state, onPaint) {
  let [row, column, isHeld] = [Math.floor(side / 2), Math.floor(side / 2), false];
  const surface = canvas({ label: "Your drawing", most: 360 }, (context, width) => {
    const [pixels] = unpacked(state().pixels, side);
    context.imageSmoothingEnabled = false;
    context.drawImage(raster(side, side, (place) => [pixels[place], pixels[place], pixels[place]]), 0, 0, width, width);
    context.strokeStyle = colours().series[1];
    context.lineWidth = 2;
    context.strokeRect((column * width) / side, (row * width) / side, width / side, width / side);
  });
  const element = h("div", { class: "hand", tabindex: 0, role: "slider", "aria-label": "Brush over the drawing", "aria-valuenow": 0 }, surface);

  function paint(isLast) {
    const { pixels, brush } = state();
    const bytes = Uint8Array.from(unpacked(pixels, side)[0]);
    for (const [down, across, share] of [[0, 0, 1], [-1, 0, SOFT], [1, 0, SOFT], [0, -1, SOFT], [0, 1, SOFT]]) {
      const [y, x] = [row + down, column + across];
      if (y < 0 || x < 0 || y >= side || x >= side) continue;
      const place = y * side + x;
      bytes[place] = share === 1 ? brush : brush === 0 ? bytes[place] * SOFT : Math.max(bytes[place], Math.round(share * brush));
    }
    onPaint(bytes, isLast);
  }
  const follow = (event) => {
    [column, row] = shareOf(event, surface.surface).map((share) => Math.min(side - 1, Math.max(0, Math.floor(share * side))));
  };
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    element.focus();
    element.setPointerCapture(event.pointerId);
    isHeld = true;
    follow(event);
    paint(true);
  });
  element.addEventListener("pointermove", (event) => {
    if (!isHeld) return;
    follow(event);
    paint(false);
  });
  for (const kind of ["pointerup", "pointercancel"]) element.addEventListener(kind, () => (isHeld = false));
  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== " ") return;
    event.preventDefault();
    if (arrow) [row, column] = [row + arrow[0], column + arrow[1]].map((place) => Math.min(side - 1, Math.max(0, place)));
    if (!arrow || event.shiftKey) paint(true);
    element.show();
  });
  element.show = () => {
    element.setAttribute("aria-valuenow", row * side + column);
    element.setAttribute("aria-valuemax", side ** 2 - 1);
    element.setAttribute("aria-valuetext", `row ${row}, column ${column}, brightness ${unpacked(state().pixels, side)[0][row * side + column]}; space paints, Shift and arrows draw a line`);
    surface.paint();
  };
  return element;
}
