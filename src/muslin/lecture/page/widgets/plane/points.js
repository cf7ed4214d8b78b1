/** Points of one's own: a brush of up to six colours, an eraser, numbers to type, CSV in and out. */

import { button, h, put } from "../../parts/dom.js";
import { choice, numberField } from "../../parts/fields.js";
import { parsed, short } from "../../parts/numbers.js";
import { asTable } from "../../parts/table.js";
import { EXTENT } from "./fields.js";

const COLOURS = 6;
const DIGITS = 4; // that are kept of a point, after the point
const APART = 0.07; // of the plane, between the points of one stroke

/**
 * Returns an element with `brush()` (null where the pointer chooses and drags), `stroke([x, y], isFirst)`, `lift()` at its
 * end, `current()`, `erase(row)` and `set(points, chosen, isLast)`, which refuses with a sentence what is no data.
 *
 * `change({own, chosen}, isLast)` is told [[x, y, label], ...] and the row that is lit, `renew()` of another brush;
 * `recipe()` and `state()` are those of now.
 */
export function ownPoints({ state, recipe, most, change, renew }) {
  let brush = "hand";
  let last = null;
  const tool = choice({ label: "pointer", options: [["hand", "chooses and drags"], ...Array.from({ length: COLOURS }, (_, at) => [at, `draws colour ${at}`]), ["erase", "erases"]], value: "hand" }, (chosen) => {
    brush = chosen;
    renew();
  });
  const [x, y] = ["x", "y"].map((label) => numberField({ label, min: -EXTENT, max: EXTENT, value: 0 }, () => {}));
  const typed = (field) => parsed(field.querySelector("input").value) ?? 0;
  const colour = choice({ label: "colour", options: Array.from({ length: COLOURS }, (_, at) => [at, String(at)]), value: 0 }, () => {});
  const problem = h("p", { role: "status", class: "faint" });
  const csv = h("textarea", { rows: 4, cols: 24, "aria-label": "points as CSV: x,y,label" });
  const table = asTable("the points", () => [["point", "x", "y", "colour"], ...current().map(([a, b, label], row) => [String(row + 1), short(a), short(b), String(label)])]);
  const details = h(
    "details",
    { class: "own" },
    h("summary", {}, "Points of your own"),
    h("div", { class: "fields" }, tool, button("Clear to two", () => set([[-0.5, 0, 0], [0.5, 0, 1]], null))),
    h("div", { class: "fields" }, x, y, colour, button("Add", () => set([...current(), [typed(x), typed(y), Number(colour.querySelector("select").value)]])), button("Erase the last", () => set(current().slice(0, -1)))),
    h("div", { class: "fields" }, csv, button("Read the CSV", read), button("Write the CSV", () => (csv.value = ["x,y,label", ...current().map((point) => point.map((value) => Number(value.toFixed(DIGITS))).join(","))].join("\n")))),
    table,
  );
  const element = h("div", { class: "stack" }, details, problem);
  element.brush = () => (brush === "hand" ? null : brush);
  Object.assign(element, { current, set, stroke, lift, erase });

  /** Returns the points as they are seen, noise and all. */
  function current() {
    const { points, labels } = recipe();
    return Array.from(labels, (label, row) => [points[2 * row], points[2 * row + 1], label]);
  }

  function set(points, chosen = state().chosen, isLast = true) {
    const labels = new Set(points.map(([, , label]) => label));
    if (points.length > most) put(problem, `At most ${most} points are kept.`);
    else if (points.length < 2 || labels.size < 2) put(problem, "At least two points of two colours must be left.");
    else if (Math.max(...labels) + 1 !== labels.size) put(problem, `Colours are used in turn, from 0: ${[...labels].sort().join(", ")} leaves one out.`);
    else {
      put(problem);
      const own = points.map(([a, b, label]) => [Number(a.toFixed(DIGITS)), Number(b.toFixed(DIGITS)), label]);
      change({ own, chosen: chosen === null || chosen >= own.length ? null : chosen }, isLast);
      table.renew();
    }
  }

  function stroke([a, b], isFirst) {
    if (!isFirst && last && Math.hypot(a - last[0], b - last[1]) < APART) return;
    last = [a, b];
    if (brush !== "erase") return set([...current(), [a, b, brush]], state().chosen, false);
    const far = current().map(([c, d]) => Math.hypot(a - c, b - d));
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest] < 2 * APART) erase(nearest, false);
  }

  /** Ends a stroke: it is undone as one. */
  function lift() {
    if (last && state().own) set(state().own);
    last = null;
  }

  function erase(row, isLast = true) {
    const { chosen } = state();
    set(current().toSpliced(row, 1), chosen === row ? null : chosen > row ? chosen - 1 : chosen, isLast);
  }

  function read() {
    const lines = csv.value.trim().split(/\r?\n/).filter((line) => line && !/^\s*x\s*,/i.test(line));
    const points = lines.map((line) => line.split(",").map(parsed));
    const bad = points.findIndex((point) => point.length !== 3 || point.some((value) => value === null) || !Number.isInteger(point[2]) || point[2] < 0 || point[2] >= COLOURS || Math.max(Math.abs(point[0]), Math.abs(point[1])) > EXTENT);
    if (bad >= 0) put(problem, `Line ${bad + 1} is “${lines[bad].slice(0, 40)}”; it must be x,y,label with x and y from −${EXTENT} to ${EXTENT} and a label from 0 to ${COLOURS - 1}.`);
    else set(points, null);
  }
  return element;
}
