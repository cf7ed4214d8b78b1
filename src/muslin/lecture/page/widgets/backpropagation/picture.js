/** The network as a drawing: values going forwards in blue, gradients (with ∂) going backwards in orange. */

import { h, put, svg } from "../../parts/dom.js";
import { fixed, short } from "../../parts/numbers.js";
import { parametersOf, sizesOf } from "./walk.js";

const NARROW = 560; // pixels, below which the layers lie under one another
const LOSS = [104, 52];
const SHARES = [0.3, 0.7, 0.5, 0.22, 0.78, 0.4, 0.6]; // of a wire, where its label may lie
const ACROSS = {
  ...{ width: 1120, height: 330, box: [154, 74], loss: [1046, 179], label: [66, 33], decimals: 3 },
  centre: (layer, share) => [84 + 380 * layer, 23 + 312 * share],
  heading: ([x], [, high]) => [x, high / 2 - 25],
};
const DOWN = {
  ...{ width: 306, height: 666, box: [99, 74], loss: [153, 630], label: [56, 29], decimals: 2 },
  centre: (layer, share) => [306 * share, 50 + 228 * layer],
  heading: (_, __, layer) => [153, (layer ? 2 : 28) + 228 * layer],
};

/** Writes a number in little room. */
const brief = (value, decimals) =>
  value !== 0 && (Math.abs(value) < 10 ** -decimals || Math.abs(value) >= 1000) ? short(value, 1) : fixed(value, decimals);

/** Returns the name of what an operation finds, by which the picture asks for it. */
export const keyOf = ({ operation, layer, neuron, source = null }) =>
  [operation, layer, neuron, ...(source === null ? [] : [source])].join(" ");

/**
 * Returns an element with `show(state, network, events)`.
 *
 * `onParameter(place)` is told which weight or bias was clicked. The arrow keys are its owner's: it is a slider over the
 * operations, and what it shows is told by its `aria-valuetext`.
 */
export function picture(outputs, onParameter) {
  const drawing = svg("svg", { "aria-hidden": "true" });
  const element = h("div", { class: "net", tabindex: 0, role: "slider", "aria-label": "Operation", "aria-valuemin": 0 }, drawing);
  let [isNarrow, latest] = [false, null];
  drawing.addEventListener("click", ({ target }) => {
    const place = target.closest("[data-parameter]")?.dataset.parameter;
    if (place !== undefined) onParameter(Number(place));
  });
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width < NARROW === isNarrow) return;
    isNarrow = !isNarrow;
    if (latest) element.show(...latest);
  }).observe(element);

  element.show = (state, network, events) => {
    latest = [state, network, events];
    const look = isNarrow ? DOWN : ACROSS;
    drawing.classList.toggle("down", isNarrow);
    drawing.setAttribute("viewBox", `0 0 ${look.width} ${look.height}`);
    const found = new Map(events.slice(0, state.place).map((event) => [keyOf(event), event.value]));
    put(drawing, paint(look, state, network, found, events[state.place - 1], outputs));
  };
  return element;
}

