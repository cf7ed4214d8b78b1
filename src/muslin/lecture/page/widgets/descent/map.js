/** The map of a slice: dark where the loss is high, with contours; the ways on it, and the start to drag. */

import { h, svg } from "../../parts/dom.js";
import { canvas } from "../../parts/canvas.js";
import { colours, mixed, onTheme, rgb } from "../../parts/colours.js";
import { handle } from "../../parts/handle.js";
import { clamp } from "../../parts/numbers.js";
import { EXTENT, LINES } from "./slice.js";

const LEVELS = 12;
const share = (value) => (value + EXTENT) / (2 * EXTENT);

/** Returns an element with `show(slice, ways, names)`; `position()` is the start, `onMove([a, b], isLast)` sets it. */
export function map(position, onMove) {
  let [latest, painted] = [null, null];
  const place = canvas({ label: "The loss over two weights, and the ways on it", ratio: 1 }, (context, side) => latest && draw(context, side));
  const overlay = svg("svg", { viewBox: "0 0 400 400", class: "over", "aria-label": "Start", role: "group" });
  const knob = handle(
    {
      ...{ label: "start of the ball", step: 0.1, position, radius: 8 },
      toValue: (event) => {
        const box = place.surface.getBoundingClientRect();
        return [((event.clientX - box.left) / box.width) * 2 * EXTENT - EXTENT, EXTENT - ((event.clientY - box.top) / box.height) * 2 * EXTENT];
      },
      toScreen: ([a, b]) => [400 * share(a), 400 * (1 - share(b))],
    },
    (spot, isLast) => onMove(spot.map((each) => Number(clamp(each, -EXTENT, EXTENT).toFixed(2))), isLast),
  );
  overlay.append(knob);
  onTheme(() => (painted = null));
  const across = h("p", { class: "faint axis-name" });
  const element = h("div", { class: "slice" }, h("div", { class: "layers" }, place, overlay), across);

  function draw(context, side) {
    const palette = colours();
    painted ??= ground(latest.slice, palette);
    context.imageSmoothingEnabled = true;
    const cell = side / (LINES - 1);
    context.drawImage(painted.field, -cell / 2, -cell / 2, side + cell, side + cell);
    context.save();
    context.scale(cell, cell);
    context.lineWidth = 1 / cell;
    context.strokeStyle = palette.muted;
    context.stroke(painted.contours);
    context.restore();
    const spot = ([a, b]) => [side * share(a), side * (1 - share(b))];
    mark(context, spot(latest.slice.place), palette.ink);
    for (const { way, colour, dashed } of latest.ways) trail(context, way.map((each) => spot(each.spot)), colour === 1 ? palette.right : palette.wrong, dashed, palette.paper);
  }

  element.show = (slice, ways, names) => {
    if (latest?.slice !== slice) painted = null;
    latest = { slice, ways };
    across.textContent = `across: ${names[0]}, up: ${names[1]}, each from −${EXTENT} to ${EXTENT}; + is the lowest crossing of the map’s grid`;
    knob.place();
    place.paint();
  };
  element.summarise = place.summarise;
  return element;
}

/** Returns the field as a small picture, and the contours as a path in cells. */
function ground({ losses, least, most }, palette) {
  const field = document.createElement("canvas");
  [field.width, field.height] = [LINES, LINES];
  const image = new ImageData(LINES, LINES);
  const [low, high] = [palette.paper, palette.muted].map(rgb);
  const range = Math.log(most / least) || 1;
  const heights = losses.map((loss) => Math.log(loss / least) / range);
  heights.forEach((height, at) => {
    const [column, row] = [at % LINES, LINES - 1 - Math.floor(at / LINES)];
    image.data.set([...mixed(low, high, height * 0.7), 255], 4 * (row * LINES + column));
  });
  field.getContext("2d").putImageData(image, 0, 0);
  return { field, contours: contours(heights) };
}

/** Returns the lines of equal height: in each cell, from where one side is crossed to where another is. */
function contours(heights) {
  const path = new Path2D();
  for (let level = 0.5 / LEVELS; level < 1; level += 1 / LEVELS)
    for (let row = 0; row < LINES - 1; row++)
      for (let column = 0; column < LINES - 1; column++) {
        const corner = (right, up) => heights[(row + up) * LINES + column + right] - level;
        const sides = [[0, 0, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 0, 0]].flatMap(([x1, y1, x2, y2]) => {
          const [one, other] = [corner(x1, y1), corner(x2, y2)];
          if (one > 0 === other > 0) return [];
          const part = one / (one - other);
          return [[column + x1 + part * (x2 - x1), LINES - 1 - (row + y1 + part * (y2 - y1))]];
        });
        for (let pair = 0; pair + 1 < sides.length; pair += 2) {
          path.moveTo(...sides[pair]);
          path.lineTo(...sides[pair + 1]);
        }
      }
  return path;
}

/** Draws where one update went: dots and lines; its end is a ball, or a square for the dashed one. */
function trail(context, spots, colour, dashed, paper) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  context.setLineDash(dashed ? [6, 4] : []);
  context.beginPath();
  spots.forEach((spot) => context.lineTo(...spot));
  context.stroke();
  context.setLineDash([]);
  for (const [x, y] of spots) context.fillRect(x - 1.5, y - 1.5, 3, 3);
  const [x, y] = spots.at(-1);
  context.beginPath();
  if (dashed) context.rect(x - 7, y - 7, 14, 14);
  else context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = paper;
  context.stroke();
}

function mark(context, [x, y], colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [a, b] of [[6, 0], [0, 6]]) {
    context.moveTo(x - a, y - b);
    context.lineTo(x + a, y + b);
  }
  context.stroke();
}
