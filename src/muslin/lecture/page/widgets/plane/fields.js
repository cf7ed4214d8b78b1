/** Maps over the plane: what the net decides everywhere, and what each neuron sees. */

import { colours, diverging, mixed, placeOf, rgb, SHAPES } from "../../parts/colours.js";
import { clamp } from "../../parts/numbers.js";

export const EXTENT = 1.4; // the plane is drawn from -EXTENT to EXTENT

/** Returns the points of a square grid over the plane, row by row from the top: (side * side, 2). */
export function gridOf(side) {
  const points = new Float64Array(2 * side * side);
  for (let row = 0, at = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      points[at++] = ((column + 0.5) / side) * 2 * EXTENT - EXTENT;
      points[at++] = EXTENT - ((row + 0.5) / side) * 2 * EXTENT;
    }
  return points;
}

/** Draws a map of side x side pixels, enlarged without steps, onto a context. */
export function paintMap(context, width, height, side, colourAt) {
  const image = new ImageData(side, side);
  for (let cell = 0; cell < side * side; cell++) {
    image.data.set(colourAt(cell), 4 * cell);
    image.data[4 * cell + 3] = 255;
  }
  const small = new OffscreenCanvas(side, side);
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, width, height);
}

/** Strokes the curve along which the values of a map of side x side cells change their sign. */
export function strokeContour(context, width, height, side, values) {
  const at = (row, column) => [((column + 0.5) / side) * width, ((row + 0.5) / side) * height];
  context.beginPath();
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const corners = [[0, 0], [0, 1], [1, 1], [1, 0]].map(([down, across]) => [row + down, column + across]);
      const crossed = corners.flatMap((one, k) => {
        const other = corners[(k + 1) % 4];
        const [a, b] = [one, other].map(([down, across]) => values[down * side + across]);
        return a > 0 === b > 0 ? [] : [mixed(at(...one), at(...other), a / (a - b))];
      });
      for (let k = 0; k + 1 < crossed.length; k += 2) {
        context.moveTo(...crossed[k]);
        context.lineTo(...crossed[k + 1]);
      }
    }
  context.stroke();
}

/** Returns what colours a grid by the net's outputs: by their side of one half, or by the likeliest class. */
export function decisionColours(outputs, classes) {
  const palette = colours();
  const paper = rgb(palette.paper);
  const series = palette.series.map(rgb);
  if (classes === 1) {
    const map = diverging(palette);
    return (cell) => map.subarray(3 * placeOf(2 * outputs[cell] - 1, 1), 3 * placeOf(2 * outputs[cell] - 1, 1) + 3);
  }
  return (cell) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (outputs[cell * classes + k] > outputs[cell * classes + best]) best = k;
    const sure = (outputs[cell * classes + best] - 1 / classes) / (1 - 1 / classes);
    return mixed(paper, series[shown(best, classes)], 0.15 + 0.55 * clamp(sure, 0, 1));
  };
}

/** Returns what colours a grid by one neuron of a layer. */
export function neuronColours(activation, width, neuron) {
  const map = diverging();
  let limit = 1e-9;
  for (let at = neuron; at < activation.length; at += width) limit = Math.max(limit, Math.abs(activation[at]));
  return (cell) => {
    const place = 3 * placeOf(activation[cell * width + neuron], limit);
    return map.subarray(place, place + 3);
  };
}

/** Which of the series a class has: with two of them, class 1 is the first, as the maps have it. */
export const shown = (label, classes) => (classes <= 2 ? 1 - label : label);

const around = (corners, turn) => Array.from({ length: corners }, (_, k) => [1.3 * Math.cos(turn + (2 * Math.PI * k) / corners), 1.3 * Math.sin(turn + (2 * Math.PI * k) / corners)]);
const [THIN, LONG] = [0.42, 1.3]; // of a plus
const CORNERS = {
  triangle: around(3, -Math.PI / 2),
  diamond: around(4, 0),
  down: around(3, Math.PI / 2),
  plus: [[THIN, LONG], [THIN, THIN], [LONG, THIN], [LONG, -THIN], [THIN, -THIN], [THIN, -LONG], [-THIN, -LONG], [-THIN, -THIN], [-LONG, -THIN], [-LONG, THIN], [-THIN, THIN], [-THIN, LONG]],
};
const GLYPHS = { circle: "●", square: "■", triangle: "▲", diamond: "◆", down: "▼", plus: "✚" };

/** Returns the letter that stands for a class's shape. */
export const glyphOf = (label, classes) => GLYPHS[SHAPES[shown(label, classes)]];

/** Draws a point: a shape beside the colour for each class. */
export function paintPoint(context, x, y, label, classes, radius, palette = colours()) {
  const at = shown(label, classes);
  context.fillStyle = palette.series[at];
  context.strokeStyle = palette.paper;
  context.lineWidth = 1;
  context.beginPath();
  const shape = SHAPES[at];
  if (shape === "circle") context.arc(x, y, radius, 0, 2 * Math.PI);
  else if (shape === "square") context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else {
    for (const [across, down] of CORNERS[shape]) context.lineTo(x + radius * across, y + radius * down);
    context.closePath();
  }
  context.fill();
  context.stroke();
}