function paint(look, state, network, found, now, outputs) {
  const sizes = sizesOf(state.layout);
  const at = (layer, neuron) => look.centre(layer, (neuron + 0.5) / sizes[layer]);
  const last = sizes.length - 2;
  const names = ["inputs", ...sizes.slice(1).map((_, layer) => `layer ${layer}: ${layer === last ? outputs[state.loss] : state.activation}`)];
  const lit = litBy(now, sizes);
  const told = (value) => brief(value, look.decimals);
  const taken = [];
  const parameters = parametersOf(sizes);
  const wires = parameters.map((parameter, place) => parameter.source !== null && wire(parameter, place));

  function wire({ layer, source, neuron }, place) {
    const [[x1, y1], [x2, y2]] = ends(look, at(layer, source), at(layer + 1, neuron));
    const box = freePlace(look.label, taken, x1, y1, x2, y2);
    const isLit = lit.wires.has(`${layer} ${source} ${neuron}`);
    const [moved, gradient] = ["update", "weight gradient"].map((operation) => found.get(keyOf({ operation, layer, neuron, source })));
    return {
      line: [
        svg("line", { class: `wire${isLit ? ` lit ${now.phase}` : ""}`, x1, y1, x2, y2 }),
        svg("line", { class: "reach", x1, y1, x2, y2, "data-parameter": place }),
      ],
      label: svg(
        "g",
        { class: `label${place === state.weight ? " chosen" : ""}${isLit ? " lit" : ""}`, transform: `translate(${box[0]} ${box[1]})`, "data-parameter": place },
        svg("rect", { x: -look.label[0] / 2, y: -look.label[1] / 2, width: look.label[0], height: look.label[1], rx: 4 }),
        svg("text", { class: "forward", y: gradient === undefined ? 4 : -3 }, moved === undefined ? told(network.parameters[place]) : `→ ${told(moved)}`),
        gradient !== undefined && svg("text", { class: "backward", y: 12 }, `∂ ${told(gradient)}`),
      ),
    };
  }

  const neurons = sizes.flatMap((size, layer) => Array.from({ length: size }, (_, neuron) => box(layer, neuron)));

  function box(layer, neuron) {
    const [wide, high] = [look.box[0], layer ? look.box[1] : 30];
    const key = (operation, place = layer - 1) => found.get(keyOf({ operation, layer: place, neuron }));
    const bias = parameters.findIndex((each) => each.layer === layer - 1 && each.source === null && each.neuron === neuron);
    const rows = layer
      ? [
          ["b", key("update") ?? network.parameters[bias], key("bias gradient"), key("update") !== undefined],
          ["z", key("pre-activation"), key("pre-activation gradient")],
          ["a", key("activation"), key("input gradient", layer)],
        ]
      : [["x", state.inputs[neuron], key("input gradient", 0)]];
    const isLit = lit.neurons.has(`${layer} ${neuron}`);
    return svg(
      "g",
      { class: `neuron${isLit ? ` lit ${now.phase}` : ""}${bias === state.weight && layer ? " chosen" : ""}`, transform: `translate(${at(layer, neuron)})`, "data-parameter": layer ? bias : null },
      svg("rect", { x: -wide / 2, y: -high / 2, width: wide, height: high, rx: layer ? 14 : 4 }),
      rows.map(([name, value, gradient, isMoved], row) => {
        const y = (row - (rows.length - 1) / 2) * 22 + 4.5;
        return [
          svg("text", { class: "name", x: 5 - wide / 2, y }, name),
          value !== undefined && svg("text", { class: "forward", x: -1, y, "text-anchor": "end" }, `${isMoved ? "→" : ""}${told(value)}`),
          gradient !== undefined && svg("text", { class: "backward", x: wide / 2 - 4, y, "text-anchor": "end" }, `∂${told(gradient)}`),
        ];
      }),
    );
  }

  const loss = found.get(keyOf({ operation: "loss", layer: last, neuron: 0 }));
  const [across, down] = look.loss;
  const joins = Array.from({ length: sizes[last + 1] }, (_, neuron) => {
    const [[x1, y1]] = ends(look, at(last + 1, neuron), [0, 0]);
    const [x2, y2] = look === ACROSS ? [across - LOSS[0] / 2, down] : [across, down - LOSS[1] / 2];
    return svg("line", { class: `wire${now?.operation === "loss" ? " lit forward" : ""}`, x1, y1, x2, y2 });
  });
  return [
    joins,
    wires.map((each) => each && each.line),
    wires.map((each) => each && each.label),
    neurons,
    names.map((name, layer) => {
      const [x, y] = look.heading(at(layer, 0), [0, at(layer, 0)[1] * 2 - (layer ? look.box[1] : 30) + 34], layer);
      return svg("text", { class: "heading", x, y, "text-anchor": "middle" }, name);
    }),
    svg(
      "g",
      { class: `neuron loss${now?.operation === "loss" ? " lit forward" : ""}`, transform: `translate(${across} ${down})` },
      svg("rect", { x: -LOSS[0] / 2, y: -LOSS[1] / 2, width: LOSS[0], height: LOSS[1], rx: 4 }),
      svg("text", { class: "name", y: -6, "text-anchor": "middle" }, `target ${state.target}`),
      svg("text", { class: "forward", y: 14, "text-anchor": "middle" }, loss === undefined ? "loss" : `loss ${told(loss)}`),
    ),
  ];
}

/** Returns where a wire leaves one box and reaches the next. */
function ends(look, [x1, y1], [x2, y2]) {
  const [wide, high] = look.box;
  return look === ACROSS
    ? [[x1 + wide / 2, y1], [x2 - wide / 2, y2]]
    : [[x1, y1 + (y1 < 100 ? 15 : high / 2)], [x2, y2 - high / 2]];
}

/** Returns the middle of the first place on a wire whose label covers none of those that lie already. */
function freePlace([wide, high], taken, x1, y1, x2, y2) {
  const places = SHARES.map((share) => [x1 + share * (x2 - x1), y1 + share * (y2 - y1)]);
  const isFree = ([x, y]) => taken.every(([left, top]) => Math.abs(x - left) > wide + 2 || Math.abs(y - top) > high + 1);
  const found = places.find(isFree) ?? places[2];
  taken.push(found);
  return found;
}

/** Returns the wires and neurons that an operation works on; layer 0 of the neurons are the inputs. */
function litBy(event, sizes) {
  const [wires, neurons] = [new Set(), new Set()];
  if (!event) return { wires, neurons };
  const { operation, layer, neuron, source } = event;
  const all = (count) => Array.from({ length: count }, (_, place) => place);
  if (operation === "loss") all(sizes.at(-1)).forEach((each) => neurons.add(`${layer + 1} ${each}`));
  else if (operation === "input gradient") {
    neurons.add(`${layer} ${neuron}`);
    all(sizes[layer + 1]).forEach((each) => wires.add(`${layer} ${neuron} ${each}`));
  } else {
    if (operation !== "weight gradient" && !(operation === "update" && source !== null)) neurons.add(`${layer + 1} ${neuron}`);
    if (operation === "pre-activation") all(sizes[layer]).forEach((each) => wires.add(`${layer} ${each} ${neuron}`));
    if (source !== null && source !== undefined) wires.add(`${layer} ${source} ${neuron}`);
  }
  return { wires, neurons };
}
