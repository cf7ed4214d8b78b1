/** The plane as a layer bends it: weights, bias, nonlinearity; and one straight line to draw in what comes out. */

import { h, put } from "../../parts/dom.js";
import { canvas, shareOf } from "../../parts/canvas.js";
import { colours } from "../../parts/colours.js";
import { choice, slider } from "../../parts/fields.js";
import { clamp } from "../../parts/numbers.js";
import { grid, STAGES, warp } from "../../maths/warp.js";
import { EXTENT, paintPoint } from "./fields.js";

const LINES = 17;
const WORDS = ["as it comes", "times the weights", "plus the bias", "through the nonlinearity"];

/** Returns where a point is in a layer at a place of the slider in [0, 3]: rows of `width` numbers. */
function bent(network, points, layer, place) {
  const stage = Math.min(STAGES.length - 1, Math.floor(place));
  return warp(network, points, layer, STAGES[stage], place - stage);
}

/** A figure with `show(network, recipe, state)`; `change(patch, isLast)` takes layer, place, axes and line. */
export function bentPlane(change) {
  let latest = null;
  const layer = h("div", { class: "fields" });
  const stage = slider({ label: "on the way", min: 0, max: 3, step: 0.01, value: 3 }, (place, isLast) => change({ place }, isLast));
  const axes = h("div", { class: "fields" });
  const angle = slider({ label: "line, angle in degrees", min: 0, max: 360, step: 1, value: 90 }, (degrees, isLast) => change({ line: [degrees, latest.state.line[1]] }, isLast));
  const offset = slider({ label: "line, offset", min: -4, max: 4, step: 0.01, value: 0 }, (value, isLast) => change({ line: [latest.state.line[0], value] }, isLast));
  const verdict = h("p", { class: "numbers-live", role: "status" });
  const view = canvas({ label: "the plane as the layer bends it", most: 520 }, paint);
  const element = h("div", { class: "stack" }, h("h4", {}, "The bent plane"), view, h("div", { class: "fields" }, layer, axes), stage, angle, offset, verdict);
  view.surface.addEventListener("pointerdown", (event) => drag(event));
  view.surface.addEventListener("pointermove", (event) => event.buttons && drag(event));
  view.surface.style.touchAction = "none";

  element.show = (network, recipe, state) => {
    const layers = recipe.sizes.length - 1;
    if (layer.dataset.count !== String(layers)) {
      layer.dataset.count = layers;
      const options = Array.from({ length: layers }, (_, at) => [at, at === layers - 1 ? `${at + 1}, the last` : String(at + 1)]);
      put(layer, choice({ label: "layer", options, value: state.layer }, (chosen) => change({ layer: chosen, axes: [0, 1] }, true)));
    }
    layer.firstChild.show(state.layer);
    const width = recipe.sizes[state.layer + 1];
    if (axes.dataset.width !== String(width)) {
      axes.dataset.width = width;
      const options = Array.from({ length: width }, (_, at) => [at, `neuron ${at + 1}`]);
      put(axes, width < 3 ? [] : [0, 1].map((which) => choice({ label: which ? "up" : "across", options, value: state.axes[which] }, (chosen) => change({ axes: which ? [latest.state.axes[0], chosen] : [chosen, latest.state.axes[1]] }, true))));
    }
    stage.show(state.place);
    angle.show(state.line[0]);
    offset.show(state.line[1]);
    latest = { network, recipe, state };
    const { wrong, total } = mistakes(latest);
    put(verdict, `${WORDS[Math.round(state.place)]}. Your line is wrong about `, h("strong", {}, `${wrong} of ${total}`), " points", wrong === 0 ? ": straight here, and a curve in the plane beside." : ".");
    view.summarise(`Layer ${state.layer + 1}, ${WORDS[Math.round(state.place)]}; the line is wrong about ${wrong} of ${total} points.`);
    view.paint();
  };
  element.mistakes = () => (latest ? mistakes(latest) : null);

  function drag(event) {
    const [across, down] = shareOf(event, view.surface);
    const reach = reachOf(latest);
    const [x, y] = [(2 * across - 1) * reach, (1 - 2 * down) * reach];
    const degrees = (Math.round((Math.atan2(y, x) * 180) / Math.PI) + 360) % 360;
    change({ line: [degrees, Number(clamp(Math.hypot(x, y), -4, 4).toFixed(2))] }, event.type === "pointerdown");
  }

  function paint(context, width, height) {
    if (!latest) return;
    const { network, recipe, state } = latest;
    const palette = colours();
    const reach = reachOf(latest);
    const wide = Math.max(recipe.sizes[state.layer], recipe.sizes[state.layer + 1]);
    const [one, other] = axesOf(latest);
    const at = (rows, row) => [((rows[row * wide + one] / reach + 1) / 2) * width, ((1 - (other < wide ? rows[row * wide + other] : 0) / reach) / 2) * height];
    context.fillStyle = palette.mat;
    context.fillRect(0, 0, width, height);
    const below = grid(EXTENT, LINES);
    const lines = bent(network, below, state.layer, state.place);
    context.strokeStyle = palette.muted;
    context.globalAlpha = 0.45;
    for (let line = 0; line < LINES; line++)
      for (const place of [(k) => line * LINES + k, (k) => k * LINES + line]) {
        context.beginPath();
        for (let k = 0; k < LINES; k++) context.lineTo(...at(lines, place(k)));
        context.stroke();
      }
    context.globalAlpha = 1;
    const rows = bent(network, recipe.points, state.layer, state.place);
    const classes = Math.max(2, recipe.sizes.at(-1));
    for (let row = 0; row < recipe.labels.length; row++) paintPoint(context, ...at(rows, row), recipe.labels[row], classes, 3.5, palette);
    if (state.chosen !== null) {
      const [x, y] = at(rows, state.chosen);
      paintPoint(context, x, y, recipe.labels[state.chosen], classes, 6, palette);
      context.strokeStyle = palette.ink;
      context.lineWidth = 2.5;
      context.beginPath();
      context.arc(x, y, 10, 0, 2 * Math.PI);
      context.stroke();
    }
    const radians = (state.line[0] * Math.PI) / 180;
    const [nx, ny] = [Math.cos(radians), Math.sin(radians)];
    const far = 3 * reach;
    const end = (sign) => [(((nx * state.line[1] - sign * ny * far) / reach + 1) / 2) * width, ((1 - (ny * state.line[1] + sign * nx * far) / reach) / 2) * height];
    context.strokeStyle = palette.ink;
    context.lineWidth = 2.5;
    context.beginPath();
    context.moveTo(...end(1));
    context.lineTo(...end(-1));
    context.stroke();
    context.lineWidth = 1;
  }
  return element;
}

