/** Gates of McCulloch-Pitts neurons: wire them, switch the inputs, and see the truth table light up. */

import { button, h, put } from "../parts/dom.js";
import { flag, list, oneOf, whole } from "../parts/checks.js";
import { check, choice, numberField } from "../parts/fields.js";
import { formula, written } from "../parts/formula.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { inputName, neuronName, wiring } from "./gates/drawing.js";
import { blank, netOf, rowsOf, tryAll, weighted } from "./gates/net.js";

const MOST_THRESHOLD = 4; // one more than lines can reach
const NEXT = { 0: 1, 1: -1, "-1": 0 }; // wires, as they are pressed
const HIDDEN = [0, 2, 3];

export const start = () => ({ inputs: 2, hidden: 0, wires: [[1, 1]], thresholds: [2], on: [1, 0], gate: "AND", weighted: false });

export const checks = (values) => ({
  inputs: whole(2, 3),
  hidden: oneOf(...HIDDEN),
  wires: list(list(oneOf(-1, 0, 1), 3, 2), 4, 1),
  thresholds: list(whole(0, MOST_THRESHOLD), 4, 1),
  on: list(oneOf(0, 1), 3, 2),
  gate: oneOf(...values.gates.map(({ name }) => name)),
  weighted: flag,
});

export function agree(state, values) {
  const form = blank(state.inputs, state.hidden);
  const shape = ({ wires, thresholds, on }) => JSON.stringify([wires.map((each) => each.length), thresholds.length, on.length]);
  if (shape(state) !== shape(form)) throw new Error(`wires, thresholds and inputs do not fit ${state.inputs} inputs and ${state.hidden} hidden neurons`);
  if (gateOf(state, values).inputs !== state.inputs) throw new Error(`${state.gate} has not ${state.inputs} inputs`);
}

const gateOf = ({ gate }, { gates }) => gates.find(({ name }) => name === gate);

