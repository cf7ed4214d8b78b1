/** The garment with the window over it: dragged, clicked, or moved by arrow keys. */

import { canvas, shareOf } from "../../parts/canvas.js";
import { colours } from "../../parts/colours.js";
import { h } from "../../parts/dom.js";
import { raster, SIDE } from "../../parts/garments.js";
import { short } from "../../parts/numbers.js";
import { frame } from "./map.js";

const WINDOW = 3;
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [-99, -99], End: [99, 99] };
const FAR = 5; // places, with Shift

/** Returns an element with `show()`; `state()` has image, row, column, stride and padding, `onMove(row, column, isLast)` moves. */
export function hand(state, onMove) {
  const picture = canvas({ label: "The garment; around it what padding adds", most: 360 }, (context, width) => {
    const { image, row, column, stride, padding } = state();
    const palette = colours();
    const size = width / (SIDE + 2 * padding);
    context.imageSmoothingEnabled = false;
    context.fillStyle = palette.muted;
    context.fillRect(0, 0, width, width);
    const pixels = raster(SIDE, SIDE, (place) => Array(3).fill(Math.round(255 * image[place])));
    context.drawImage(pixels, padding * size, padding * size, SIDE * size, SIDE * size);
    context.strokeStyle = palette.series[1];
    context.lineWidth = 1;
    const [left, top] = [column * stride * size, row * stride * size];
    for (let line = 1; line < WINDOW; line += 1) {
      context.strokeRect(left + line * size, top, 0, WINDOW * size);
      context.strokeRect(left, top + line * size, WINDOW * size, 0);
    }
    frame(context, left, top, WINDOW * size, palette);
  });
  const element = h("div", { class: "hand", tabindex: 0, role: "slider", "aria-label": "Window over the garment", "aria-valuenow": 0 }, picture);
  let isHeld = false;
  const toPlace = (event) => {
    const { stride, padding } = state();
    return shareOf(event, picture.surface).map((share) => Math.round((share * (SIDE + 2 * padding) - WINDOW / 2) / stride)).reverse();
  };
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    element.focus();
    element.setPointerCapture(event.pointerId);
    isHeld = true;
    onMove(...toPlace(event), true);
  });
  element.addEventListener("pointermove", (event) => isHeld && onMove(...toPlace(event), false));
  for (const kind of ["pointerup", "pointercancel"]) element.addEventListener(kind, () => (isHeld = false));
  element.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { row, column } = state();
    const far = event.shiftKey ? FAR : 1;
    onMove(row + far * arrow[0], column + far * arrow[1], true);
  });
  element.show = () => {
    const { row, column, sum, output } = state();
    element.setAttribute("aria-valuenow", row * output.side + column);
    element.setAttribute("aria-valuemax", output.side ** 2 - 1);
    element.setAttribute("aria-valuetext", `row ${row}, column ${column}: ${short(sum)}`);
    picture.paint();
  };
  element.summarise = picture.summarise;
  return element;
}
