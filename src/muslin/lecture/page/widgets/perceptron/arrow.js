/** Arrows in an SVG. */

import { svg } from "../../parts/dom.js";

const [LONG, WIDE] = [9, 3.6];

/** Returns an arrow between two places of a drawing; nothing where they are the same. */
export function arrow([x1, y1], [x2, y2], name) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < 1e-6) return null;
  const [across, down] = [(x2 - x1) / length, (y2 - y1) / length];
  const head = Math.min(LONG, length);
  const [x, y] = [x2 - head * across, y2 - head * down];
  const corners = [[x2, y2], [x - WIDE * down, y + WIDE * across], [x + WIDE * down, y - WIDE * across]];
  return svg(
    "g",
    { class: `arrow ${name}` },
    svg("line", { x1, y1, x2: x, y2: y }),
    svg("polygon", { points: corners.map((corner) => corner.map((value) => value.toFixed(2)).join()).join(" ") }),
  );
}
