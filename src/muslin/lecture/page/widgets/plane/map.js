/** The plane: what the net says of each place, the points, and the line of the bent plane as the curve that it is here. */

import { canvas } from "../../parts/canvas.js";
import { colours } from "../../parts/colours.js";
import { sideOf } from "./bent.js";
import { decisionColours, EXTENT, gridOf, paintMap, paintPoint } from "./fields.js";

const SIDE = 60; // cells of the map

/** Returns an element with `show({network, recipe, state})`. */
export function planeMap() {
  let latest = null;
  const view = canvas({ label: "the plane, and what the net says of it", most: 520 }, (context, width, height) => latest && paint(context, width, height));
  view.show = (shown) => {
    latest = shown;
    view.paint();
  };

  function paint(context, width, height) {
    const { network, recipe } = latest;
    const palette = colours();
    const classes = recipe.sizes.at(-1);
    const grid = gridOf(SIDE);
    paintMap(context, width, height, SIDE, decisionColours(network.forward(grid).at(-1).activation, classes));
    const at = (x, y) => [((x / EXTENT + 1) / 2) * width, ((1 - y / EXTENT) / 2) * height];
    const sides = sideOf(latest, grid);
    context.fillStyle = palette.ink;
    for (let cell = 0; cell < sides.length; cell++) {
      const isEdge = (cell % SIDE && sides[cell] > 0 !== sides[cell - 1] > 0) || (cell >= SIDE && sides[cell] > 0 !== sides[cell - SIDE] > 0);
      if (isEdge) context.fillRect(((cell % SIDE) / SIDE) * width - 1, (Math.floor(cell / SIDE) / SIDE) * height - 1, 3, 3);
    }
    recipe.labels.forEach((label, row) => paintPoint(context, ...at(recipe.points[2 * row], recipe.points[2 * row + 1]), label, Math.max(2, classes), 4, palette));
  }
  return view;
}
