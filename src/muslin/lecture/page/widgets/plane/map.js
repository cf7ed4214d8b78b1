/** The plane: what the net, or one neuron of it, says of each place; the points; the line of the bent plane as a curve. */

import { h, svg } from "../../parts/dom.js";
import { canvas, shareOf } from "../../parts/canvas.js";
import { colours } from "../../parts/colours.js";
import { handle } from "../../parts/handle.js";
import { clamp } from "../../parts/numbers.js";
import { keys } from "../../parts/player.js";
import { sideOf } from "./bent.js";
import { decisionColours, EXTENT, gridOf, neuronColours, paintMap, paintPoint, strokeContour } from "./fields.js";

const SIDE = 60; // cells of the map
const NEAR = 14; // CSS pixels: what is pressed this near to a point takes it
const UNITS = 400; // of the drawing over the map
const DO_ON = { f: "recolour", Delete: "erase", Backspace: "erase", PageDown: "next", PageUp: "previous" };

/**
 * Returns an element with `show({network, recipe, state, hasLine}, neuron)`; without a neuron, [layer, place], it shows
 * what the net says, and unless `hasLine` is false the line of the bent plane. The lit point is a handle: arrows move it.
 *
 * `hand` has `brush()`, null where points are chosen and dragged; `stroke([x, y], isFirst)` and `lift()` of the brush;
 * `choose(row)`, `move(row, [x, y], isLast)`, and what keys do to the lit point: `recolour()`, `erase()`, `next()`, `previous()`.
 */
export function planeMap(label, hand) {
  let latest = null;
  let held = null; // {row, grip: how far off it was taken, isMoved}
  const view = canvas({ label, most: 520 }, (context, width, height) => latest && paint(context, width, height));
  const { surface } = view;
  const at = (event) => shareOf(event, surface).map((share, axis) => (axis ? 1 - 2 * share : 2 * share - 1) * EXTENT);
  const within = (place) => place.map((each) => clamp(each, -EXTENT, EXTENT));
  const lit = handle(
    {
      ...{ label: "the lit point", step: 0.01, radius: 10 },
      position: () => placeOf(latest.state.chosen),
      toValue: at,
      toScreen: ([x, y]) => [((x / EXTENT + 1) / 2) * UNITS, ((1 - y / EXTENT) / 2) * UNITS],
    },
    (place, isLast) => hand.move(latest.state.chosen, within(place), isLast),
  );
  lit.addEventListener("keydown", (event) => {
    const act = hand[DO_ON[event.key]];
    if (!act || (event.key.length === 1 && !keys.areOn) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  const over = svg("svg", { viewBox: `0 0 ${UNITS} ${UNITS}`, class: "over", role: "group", "aria-label": "Lit point" }, lit);
  const element = h("div", { class: "plane-map" }, view, over);

  surface.addEventListener("pointerdown", (event) => {
    if (!latest) return;
    const there = at(event);
    const isBrush = hand.brush() !== null;
    const row = isBrush ? -1 : pressed(there);
    if (!isBrush && row < 0) return;
    event.preventDefault();
    surface.setPointerCapture(event.pointerId);
    if (isBrush) return hand.stroke(within(there), true);
    held = { row, grip: there.map((each, axis) => each - placeOf(row)[axis]), isMoved: false };
    if (row !== latest.state.chosen) hand.choose(row);
    lit.focus({ preventScroll: true });
  });
  surface.addEventListener("pointermove", (event) => {
    if (hand.brush() !== null) return event.buttons && hand.stroke(within(at(event)), false);
    if (!held) return;
    held.isMoved = true;
    drag(event, false);
  });
  surface.addEventListener("pointerup", (event) => {
    if (held?.isMoved) drag(event, true);
    if (hand.brush() !== null) hand.lift();
    held = null;
  });
  surface.addEventListener("pointercancel", () => (held = null));

  element.show = (shown, neuron = null) => {
    latest = { ...shown, neuron };
    const isLit = shown.state.chosen !== null;
    over.toggleAttribute("hidden", !isLit);
    surface.style.touchAction = isLit || hand.brush() !== null ? "none" : "manipulation";
    surface.style.cursor = hand.brush() === null ? "" : "crosshair";
    if (isLit) lit.place();
    view.paint();
  };
  element.summarise = view.summarise;
  return element;

  function placeOf(row) {
    return [latest.recipe.points[2 * row], latest.recipe.points[2 * row + 1]];
  }

  function drag(event, isLast) {
    hand.move(held.row, within(at(event).map((each, axis) => each - held.grip[axis])), isLast);
  }

  /** Returns the row of the point that is pressed, or -1. */
  function pressed([x, y]) {
    let [nearest, least] = [-1, (2 * EXTENT * NEAR) / surface.getBoundingClientRect().width];
    latest.recipe.labels.forEach((_, row) => {
      const [a, b] = placeOf(row);
      const far = Math.max(Math.abs(a - x), Math.abs(b - y));
      if (far <= least) [nearest, least] = [row, far];
    });
    return nearest;
  }

  function paint(context, width, height) {
    const { network, recipe, neuron, state } = latest;
    const palette = colours();
    const classes = recipe.sizes.at(-1);
    const grid = gridOf(SIDE);
    const layers = network.forward(grid);
    const [own, wide] = neuron ? [layers[neuron[0]].activation.slice(), recipe.sizes[neuron[0] + 1]] : [];
    paintMap(context, width, height, SIDE, neuron ? neuronColours(own, wide, neuron[1]) : decisionColours(layers.at(-1).activation, classes));
    const onCanvas = ([x, y]) => [((x / EXTENT + 1) / 2) * width, ((1 - y / EXTENT) / 2) * height];
    context.strokeStyle = palette.ink;
    context.lineWidth = 2.5;
    if (neuron) context.setLineDash([2, 5]);
    if (neuron || latest.hasLine !== false) strokeContour(context, width, height, SIDE, neuron ? own.filter((_, cell) => cell % wide === neuron[1]) : sideOf(latest, grid));
    context.setLineDash([]);
    recipe.labels.forEach((label, row) => paintPoint(context, ...onCanvas(placeOf(row)), label, Math.max(2, classes), row === state.chosen ? 6 : 4, palette));
  }
}