export function mount(root, { values, store, say, onVisible }) {
  const state = () => store.state;
  const drawing = wiring({
    input: (line) => store.change({ on: state().on.with(line, 1 - state().on[line]) }),
    wire: (place, line) => store.change({ wires: state().wires.with(place, state().wires[place].with(line, NEXT[state().wires[place][line]])) }),
  });
  const gates = choice({ label: "Gate to build", options: values.gates.map(({ name, inputs }) => [name, `${name} (${inputs} inputs)`]), value: state().gate }, (name) => {
    const { inputs } = values.gates.find((gate) => gate.name === name);
    store.change({ gate: name, ...(inputs === state().inputs ? {} : blank(inputs, state().hidden)) });
  });
  const layers = choice({ label: "Neurons", options: [[0, "one"], [2, "two layers: 2 and 1"], [3, "two layers: 3 and 1"]], value: 0 }, (hidden) => store.change(blank(state().inputs, hidden)));
  const asWeight = check({ label: "The mistake: inhibition as a weight of −1", value: false }, (isWeighted) => store.change({ weighted: isWeighted }));
  const thresholds = h("div", { class: "fields" });
  const [table, verdict, steps, counted] = [h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Truth table" }), h("p", { role: "status" }), h("div", { class: "working" }), h("p", { role: "status" })];
  const turn = (by) => {
    const rows = rowsOf(state().inputs);
    const place = rows.findIndex((row) => row.join() === state().on.join());
    store.change({ on: rows[(place + by + rows.length) % rows.length] });
  };
  const controls = player(root, { onVisible }, { store, step: () => turn(1), back: () => turn(-1), reset: () => store.reset() });
  const all = button("Try all wirings of one neuron", () => {
    const gate = gateOf(state(), values);
    const { tried, found } = tryAll(gate.inputs, gate.answers);
    put(counted, `${tried} neurons were tried here, ${gate.alone.tried} by Python: `, h("strong", {}, `${found || "none"} of them ${found === 1 ? "computes" : "compute"} ${gate.name}. `),
      `Of ${gate.layers.tried.toLocaleString("en")} nets of two neurons and one more, ${gate.layers.found.toLocaleString("en")} do, by Python’s count.`);
    if (gate.name === "XOR") guess.answer(0, "Fire for either input alone, and it fires for both, or one of them silences it.");
  });
  const guess = predictFirst({
    question: "A neuron with two inputs can be wired in 36 ways, its threshold included. How many of them compute XOR?",
    options: ["none", "one", "two, one for each input"],
  });
  const todo = tasks(
    [
      { text: "Begin with AND, and make it OR by changing one number.", isDone: ({ gate, hidden, matches }) => gate === "OR" && !hidden && matches, hint: "Choose OR as the gate to build; how many lines have to be on for it?" },
      { text: "One neuron that fires for x₁ and x₂, unless x₃ is on.", isDone: ({ gate, hidden, matches }) => gate === "x₁ and x₂, not x₃" && !hidden && matches },
      { text: "Build XOR from two layers.", isDone: ({ gate, hidden, matches }) => gate === "XOR" && hidden && matches, hint: "One neuron for x₁ without x₂, one for x₂ without x₁; the last fires for either." },
      { text: "Wire neurons that a weight of −1 would make fire where inhibition keeps them silent.", isDone: ({ weighted: isWeighted, differ }) => isWeighted && differ > 0, hint: "Three inputs: two that excite, one that inhibits, threshold 1." },
    ],
    say,
  );

  put(
    root,
    guess,
    h("div", { class: "fields" }, gates, layers, asWeight),
    controls,
    h("div", { class: "columns halves" },
      h("figure", { class: "chart" }, h("figcaption", {}, "The wiring"), h("p", { class: "legend" }, "press a wire: + excites (arrow), − inhibits (circle), nothing; press an input: 0, 1"), drawing, thresholds),
      h("div", {}, h("h4", {}, "Truth table"), table, verdict, h("p", {}, formula(values.formula)), steps)),
    h("div", { class: "fields" }, all),
    counted,
    todo,
  );

  function show(now, before) {
    const net = netOf(now);
    const states = net.states(now.on);
    const gate = gateOf(now, values);
    const rows = rowsOf(now.inputs).map((row) => ({ row, states: net.states(row), wrong: weighted(now, row).at(-1)[0] }));
    const matched = rows.filter(({ states: each }, place) => each.at(-1)[0] === gate.answers[place]).length;
    const differ = rows.filter(({ states: each, wrong }) => each.at(-1)[0] !== wrong).length;
    drawing.show(now, states);
    gates.show(now.gate);
    layers.show(now.hidden);
    asWeight.show(now.weighted);
    showThresholds(now);
    put(table, truthTable(now, rows, gate));
    const matches = matched === rows.length;
    put(verdict, h("strong", {}, matches ? `✓ This is ${gate.name}.` : `${matched} of ${rows.length} rows are as ${gate.name} has them.`),
      now.weighted ? ` With inhibition as a weight of −1, ${differ} of ${rows.length} answers ${differ === 1 ? "is" : "are"} another.` : null);
    put(steps, now.thresholds.map((_, place) => working(now, place, states)), h("p", {}, h("code", {}, pythonOf(now))));
    if (!before || before.gate !== now.gate) put(counted);
    todo.check({ ...now, matches, differ });
  }

  /** As many fields as there are neurons; they stay while their number does. */
  function showThresholds(now) {
    if (thresholds.children.length !== now.thresholds.length)
      put(thresholds, now.thresholds.map((threshold, place) =>
        numberField({ label: `θ of ${neuronName(place, now.hidden)}`, min: 0, max: MOST_THRESHOLD, value: threshold }, (value) =>
          store.change({ thresholds: state().thresholds.with(place, Math.round(value)) }))));
    [...thresholds.children].forEach((field, place) => field.show(now.thresholds[place]));
  }

  function truthTable(now, rows, gate) {
    const heads = [...now.on.map((_, line) => inputName(line)), ...now.wires.map((_, place) => neuronName(place, now.hidden)), ...(now.weighted ? ["y with −1"] : []), gate.name, ""];
    return h("table", { class: "truth" },
      h("thead", {}, h("tr", {}, heads.map((head, place) => (place === heads.length - 1 ? h("td") : h("th", { scope: "col" }, head))))),
      h("tbody", {}, rows.map(({ row, states: [, ...fired], wrong }, place) => {
        const [right, answer] = [gate.answers[place], fired.at(-1)[0]];
        const isNow = row.join() === now.on.join();
        const cell = (value, isOn = value) => h("td", { class: isOn ? "on" : null }, String(value));
        return h("tr", { class: isNow ? "now" : null, "aria-current": isNow ? "true" : null },
          row.map((value) => cell(value)), fired.flat().map((value) => cell(value)), now.weighted ? h("td", { class: wrong === answer ? null : "wrong" }, wrong === answer ? String(wrong) : `${wrong} ≠`) : null,
          cell(right), h("td", { class: answer === right ? "right" : "wrong" }, answer === right ? "✓ as wanted" : "✗ another"));
      })));
  }

  store.onChange(show);
  show(state());
}

/** What one neuron adds up now, and why it fires or does not. */
function working({ wires, thresholds, hidden }, place, states) {
  const from = states[hidden && place === hidden ? 1 : 0];
  const those = (kind) => from.filter((_, line) => wires[place][line] === kind);
  const [excited, inhibited] = [those(1), those(-1).some(Boolean)];
  const sum = excited.reduce((one, other) => one + other, 0);
  const parts = excited.length ? excited.flatMap((value, line) => (line ? ["+", value] : [value])) : [0];
  const [isEnough, name] = [sum >= thresholds[place], neuronName(place, hidden)];
  const why = inhibited ? "an inhibitory line is on, so it is silent" : isEnough ? "enough, and nothing inhibits: it fires" : "too little: it is silent";
  return h("p", {}, `${name}: `, written(...parts, isEnough ? "≥" : "<", thresholds[place]), ` – ${why}.`);
}

/** The Python of the neuron whose output is the net's. */
function pythonOf({ wires, thresholds, on, hidden }) {
  const tuple = (numbers) => `(${numbers.join(", ")}${numbers.length === 1 ? "," : ""})`;
  const those = (place, kind) => tuple(wires[place].flatMap((wire, line) => (wire === kind ? [line] : [])));
  const neuron = (place) => `McCullochPitts(${thresholds[place]}, ${those(place, 1)}, ${those(place, -1)})`;
  const all = wires.map((_, place) => neuron(place));
  return hidden ? `McCullochPittsNet([[${all.slice(0, -1).join(", ")}], [${all.at(-1)}]])([${on.join(", ")}])` : `${all[0]}([${on.join(", ")}])`;
}
