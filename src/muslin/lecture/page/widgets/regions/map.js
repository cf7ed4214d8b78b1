/** The map of regions: cells, points, the probe and the lines to its nearest; points and probe are dragged. */

import { canvas, shareOf } from "../../parts/canvas.js";
import { colours, mixed, rgb } from "../../parts/colours.js";
import { paintMap, paintPoint } from "../plane/fields.js";

const NEAR = 14; // CSS pixels: what is pressed this near to a point takes it

/**
 * Returns an element with `show({points, probe, chosen, near, cells})`.
 *
 * `choose(at)`, `movePoint(at, [x, y], isLast)` and `moveProbe([x, y], isLast)` are told what a pointer does.
 */
export function regionMap({ side, reach, names }, { choose, movePoint, moveProbe }) {
  let latest = null;
  let held = null; // what is dragged: {place of a point, or -1 for the probe; grip, how far off it was taken; isMoved}
  const view = canvas({ label: "the plane, each place in the colour of the class that its nearest vote for", most: 520 }, paint);
  const { surface } = view;
  surface.style.touchAction = "none";
  const at = (event) => shareOf(event, surface).map((share, axis) => (axis ? 1 - 2 * share : 2 * share - 1) * reach);
  const move = (event, isLast) => {
    const to = at(event).map((each, axis) => each - held.grip[axis]);
    if (held.place < 0) moveProbe(to, isLast);
    else movePoint(held.place, to, isLast);
  };

  surface.addEventListener("pointerdown", (event) => {
    surface.setPointerCapture(event.pointerId);
    const [there, place] = [at(event), pressed(at(event))];
    const grip = place < 0 ? [0, 0] : there.map((each, axis) => each - latest.points[place][axis]);
    held = { place, grip, isMoved: place < 0 };
    if (place < 0) moveProbe(there, false);
    else if (place !== latest.chosen) choose(place);
  });
  surface.addEventListener("pointermove", (event) => {
    if (!held) return;
    held.isMoved = true;
    move(event, false);
  });
  surface.addEventListener("pointerup", (event) => {
    if (held?.isMoved) move(event, true);
    held = null;
  });
  surface.addEventListener("pointercancel", () => (held = null));

  view.show = (state) => {
    latest = state;
    view.summarise(`The probe is at ${state.probe.join(", ")}; its nearest: ${state.near.map((each) => names[state.points[each][2]]).join(", ")}.`);
    view.paint();
  };

  /** Returns the place of the point that is pressed, or -1. */
  function pressed([x, y]) {
    const within = (2 * reach * NEAR) / surface.getBoundingClientRect().width;
    const far = latest.points.map(([a, b]) => Math.max(Math.abs(a - x), Math.abs(b - y)));
    const nearest = far.indexOf(Math.min(...far));
    return far[nearest] <= within ? nearest : -1;
  }

  function paint(context, width, height) {
    if (!latest) return;
    const palette = colours();
    const [paper, series] = [rgb(palette.paper), palette.series.map(rgb)];
    const shades = names.map((_, label) => mixed(paper, series[label], 0.3));
    const onCanvas = ([x, y]) => [((x / reach + 1) / 2) * width, ((1 - y / reach) / 2) * height];
    paintMap(context, width, height, side, (cell) => shades[latest.cells[cell]]);
    const probe = onCanvas(latest.probe);
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    for (const each of latest.near) {
      context.beginPath();
      context.moveTo(...probe);
      context.lineTo(...onCanvas(latest.points[each]));
      context.stroke();
    }
    latest.points.forEach((point, place) => {
      paintPoint(context, ...onCanvas(point), point[2], names.length, place === latest.chosen ? 8 : 6, palette);
      if (place !== latest.chosen) return;
      context.beginPath();
      context.arc(...onCanvas(point), 13, 0, 2 * Math.PI);
      context.strokeStyle = palette.ink;
      context.stroke();
    });
    const [x, y] = probe;
    context.strokeStyle = palette.ink;
    context.lineWidth = 3;
    for (const [a, b] of [[9, 0], [0, 9]]) {
      context.beginPath();
      context.moveTo(x - a, y - b);
      context.lineTo(x + a, y + b);
      context.stroke();
    }
  }
  return view;
}
