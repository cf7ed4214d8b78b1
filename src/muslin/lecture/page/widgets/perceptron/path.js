/** The weights as an arrow, and how each mistake moved its tip. */

import { put, svg } from "../../parts/dom.js";
import { short } from "../../parts/numbers.js";
import { arrow } from "./arrow.js";

const SIDE = 300;
const MOST = 300; // lines of the way that are drawn

/** Returns the drawing, with `show(lines, line)`: the lines until now, and the one of now as [w1, w2, b]. */
export function path() {
  const drawing = svg("svg", { class: "plane", viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img" });

  drawing.show = (lines, line) => {
    const way = lines.slice(-MOST).map(({ weights }) => [...weights]);
    const now = line.slice(0, 2);
    const limit = 1.2 * Math.max(1, ...[...way, now].flat().map(Math.abs));
    const toScreen = ([x, y]) => [SIDE / 2 + (x / limit) * (SIDE / 2), SIDE / 2 - (y / limit) * (SIDE / 2)];
    const one = (SIDE / 2) / limit;
    const last = way.length > 1 ? way.at(-2) : null;
    drawing.setAttribute("aria-label", `The weights as an arrow to ${short(now[0])}, ${short(now[1])}, after ${lines.length - 1} mistakes`);
    put(
      drawing,
      svg("line", { class: "grid", x1: 0, x2: SIDE, y1: SIDE / 2, y2: SIDE / 2 }),
      svg("line", { class: "grid", x1: SIDE / 2, x2: SIDE / 2, y1: 0, y2: SIDE }),
      svg("text", { x: SIDE - 6, y: SIDE / 2 - 6, "text-anchor": "end" }, "w₁"),
      svg("text", { x: SIDE / 2 + 6, y: 14 }, "w₂"),
      svg("text", { x: SIDE / 2 + one, y: SIDE / 2 + 16, "text-anchor": "middle" }, "1"),
      svg("line", { class: "tick", x1: SIDE / 2 + one, x2: SIDE / 2 + one, y1: SIDE / 2 - 3, y2: SIDE / 2 + 3 }),
      svg("polyline", { class: "way", points: way.map((weights) => toScreen(weights).map((value) => value.toFixed(1)).join()).join(" ") }),
      last && arrow(toScreen([0, 0]), toScreen(last), "faded"),
      arrow(toScreen([0, 0]), toScreen(now), "normal"),
      last && arrow(toScreen(last), toScreen(now), "sample"),
    );
  };
  return drawing;
}
