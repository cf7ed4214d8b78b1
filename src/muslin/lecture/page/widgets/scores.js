/** A garment times each class's template, plus a bias: ten scores, by what softmax learnt beside what hinge learnt. */

import { button, h, put } from "../parts/dom.js";
import { list, number, oneOf, whole } from "../parts/checks.js";
import { choice, numberField, slider } from "../parts/fields.js";
import { formula, written } from "../parts/formula.js";
import { bytesOf, garment, SIDE, unpacked } from "../parts/garments.js";
import { fixed, percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { softmax } from "../maths/activations.js";
import { crossEntropyWithLogits, hingeLoss, oneHot } from "../maths/losses.js";
import { productOf } from "./scores/pictures.js";

const PIXELS = SIDE * SIDE;
const [MOST_EDITS, REACH] = [200, 10]; // of bias

export const start = ({ classes, labels }) => ({ garment: 0, loss: "softmax", shown: labels[0], place: 14 * SIDE + 14, edits: [], shifts: classes.map(() => 0) });
export const checks = ({ classes, labels, losses }) => ({
  garment: whole(0, labels.length - 1),
  loss: oneOf(...Object.keys(losses)),
  shown: whole(0, classes.length - 1),
  place: whole(0, PIXELS - 1),
  edits: list(list(whole(0, PIXELS - 1), 2, 2), MOST_EDITS),
  shifts: list(number(-REACH, REACH), classes.length, classes.length),
});

export function agree({ edits }) {
  const wrong = edits.find(([, value]) => value > 255);
  if (wrong) throw new Error(`edits has a pixel of ${wrong[1]}; it must be a whole number from 0 to 255`);
}

export function mount(root, { values, store, say }) {
  const { classes, labels } = values;
  const pictures = unpacked(values.pictures);
  const learnt = Object.fromEntries(Object.entries(values.templates).map(([name, { weights, bias }]) => [name, { weights: floats(weights), bias: floats(bias) }]));
  const change = (patch, isLast = true) => store.change(patch, { undoable: isLast });
  const guess = predictFirst({
    question: "All ten biases rise by 1. What happens to the answers, and to both losses?",
    options: ["nothing", "the losses rise", "softmax stays, hinge rises"],
  });
  const shelf = h("ul", { class: "rack", "aria-label": "garments to choose from" }, labels.map((label, at) => h("li", {}, button(garment(pictures[at], ""), () => change({ garment: at, shown: label, edits: [] }), { class: "rack-tile", "aria-label": `${classes[label]}, test picture ${values.rows[at]}` }))));
  const product = productOf((place) => change({ place }));
  const fields = {
    loss: choice({ label: "templates learnt by", options: Object.keys(values.losses).map((each) => [each, `${each} loss`]), value: "softmax" }, (loss) => change({ loss })),
    shown: choice({ label: "template of", options: classes.map((name, at) => [at, name]), value: 0 }, (shown) => change({ shown })),
  };
  const where = [numberField({ label: "row", min: 0, max: SIDE - 1, value: 0 }, (row) => change({ place: Math.round(row) * SIDE + (store.state.place % SIDE) })), numberField({ label: "column", min: 0, max: SIDE - 1, value: 0 }, (column) => change({ place: Math.floor(store.state.place / SIDE) * SIDE + Math.round(column) }))];
  const pixel = slider({ label: "this pixel", min: 0, max: 255, step: 1, value: 0 }, (value, isLast) => {
    const { edits, place } = store.state;
    change({ edits: [...edits.filter(([at]) => at !== place), [place, Math.round(value)]].slice(-MOST_EDITS) }, isLast);
  });
  const shift = slider({ label: "added to its bias", min: -REACH, max: REACH, step: 0.1, value: 0 }, (value, isLast) => change({ shifts: store.state.shifts.with(store.state.shown, value) }, isLast));
  const all = button("Add 1 to every bias", () => change({ shifts: store.state.shifts.map((each) => Math.min(REACH, each + 1)) }));
  const [undo, reset] = [button("Undo", () => store.undo()), button("Reset", () => store.reset())];
  const working = h("div", { class: "working" });
  const body = h("tbody");
  const table = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "scores of all classes" }, h("table", { class: "per-class" }, h("thead", {}, h("tr", {}, ["class", "softmax: score", "share", "hinge: score", "to the right one"].map((name) => h("th", { scope: "col" }, name)))), body));
  const said = Object.fromEntries(Object.keys(values.losses).map((name) => [name, h("p", { class: "numbers-live" })]));
  const todo = tasks(
    [
      { text: "Find a garment that softmax and hinge answer differently.", isDone: ({ answers, state }) => !state.edits.length && state.shifts.every((each) => each === 0) && answers.softmax !== answers.hinge, hint: "Among tops." },
      { text: "By one class’s bias alone, turn a right answer into a wrong one.", isDone: ({ answers, untouched, right, state }) => !state.edits.length && state.shifts.filter(Boolean).length === 1 && untouched[state.loss] === right && answers[state.loss] !== right },
      { text: "By at most ten pixels, turn a right answer into a wrong one.", isDone: ({ answers, untouched, right, state }) => state.shifts.every((each) => each === 0) && state.edits.length > 0 && state.edits.length <= 10 && untouched[state.loss] === right && answers[state.loss] !== right, hint: "Begin with a garment of which two classes have nearly one score, and with pixels whose weights differ most." },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Picture times template"),
    guess,
    shelf,
    h("div", { class: "fields" }, fields.loss, fields.shown, undo, reset),
    product,
    h("p", { class: "legend" }, "blue: above 0, orange: below; template and product each up to their own largest number"),
    h("div", { class: "columns" }, h("div", { class: "stack" }, h("p", {}, formula(values.score)), working, h("div", { class: "fields" }, where), pixel, shift, h("div", { class: "fields" }, all)), h("div", { class: "stack" }, table, Object.keys(values.losses).map((name) => [h("p", {}, formula(values.losses[name])), said[name], h("p", {}, h("code", {}, values.python[name]))]))),
    h("p", { class: "faint" }, `Recorded: 6,000 training pictures, plain gradient descent; right on ${percent(values.templates.softmax.accuracy)} (softmax) and ${percent(values.templates.hinge.accuracy)} (hinge) of the 10,000 test pictures. `, h("code", {}, "python -m benchmarks.measure.templates")),
    todo,
  );

  /** Returns a template's products with the pixels, pixel by pixel. */
  const products = (pixels, name, at) => pixels.map((value, place) => value * learnt[name].weights[at * PIXELS + place]);
  const scored = (pixels, name, shifts) => Float64Array.from(classes, (_, at) => products(pixels, name, at).reduce((sum, each) => sum + each, learnt[name].bias[at] + shifts[at]));
  const bestOf = (scores) => scores.indexOf(Math.max(...scores));

  const show = (state) => {
    const [right, at] = [labels[state.garment], state.shown];
    const untouchedPixels = Float64Array.from(pictures[state.garment], (value) => value / 255);
    const pixels = Float64Array.from(untouchedPixels);
    for (const [place, value] of state.edits) pixels[place] = value / 255;
    const names = Object.keys(learnt);
    const scores = Object.fromEntries(names.map((name) => [name, scored(pixels, name, state.shifts)]));
    const none = classes.map(() => 0);
    const [answers, untouched] = [scores, Object.fromEntries(names.map((name) => [name, scored(untouchedPixels, name, none)]))].map((each) => Object.fromEntries(names.map((name) => [name, bestOf(each[name])])));
    const own = products(pixels, state.loss, at);
    const sum = own.reduce((one, each) => one + each, 0);
    fields.loss.show(state.loss);
    fields.shown.show(at);
    where[0].show(Math.floor(state.place / SIDE));
    where[1].show(state.place % SIDE);
    pixel.show(Math.round(255 * pixels[state.place]));
    shift.show(state.shifts[at]);
    undo.disabled = !store.canUndo;
    shelf.querySelectorAll("button").forEach((each, place) => each.setAttribute("aria-pressed", String(place === state.garment)));
    product.show({ pixels, template: learnt[state.loss].weights.subarray(at * PIXELS, (at + 1) * PIXELS), product: own, place: state.place, name: classes[at] });
    put(working, written("s", "=", fixed(sum), "+", fixed(learnt[state.loss].bias[at] + state.shifts[at]), "=", fixed(scores[state.loss][at])));
    const shares = softmax(scores.softmax);
    put(body, classes.map((name, place) => h("tr", { class: place === right ? "own" : null }, h("th", { scope: "row" }, `${name}${place === right ? " (it is)" : ""}`),
      h("td", {}, place === answers.softmax ? h("strong", {}, fixed(scores.softmax[place], 2)) : fixed(scores.softmax[place], 2)), h("td", {}, percent(shares[place])),
      h("td", {}, place === answers.hinge ? h("strong", {}, fixed(scores.hinge[place], 2)) : fixed(scores.hinge[place], 2)), h("td", {}, place === right ? "" : fixed(Math.max(0, scores.hinge[place] - scores.hinge[right] + 1), 2)))));
    const target = oneHot([right], classes.length);
    put(said.softmax, `softmax says ${classes[answers.softmax]}; loss `, h("strong", {}, fixed(crossEntropyWithLogits(scores.softmax, target, classes.length))), " nats");
    put(said.hinge, `hinge says ${classes[answers.hinge]}; loss `, h("strong", {}, fixed(hingeLoss(scores.hinge, [right], classes.length))));
    if (state.shifts.every((each) => each >= 1 && each === state.shifts[0])) guess.answer(0, "Both losses look at differences of scores alone.");
    todo.check({ state, answers, untouched, right });
  };
  store.onChange(show);
  show(store.state);
}

const floats = (text) => new Float32Array(bytesOf(text).buffer);