/** Which two neurons are drawn; one alone is drawn across. */
function axesOf({ recipe, state }) {
  const width = recipe.sizes[state.layer + 1];
  return [Math.min(state.axes[0], width - 1), width === 1 ? 1 : Math.min(state.axes[1], width - 1)];
}

/** How far the drawing reaches: all points on their way. */
function reachOf({ network, recipe, state }) {
  const wide = Math.max(recipe.sizes[state.layer], recipe.sizes[state.layer + 1]);
  const rows = bent(network, recipe.points, state.layer, state.place);
  let reach = 0.1;
  for (const axis of axesOf({ recipe, state }))
    for (let at = axis; axis < wide && at < rows.length; at += wide) reach = Math.max(reach, Math.abs(rows[at]) * 1.15);
  return reach;
}

/** How many points are on the wrong side of the line, in what comes out of the layer; the better way round counts. */
function mistakes(latest) {
  const { recipe } = latest;
  const sides = sideOf(latest, recipe.points);
  let wrong = 0;
  const classOf = (label) => (recipe.sizes.at(-1) > 2 ? Number(label === 0) : label);
  recipe.labels.forEach((label, row) => (wrong += Number(sides[row] > 0 !== (classOf(label) === 1))));
  const total = recipe.labels.length;
  return { wrong: Math.min(wrong, total - wrong), total };
}

/** Returns for points (N, 2) of the plane how far each is from the line, in the space that the layer ends in. */
export function sideOf({ network, recipe, state }, points) {
  const wide = Math.max(recipe.sizes[state.layer], recipe.sizes[state.layer + 1]);
  const rows = bent(network, points, state.layer, 3);
  const [one, other] = axesOf({ recipe, state });
  const radians = (state.line[0] * Math.PI) / 180;
  const [nx, ny] = [Math.cos(radians), Math.sin(radians)];
  return Float64Array.from({ length: points.length / 2 }, (_, row) => nx * rows[row * wide + one] + ny * (other < wide ? rows[row * wide + other] : 0) - state.line[1]);
}
