/** Filters, or templates, of a first layer as small squares in rows: blue above 0, orange below. */

import { canvas } from "../../parts/canvas.js";
import { colours, diverging, placeOf } from "../../parts/colours.js";
import { raster, unpacked } from "../../parts/garments.js";
import { short } from "../../parts/numbers.js";

const ROW = 8; // filters
const GAP = 0.12; // between two, of a filter's side
const HALF = 127.5;

/** Returns the weights of each filter, Float64Arrays of side x side, of bytes in base64 of which 0 and 255 are -most and most. */
export const weightsOf = (text, side, most) => unpacked(text, side).map((bytes) => Float64Array.from(bytes, (each) => ((each - HALF) / HALF) * most));

/** Returns how far weights have moved: the root of the mean square. */
export function moved(weights, before) {
  let [sum, count] = [0, 0];
  weights.forEach((each, place) => each.forEach((value, cell) => {
    sum += (value - before[place][cell]) ** 2;
    count += 1;
  }));
  return Math.sqrt(sum / count);
}

/** Returns a canvas with `show(weights, side, most)`. */
export function filters() {
  let [weights, side, most] = [[], 1, 1];
  const element = canvas({ label: "The first layer’s filters", ratio: 0.5, most: 520 }, (context, width, height) => {
    const palette = colours();
    const bytes = diverging(palette);
    const rows = Math.ceil(weights.length / ROW);
    const step = Math.min(width / ROW, height / rows);
    context.imageSmoothingEnabled = false;
    weights.forEach((each, place) => {
      const seen = raster(side, side, (cell) => bytes.subarray(placeOf(each[cell], most) * 3, placeOf(each[cell], most) * 3 + 3));
      const [left, top, size] = [(place % ROW) * step, Math.floor(place / ROW) * step, step * (1 - GAP)];
      context.drawImage(seen, left, top, size, size);
      context.strokeStyle = palette.muted;
      context.strokeRect(left, top, size, size);
    });
  });
  element.show = (nextWeights, nextSide, nextMost) => {
    [weights, side, most] = [nextWeights, nextSide, nextMost];
    element.summarise(`${weights.length} filters of ${side} by ${side}, weights from ${short(-most, 3)} to ${short(most, 3)}`);
    element.paint();
  };
  return element;
}
