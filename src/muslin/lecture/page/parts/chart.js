/** Line charts in SVG that grow while something runs, each with a table of its numbers. */

import { h, put, svg } from "./dom.js";
import { short } from "./numbers.js";

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [220, 56, 14, 12, 36];
const [NARROWEST, WIDEST] = [260, 440]; // units of the drawing, as many as pixels there: letters keep their size
const MOST_ROWS = 60;

/**
 * Returns a figure with `show(lines, mark)`.
 *
 * `lines` are {name, points: [[x, y], ...], colour: 1 .. 6, or 0 for grey, dashed, tag}; points that are not finite are
 * left out, and a tag is written at the line's end. `mark` is an x to draw an upright line at. `low` and `high` fix the ends of y, for all calls or by a third argument [low, high] for
 * one; `logarithmic` makes y so. With `counts`, x and y are whole numbers, and so are their ticks; with `counts: "x"`, x alone.
 */
export function chart({ title, x, y, low = null, high = null, logarithmic = false, counts = false }) {
  const picture = svg("svg", { role: "img", "aria-label": title });
  const legend = h("p", { class: "legend" });
  const body = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `${title}, as a table` });
  const numbers = h("details", { class: "numbers" }, h("summary", {}, "Show as table"), body);
  const element = h("figure", { class: "chart" }, h("figcaption", {}, title), legend, picture, numbers);
  let latest = [];
  let width = 0;
  let draw = () => {};
  const fit = () => {
    const room = Math.min(Math.max(picture.clientWidth || WIDEST, NARROWEST), WIDEST);
    if (room === width) return;
    width = room;
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    draw();
  };
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(picture); // drawn anew in the callback, it would resize what is observed
  numbers.addEventListener("toggle", () => numbers.open && put(body, table(latest, x)));

  element.show = (lines, mark = null, [least, most] = [low, high]) => {
    latest = lines;
    draw = () => drawn(lines, mark, [least, most]);
    width ? draw() : fit();
    put(legend, lines.map((line) => [h("span", { class: `key s${line.colour}${line.dashed ? " broken" : ""}` }), line.name]), y && ` (${y})`);
    if (numbers.open) put(body, table(latest, x));
  };
  return element;

  function drawn(lines, mark, [least, most]) {
    const scale = logarithmic ? (value) => Math.log10(value) : (value) => value;
    const kept = lines.map((line) => line.points.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(scale(b))));
    const all = kept.flat();
    const xs = span(all.map(([a]) => a));
    const ys = span(all.map(([, b]) => scale(b)), least === null ? null : scale(least), most === null ? null : scale(most));
    const across = (value) => LEFT + ((value - xs[0]) / (xs[1] - xs[0])) * (width - LEFT - RIGHT);
    const up = (value) => HEIGHT - BOTTOM - ((scale(value) - ys[0]) / (ys[1] - ys[0])) * (HEIGHT - TOP - BOTTOM);
    const finest = counts === true ? 1 : 0;
    const written = (value) => short(logarithmic ? 10 ** value : value, 3);
    put(
      picture,
      ticks(ys, 4, finest).map((tick) => {
        const place = HEIGHT - BOTTOM - ((tick - ys[0]) / (ys[1] - ys[0])) * (HEIGHT - TOP - BOTTOM);
        return [
          svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: place, y2: place }),
          svg("text", { x: LEFT - 6, y: place + 4, "text-anchor": "end" }, written(tick)),
        ];
      }),
      ticks(xs, width < 330 ? 3 : 5, counts ? 1 : 0).map((tick) => svg("text", { x: across(tick), y: HEIGHT - BOTTOM + 15, "text-anchor": "middle" }, short(tick, 4))),
      svg("text", { class: "axis", x: (LEFT + width) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, x),
      mark !== null && svg("line", { class: "dashed", x1: across(mark), x2: across(mark), y1: TOP, y2: HEIGHT - BOTTOM }),
      lines.map((line, place) =>
        svg("polyline", {
          class: `line s${line.colour}${line.dashed ? " broken" : ""}`,
          points: kept[place].map(([a, b]) => `${across(a).toFixed(1)},${up(b).toFixed(1)}`).join(" "),
        }),
      ),
      lines.map((line, place) => kept[place].length !== 1 ? null : svg("circle", { class: `dot s${line.colour}`, cx: across(kept[place][0][0]), cy: up(kept[place][0][1]), r: 3 })),
      lines.map((line, place) => line.tag && kept[place].length > 0 && svg("text", { x: across(kept[place].at(-1)[0]) - 4, y: up(kept[place].at(-1)[1]) - 5, "text-anchor": "end" }, line.tag)),
    );
  }
}

function span(values, low = null, high = null) {
  let [least, most] = [low ?? Infinity, high ?? -Infinity];
  for (const value of values) {
    if (low === null && value < least) least = value;
    if (high === null && value > most) most = value;
  }
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [low ?? 0, high ?? 1];
  return most > least ? [least, most] : [least, least + (Math.abs(least) || 1)];
}

function ticks([least, most], count, leastStep) {
  const rough = Math.max((most - least) / count, leastStep);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const found = [];
  for (let tick = Math.ceil(least / step) * step; tick <= most + step / 1e6; tick += step) found.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return found;
}

function table(lines, x) {
  const places = [...new Set(lines.flatMap((line) => line.points.map(([a]) => a)))].sort((one, other) => one - other);
  const stride = Math.ceil(places.length / MOST_ROWS) || 1;
  const known = lines.map((line) => new Map(line.points));
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, [x, ...lines.map((line) => line.name)].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, places.filter((_, place) => place % stride === 0 || place === places.length - 1).map((place) =>
      h("tr", {}, h("th", { scope: "row" }, short(place)), known.map((points) => h("td", {}, points.has(place) ? short(points.get(place)) : "")))),
    ),
  );
}
