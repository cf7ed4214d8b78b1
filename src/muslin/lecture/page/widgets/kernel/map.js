/** A map of numbers of both signs: blue above 0, orange below, the paper at 0. */

import { canvas, shareOf } from "../../parts/canvas.js";
import { colours, diverging, placeOf } from "../../parts/colours.js";
import { raster } from "../../parts/garments.js";
import { short } from "../../parts/numbers.js";

/**
 * Returns a canvas with `show(grid, count, place, like)`: the first `count` cells of {values, side}, a frame around one.
 *
 * Colours reach as far as the largest number of `like`, by default of the grid. `onPick(row, column)` is told of a click.
 */
export function map(label, onPick = null) {
  let [grid, count, place, like] = [null, 0, -1, null];
  const element = canvas({ label, most: 360 }, (context, width) => {
    if (!grid?.side) return;
    const palette = colours();
    const [bytes, limit] = [diverging(palette), Math.max(1e-12, ...Array.from(like.values, Math.abs))];
    const seen = raster(grid.side, grid.side, (cell) => {
      const first = placeOf(grid.values[cell], limit) * 3;
      return cell < count ? bytes.subarray(first, first + 3) : hatched(cell, grid.side, palette);
    });
    context.imageSmoothingEnabled = false;
    context.drawImage(seen, 0, 0, width, width);
    const size = width / grid.side;
    if (place >= 0) frame(context, (place % grid.side) * size, Math.floor(place / grid.side) * size, size, palette);
  });
  if (onPick)
    element.surface.addEventListener("click", (event) => {
      const [across, down] = shareOf(event, element.surface).map((share) => Math.floor(share * grid.side));
      onPick(down, across);
    });
  element.show = (nextGrid, nextCount, nextPlace, nextLike = nextGrid) => {
    [grid, count, place, like] = [nextGrid, nextCount, nextPlace, nextLike];
    element.summarise(`${label}: ${grid.side} by ${grid.side} numbers, from ${short(Math.min(...grid.values))} to ${short(Math.max(...grid.values))}; ${count} are shown.`);
    element.paint();
  };
  return element;
}

/** Draws a frame that is seen on any ground: ink around paper. */
export function frame(context, left, top, size, palette) {
  for (const [colour, width] of [[palette.paper, 5], [palette.ink, 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(left - 1, top - 1, size + 2, size + 2);
  }
}

/** Cells to come: a quiet pattern, for the paper itself means 0. */
function hatched(cell, side, palette) {
  const shade = (cell + Math.floor(cell / side)) % 2 ? palette.mat : palette.paper;
  return [1, 3, 5].map((first) => parseInt(shade.slice(first, first + 2), 16));
}
