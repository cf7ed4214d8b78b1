/** The wiring as a drawing: inputs that are switched, wires that are changed, neurons that fire. */

import { put, svg } from "../../parts/dom.js";

const [WIDTH, HEIGHT] = [400, 300];
const [INPUT, NEURON] = [22, 26]; // radii
const KNOB = 0.25; // of a wire's way from its source: there no two knobs lie on each other
const APART = 100;
const KINDS = { 0: "none", 1: "excitatory", "-1": "inhibitory" };
const NAMES = ["₁", "₂", "₃"];

export const inputName = (place) => `x${NAMES[place]}`;
/** The name of a neuron of a net with so many hidden ones. */
export const neuronName = (place, hidden) => (place < hidden ? `h${NAMES[place]}` : "y");

/** Returns the drawing, with `show(state, states)`; `does` has input(line) and wire(neuron, line). */
export function wiring(does) {
  const drawing = svg("svg", { class: "wiring", role: "group", "aria-label": "Inputs, wires and neurons" });
  let shape = "";
  let [inputs, neurons, wires] = [[], [], []];

  const column = (count, x) => Array.from({ length: count }, (_, place) => [x, HEIGHT / 2 + (place - (count - 1) / 2) * APART]);

  function build({ inputs: count, hidden }) {
    const tall = APART * Math.max(count, hidden);
    drawing.setAttribute("viewBox", `0 ${(HEIGHT - tall) / 2} ${WIDTH} ${tall}`);
    const sources = column(count, 40);
    const layers = hidden ? [...column(hidden, 210), ...column(1, 355)] : column(1, 320);
    inputs = sources.map((at, line) => actor("input", at, () => does.input(line), svg("circle", { class: "body", r: INPUT })));
    neurons = layers.map(([x, y]) => svg("g", { class: "neuron", transform: `translate(${x} ${y})` }, svg("circle", { class: "body", r: NEURON }), svg("text", { class: "name", y: -3 }), svg("text", { class: "count", y: 13 })));
    wires = layers.map((to, place) => {
      const from = hidden && place === hidden ? layers.slice(0, hidden) : sources;
      const radius = from === sources ? INPUT : NEURON;
      return from.map((source, line) => wire(source, to, radius, () => does.wire(place, line)));
    });
    put(drawing, wires.flat(), inputs, neurons);
  }

  drawing.show = (state, states) => {
    const wanted = `${state.inputs} ${state.hidden}`;
    if (wanted !== shape) build(state);
    shape = wanted;
    inputs.forEach((group, line) => {
      const isOn = state.on[line];
      group.setAttribute("class", `input ${isOn ? "on" : ""}`);
      group.setAttribute("aria-pressed", String(Boolean(isOn)));
      group.setAttribute("aria-label", `input ${inputName(line)}`);
      put(group.lastChild, `${inputName(line)} = ${isOn}`);
    });
    const fired = [...(state.hidden ? states[1] : []), ...states.at(-1)];
    neurons.forEach((group, place) => {
      group.setAttribute("class", `neuron ${fired[place] ? "on" : ""}`);
      put(group.querySelector(".name"), `${neuronName(place, state.hidden)} = ${fired[place]}`);
      put(group.querySelector(".count"), `θ = ${state.thresholds[place]}`);
    });
    wires.forEach((all, place) =>
      all.forEach((group, line) => {
        const isLast = state.hidden && place === state.hidden;
        const from = isLast ? neuronName(line, state.hidden) : inputName(line);
        const isOn = (isLast ? states[1] : states[0])[line];
        const kind = KINDS[state.wires[place][line]];
        group.setAttribute("class", `wire ${kind} ${isOn ? "on" : ""}`);
        group.setAttribute("aria-label", `wire from ${from} to ${neuronName(place, state.hidden)}: ${kind}`);
        put(group.querySelector("text"), kind === "excitatory" ? "+" : kind === "inhibitory" ? "−" : "");
      }),
    );
  };
  return drawing;
}

/** A group that is pressed: by a click, Enter or Space. */
function actor(name, [x, y], onPress, ...inside) {
  const group = svg("g", { class: name, role: "button", tabindex: 0, transform: `translate(${x} ${y})` }, ...inside, svg("text", { y: 4 }));
  return pressed(group, onPress);
}

function pressed(group, onPress) {
  group.addEventListener("click", onPress);
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    onPress();
  });
  return group;
}

/** A wire with a knob near its source, and at its end an arrow and a circle, of which the style shows one. */
function wire([x1, y1], [x2, y2], radius, onPress) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [across, down] = [(x2 - x1) / length, (y2 - y1) / length];
  const along = (far) => [x1 + far * across, y1 + far * down];
  const [start, tip, back, stop] = [along(radius), along(length - NEURON - 1), along(length - NEURON - 11), along(length - NEURON - 6)];
  const knob = along(KNOB * length + radius * 0.6);
  const ends = { x1: start[0], y1: start[1], x2: back[0], y2: back[1] };
  const corners = [tip, [back[0] - 5 * down, back[1] + 5 * across], [back[0] + 5 * down, back[1] - 5 * across]];
  return pressed(
    svg(
      "g",
      { class: "wire", role: "button", tabindex: 0 },
      svg("line", { class: "target", ...ends }),
      svg("line", { class: "lead", ...ends }),
      svg("polygon", { class: "arrowhead", points: corners.map((corner) => corner.join()).join(" ") }),
      svg("circle", { class: "stop", cx: stop[0], cy: stop[1], r: 5 }),
      svg("circle", { class: "knob", cx: knob[0], cy: knob[1], r: 11 }),
      svg("text", { x: knob[0], y: knob[1] + 5 }),
    ),
    onPress,
  );
}
