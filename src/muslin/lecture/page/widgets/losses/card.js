/** One loss: its curve, its gradient dashed, and both where the handle is. */

import { h, put, svg } from "../../parts/dom.js";
import { formula } from "../../parts/formula.js";
import { handle, inSvg } from "../../parts/handle.js";
import { clamp, short } from "../../parts/numbers.js";
import { equation } from "./terms.js";

const [WIDTH, HEIGHT, MARGIN, FOOT] = [280, 190, 12, 18];
const [LOW, HIGH] = [-2.2, 4.4]; // of the loss and its gradient
const REACH = 34; // of half the tangent, in the drawing's units
const POINTS = 160;

/** Returns a figure with `show(at, term)`; `move(x, isLast)` is told where the handle is wanted. */
export function card(known, extent, position, move) {
  const across = (x) => MARGIN + ((x + extent) / (2 * extent)) * (WIDTH - 2 * MARGIN);
  const up = (y) => HEIGHT - FOOT - ((y - LOW) / (HIGH - LOW)) * (HEIGHT - FOOT - MARGIN);
  const xs = Array.from({ length: POINTS + 1 }, (_, place) => -extent + (2 * extent * place) / POINTS);
  const [curve, slope] = [svg("polyline", { class: "line s1" }), svg("polyline", { class: "line s2 broken" })];
  const tangent = svg("line", { class: "tangent" });
  const wanted = svg("g", {}, svg("line", { class: "dashed", y1: MARGIN, y2: HEIGHT - FOOT }), svg("text", { x: 5, y: MARGIN + 6 }, "t"));
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": `${known.title} and its gradient` },
    svg("line", { class: "grid", x1: MARGIN, x2: WIDTH - MARGIN, y1: up(0), y2: up(0) }),
    [-4, -2, 0, 2, 4].map((x) => svg("text", { x: across(x), y: HEIGHT - 4, "text-anchor": "middle" }, short(x))),
    wanted,
    slope,
    curve,
    tangent,
  );
  let height = 0;
  const knob = handle(
    {
      label: `x on ${known.title}`,
      step: 0.05,
      position: () => [position(), height],
      toValue: (event) => [((inSvg(event, drawing)[0] - MARGIN) / (WIDTH - 2 * MARGIN)) * 2 * extent - extent, 0],
      toScreen: ([x, y]) => [across(clamp(x, -extent, extent)), up(clamp(y, LOW, HIGH))],
    },
    ([x], isLast) => move(Number(clamp(x, -extent, extent).toFixed(3)), isLast),
  );
  drawing.append(knob);
  const [sum, numbers, push] = [h("p"), h("p", { class: "numbers-live" }), h("p")];
  const element = h(
    "figure",
    { class: "chart card", "data-loss": known.name },
    h("figcaption", {}, known.title),
    drawing,
    sum,
    numbers,
    push,
    h("details", { class: "numbers" }, h("summary", {}, "Formulas and Python"), h("p", {}, formula(known.formula)), h("p", {}, "gradient ", formula(known.slope_formula)), h("p", {}, h("code", {}, known.python))),
  );

  const line = (values) => values.map((y, place) => [across(xs[place]), up(y)]).filter(([, y]) => Number.isFinite(y)).map((place) => place.map((each) => each.toFixed(1)).join()).join(" ");
  let drawn = {};

  element.show = (at, term, hasTarget) => {
    const [loss, steep] = [term.loss(at), term.slope(at)];
    height = loss;
    if (drawn.term !== term || drawn.target !== at.target || drawn.count !== at.count) {
      drawn = { term, target: at.target, count: at.count };
      curve.setAttribute("points", line(xs.map((x) => term.loss({ ...at, x }))));
      slope.setAttribute("points", line(xs.map((x) => term.slope({ ...at, x }))));
      wanted.setAttribute("transform", `translate(${across(at.target)} 0)`);
      wanted.setAttribute("visibility", hasTarget ? "visible" : "hidden");
    }
    knob.place();
    place(at.x, loss, steep);
    put(sum, equation(term, at));
    put(numbers, `loss ${short(loss)}, gradient ${short(steep)}`);
    put(push, h("strong", {}, told(steep)));
  };

  function place(x, y, steep) {
    const [right, down] = [across(1) - across(0), steep * (up(1) - up(0))];
    const share = REACH / Math.hypot(right, down);
    const [cx, cy] = [across(clamp(x, -extent, extent)), up(clamp(y, LOW, HIGH))];
    tangent.setAttribute("visibility", Number.isFinite(share) ? "visible" : "hidden");
    if (!Number.isFinite(share)) return;
    const ends = { x1: cx - share * right, y1: cy - share * down, x2: cx + share * right, y2: cy + share * down };
    for (const [name, value] of Object.entries(ends)) tangent.setAttribute(name, value);
  }
  return element;
}

function told(steep) {
  if (Number.isNaN(steep)) return "0 / 0: no gradient; move x away from t";
  if (steep === 0) return "content: x stays where it is";
  return steep > 0 ? "↓ a step against it lowers x" : "↑ a step against it raises x";
}
