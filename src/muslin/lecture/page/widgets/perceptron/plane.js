/** The plane: points of two classes that can be moved, the line with two handles, and the sample that was a mistake. */

import { put, svg } from "../../parts/dom.js";
import { handle, inSvg } from "../../parts/handle.js";
import { clamp, short } from "../../parts/numbers.js";
import { arrow } from "./arrow.js";
import { cut, direction, foot, through, turned } from "./geometry.js";

const SIDE = 300;
const REACH = 0.42; // of the handle that turns, from the line
const STEP = 0.05; // of an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const TURNS = { PageDown: 1, PageUp: -1, Home: -Infinity, End: Infinity };
const rounded = (values) => values.map((value) => Number(value.toFixed(3)));

/**
 * Returns the drawing, with `show({points, line, fires, before, mistake, missed, chosen})`.
 *
 * `line` is [w1, w2, b] as it is set and `fires` the one by which the neuron fires; they differ where the bias is inside
 * the sum. `does` has line(line, isLast), move(place, point, isLast), add(point), choose(place), flip and erase.
 */
export function plane(extent, does) {
  const scale = SIDE / (2 * extent);
  const toScreen = ([x, y]) => [(x + extent) * scale, (extent - y) * scale];
  const toValue = (event) => {
    const [across, down] = inSvg(event, drawing);
    return rounded([across / scale - extent, extent - down / scale].map((value) => clamp(value, -extent, extent)));
  };
  let latest = null;
  const [area, lines, dots] = [svg("g"), svg("g"), svg("g", { role: "group", "aria-label": "Points" })];
  const ground = svg("rect", { class: "ground", width: SIDE, height: SIDE });
  ground.addEventListener("click", (event) => does.add(toValue(event)));

  const at = () => foot(latest.line, extent);
  const tip = () => at().map((value, axis) => value + REACH * direction(latest.line)[axis]);
  const mover = handle({ label: "The line: move it", step: STEP, position: at, toValue, toScreen }, (point, isLast) =>
    does.line(rounded(through(latest.line, point)), isLast),
  );
  const turner = handle({ label: "The line: turn it", step: STEP, position: tip, toValue, toScreen, shape: "square" }, (point, isLast) =>
    does.line(rounded(turned(latest.line, at(), point)), isLast),
  );
  const axes = [[[0, -extent], [0, extent]], [[-extent, 0], [extent, 0]]].map((ends) => segment(ends, "grid"));
  const drawing = svg(
    "svg",
    { class: "plane", viewBox: `0 0 ${SIDE} ${SIDE}`, role: "group", "aria-label": "Points of two classes, and the line between them" },
    ground, area, axes, lines, dots, mover, turner,
  );

  function segment(ends, name) {
    const [[x1, y1], [x2, y2]] = ends.map(toScreen);
    return svg("line", { class: name, x1, y1, x2, y2 });
  }

  function edge(line, name) {
    const { ends } = cut(line, extent);
    return ends.length === 2 ? segment(ends, name) : null;
  }

  function dot(place) {
    const group = svg("g", { class: "point", role: "button" }, svg("circle", { class: "target", r: 13 }), svg("circle", { class: "ring", r: 10.5 }));
    let isMoved = false;
    group.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      group.focus();
      group.setPointerCapture(event.pointerId);
      isMoved = false;
    });
    group.addEventListener("pointermove", (event) => {
      if (!group.hasPointerCapture(event.pointerId) || !(event.movementX || event.movementY)) return;
      isMoved = true;
      does.move(place, toValue(event), false);
    });
    group.addEventListener("pointerup", (event) => isMoved && does.move(place, toValue(event), true));
    group.addEventListener("focus", () => does.choose(place));
    group.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const [x, y] = latest.points[place];
      const [key, far] = [ARROWS[event.key], STEP * (event.shiftKey ? 10 : 1)];
      if (key) does.move(place, rounded([clamp(x + far * key[0], -extent, extent), clamp(y + far * key[1], -extent, extent)]), true);
      else if (event.key in TURNS) dots.children[clamp(place + TURNS[event.key], 0, latest.points.length - 1)].focus();
      else if (event.key.toLowerCase() === "f") does.flip(place);
      else if (event.key === "Delete" || event.key === "Backspace") does.erase(place);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return group;
  }

  /** Makes as many dots as there are points, and puts them where they are; the one in the hand stays the same element. */
  function showPoints({ points, missed, mistake, chosen }) {
    while (dots.children.length < points.length) dots.append(dot(dots.children.length));
    while (dots.children.length > points.length) dots.lastChild.remove();
    points.forEach(([x, y, label], place) => {
      const group = dots.children[place];
      const isLit = mistake?.sample === place;
      group.setAttribute("class", `point c${label}${missed[place] ? " missed" : ""}${isLit ? " lit" : ""}${place === chosen ? " chosen" : ""}`);
      group.setAttribute("transform", `translate(${toScreen([x, y]).join(" ")})`);
      group.setAttribute("tabindex", place === chosen ? 0 : -1);
      group.setAttribute("aria-label", `point ${place + 1}, class ${label}, at ${short(x)}, ${short(y)}: ${missed[place] ? "wrong" : "right"}`);
      if (group.dataset.label === String(label)) return;
      group.dataset.label = label;
      group.querySelector(".shape")?.remove();
      group.append(label ? svg("circle", { class: "shape", r: 5.5 }) : svg("rect", { class: "shape", x: -5, y: -5, width: 10, height: 10 }));
    });
  }

  drawing.show = (state) => {
    latest = state;
    const { line, fires, before, mistake, points } = state;
    put(area, svg("polygon", { class: "fires", points: cut(fires, extent).inside.map((corner) => toScreen(corner).join()).join(" ") }));
    put(
      lines,
      before && edge(before, "edge before"),
      fires !== line && edge(line, "edge meant"),
      edge(fires, "edge"),
      mistake && arrow(toScreen([0, 0]), toScreen(points[mistake.sample]), "sample"),
      arrow(toScreen(at()), toScreen(tip()), "normal"),
    );
    showPoints(state);
    mover.place();
    turner.place();
  };
  return drawing;
}
