/** One operation in words, as a formula with its numbers, and as Python. */

import { h, math, put } from "../../parts/dom.js";
import { formula, index, over, written } from "../../parts/formula.js";
import { short } from "../../parts/numbers.js";

const DIRECTION = { forward: "forwards", backward: "backwards", update: "update" };
const WORDS = {
  "pre-activation": ({ neuron }) => `neuron ${neuron} adds up its weighted inputs and its bias`,
  activation: ({ neuron }) => `neuron ${neuron} bends its sum`,
  loss: () => "how wrong the output is",
  "pre-activation gradient": ({ neuron }) => `how the loss changes with the sum of neuron ${neuron}`,
  "weight gradient": ({ neuron, source }) => `how it changes with the weight from ${source} to ${neuron}`,
  "bias gradient": ({ neuron }) => `how it changes with the bias of neuron ${neuron}`,
  "input gradient": ({ neuron, layer }) => `how it changes with ${layer ? "what came up from neuron" : "input"} ${neuron}: handed on below`,
  update: ({ neuron, source }) => (source === null ? `the bias of neuron ${neuron} steps against its gradient` : `the weight from ${source} to ${neuron} steps against its gradient`),
};
const FOUND = {
  "pre-activation": ({ neuron }) => index("z", String(neuron)),
  activation: ({ neuron }) => index("a", String(neuron)),
  loss: () => "L",
  "pre-activation gradient": ({ neuron }) => symbol(`dL/dz[${neuron}]`),
  "weight gradient": ({ neuron, source }) => symbol(`dL/dw[${source},${neuron}]`),
  "bias gradient": ({ neuron }) => symbol(`dL/db[${neuron}]`),
  "input gradient": ({ neuron }) => symbol(`dL/dx[${neuron}]`),
  update: ({ neuron, source }) => (source === null ? index("b", String(neuron)) : index("w", `${source},${neuron}`)),
};

/** Returns an operation as a sentence, for the heading, the table and the screen reader. */
export const inWords = (event) => `${DIRECTION[event.phase]}, layer ${event.layer}: ${WORDS[event.operation](event)}`;

/** Returns an operation as one line of arithmetic. */
export function inNumbers(event) {
  const products = event.terms.map((term) => term.map(([, value]) => (value < 0 ? `(${short(value)})` : short(value))).join(" · "));
  return event.function === "sum" ? products.join(" + ") : `${event.function}(${products.join(", ")})`;
}

/** Returns a card with `show(state, events)`. */
export function operationCard(values) {
  const [place, words, symbols, numbers, extra, python] = ["p", "h4", "p", "p", "p", "div"].map((tag) => h(tag));
  symbols.className = "arithmetic";
  numbers.className = "arithmetic numbers-live";
  place.className = "faint numbers-live";
  const element = h("div", { class: "operation" }, place, words, h("div", { class: "columns" }, h("div", {}, symbols, numbers), h("div", {}, extra, python)));
  element.show = (state, events) => {
    const event = events[state.place - 1];
    element.dataset.phase = event?.phase ?? "";
    put(place, `Training step ${state.step}, operation ${state.place} of ${events.length}`);
    put(words, event ? inWords(event).replace(/^./, (letter) => letter.toUpperCase()) : "Nothing is computed yet; step with → or the button");
    put(symbols, event && lines([[FOUND[event.operation](event), event.phase === "update" ? "←" : "="], ...sides(event, symbolOf)]));
    put(numbers, event && lines([...sides(event, numberOf), ["=", event.value]]));
    put(extra, event && rule(event, state, values));
    put(python, event && [h("code", {}, `layer = step.layers[${event.layer}]`), h("br"), h("code", {}, pythonOf(event, state, values))]);
  };
  return element;
}

/** Returns the Python line that computes an operation. */
export function pythonOf(event, state, { python, outputs }) {
  const isLast = event.layer === state.layout.split("-").length - 2;
  const gives = { ...event, function: isLast ? outputs[state.loss] : state.activation, lr: state.lr };
  let line = python[event.operation];
  if (event.operation === "loss") line = python.loss[state.loss];
  if (event.operation === "pre-activation gradient") line = isLast ? python["last gradient"][state.loss] : python["hidden gradient"];
  return line.replace(/\{(\w+)\}/g, (_, name) => gives[name]).replace("above", `step.layers[${event.layer + 1}]`);
}

/** Returns the formula of the function or slope that an operation uses, or null for a sum. */
function rule(event, state, { formulas, slopes, outputs }) {
  if (event.function !== "sum") return formula(formulas[event.function]);
  const usesSlope = event.terms.some((term) => term.some(([name]) => name === "f'(z)"));
  const isLast = event.layer === state.layout.split("-").length - 2;
  return usesSlope ? formula(slopes[isLast ? outputs[state.loss] : state.activation]) : null;
}

/** Returns parts of a formula, each in an element of its own, so that a long one finds its lines. */
const lines = (parts) => parts.flatMap((part) => [written(...part), " "]);

/** Returns the right side of an operation as parts of a formula, one for each term, each factor by `write`. */
function sides({ terms, function: name }, write) {
  if (name !== "sum") return [[name, "(", ...terms.flatMap((term, place) => [...(place ? [","] : []), ...term.map((factor) => write(factor))]), ")"]];
  return terms.map((term, place) => {
    const [first, value] = term[0];
    const isLess = place > 0 && (first.startsWith("-") || (term.length === 1 && value < 0));
    const factors = term.map(([factor, number], order) => write([factor, isLess && order === 0 ? Math.abs(number) : number], isLess && order === 0, place + order > 0));
    return [...(place ? [math("mo", { form: "infix" }, isLess ? "−" : "+")] : []), ...factors.flatMap((factor, order) => (order && write === numberOf ? ["·", factor] : [factor]))];
  });
}

const symbolOf = ([name], isLess = false) => symbol(isLess ? name.replace(/^-/, "") : name);
const numberOf = ([, value], _ = false, isInside = false) => (value < 0 && isInside ? ["(", value, ")"] : value);

/** Returns a name such as w[0,1] or dL/dz[0] as a formula has it. */
function symbol(name) {
  const [, below] = /^dL\/d(.+)$/.exec(name) ?? [];
  if (below) return over(["∂", "L"], ["∂", symbol(below)]);
  const [, letter, places] = /^(\w)\[([\d,]+)\]$/.exec(name) ?? [];
  if (letter) return index(letter, places);
  if (name === "2 (a - t)") return [2, "(", "a", "−", "t", ")"];
  return name === "f'(z)" ? ["f", "′", "(", "z", ")"] : name.replace("-", "−");
}
