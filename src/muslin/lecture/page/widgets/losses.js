/** One handle over six losses: the value, the gradient, and the two traps that people fall into. */

import { h, put } from "../parts/dom.js";
import { flag, number, oneOf, whole } from "../parts/checks.js";
import { check, choice, slider } from "../parts/fields.js";
import { over, written } from "../parts/formula.js";
import { short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { sigmoid, sigmoidGradient } from "../maths/activations.js";
import { card } from "./losses/card.js";
import { rooted, terms } from "./losses/terms.js";

const FAR = 1000;
const MOST = 50; // outputs of a batch
const REGRESSION = ["l1", "l2", "mse"];

export const start = () => ({ x: 0, target: 1, count: 4, isRooted: false, far: -20 });
export const checks = () => ({ x: number(-FAR, FAR), target: oneOf(0, 1), count: whole(1, MOST), isRooted: flag, far: number(-FAR, FAR) });

export function mount(root, tools) {
  const { values, store, say } = tools;
  const { extent } = values;
  const all = terms(values.others);
  const withRoot = rooted(all.l2);
  const move = (x, isLast) => store.change({ x }, { undoable: isLast });
  const cards = values.cards.map((known) => card(known, extent, () => store.state.x, move));
  const fields = {
    x: slider({ label: "output or score x", min: -extent, max: extent, step: 0.05, value: 0 }, move),
    target: choice({ label: "target t", options: [[1, "1: yes, the first class"], [0, "0: no, the second class"]], value: 1 }, (target) => store.change({ target })),
    count: slider({ label: "outputs in the batch, n", min: 1, max: MOST, step: 1, value: 4 }, (count, isLast) => store.change({ count: Math.round(count) }, { undoable: isLast })),
    isRooted: check({ label: "write a root into L2, as slides do", value: false }, (isRooted) => store.change({ isRooted })),
  };
  const guess = predictFirst({
    question: "x moves twice as far from its target. Which loss becomes four times as large?",
    options: ["L1", "L2 and mean squared error", "all six"],
  });
  const todo = tasks(
    [
      { text: "Find an output at which L1 and L2 push equally hard.", isDone: ({ x, target, isRooted }) => !isRooted && near(Math.abs(all.l2.slope({ x, target })), 1, 0.02), hint: "L1’s gradient is always 1 or −1; L2’s is twice the error." },
      { text: "Find a score at which hinge is content and cross-entropy still asks for more.", isDone: (at) => all.hinge.slope(at) === 0 && all["cross-entropy"].slope(at) !== 0, hint: "Be ahead of every other score by 1." },
      { text: "Make mean squared error push with a tenth of L2’s gradient.", isDone: (at) => at.x !== at.target && near(all.mse.slope(at) / all.l2.slope(at), 0.1, 1e-9), hint: "The mean divides by n." },
      { text: "Make the logarithm of a rounded 0: see the loss become infinite and its gradient not a number.", isDone: ({ far }) => sigmoid(far) === 0 },
    ],
    say,
  );
  const zero = logarithmOfZero(store);
  put(
    root,
    guess,
    h("div", { class: "fields" }, Object.values(fields)),
    player(root, tools, { store, reset: () => store.reset() }),
    h("p", { class: "legend" }, h("span", { class: "key s1" }), "loss", h("span", { class: "key s2 broken" }), "its gradient"),
    h("p", { class: "faint" }, `Of a batch of n outputs, only x is wrong. Hinge and cross-entropy have three scores: x, ${values.others.map((score) => short(score)).join(" and ")}.`),
    h("div", { class: "cards wide" }, cards),
    zero,
    todo,
  );

  const show = (state) => {
    for (const [name, field] of Object.entries(fields)) field.show(state[name]);
    values.cards.forEach(({ name }, place) =>
      cards[place].show(state, name === "l2" && state.isRooted ? withRoot : all[name], REGRESSION.includes(name)),
    );
    zero.show(state.far);
    todo.check(state);
    if (Math.abs(state.x - state.target) >= 2) guess.answer(1, "Twice the error, squared, is four times the loss; its gradient only doubles.");
  };
  store.onChange(show);
  show(store.state);
}

const near = (value, wanted, by) => Math.abs(value - wanted) <= by;

/** Why a loss is computed from the score and not from the probability: log(0). */
function logarithmOfZero(store) {
  const field = slider({ label: "score z of the right answer", min: -FAR, max: FAR, step: 1, value: store.state.far }, (far, isLast) =>
    store.change({ far }, { undoable: isLast }),
  );
  const [apart, fused] = [h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" })];
  const element = h(
    "div",
    { class: "overflow" },
    h("h3", {}, "The logarithm of 0: first a probability, then a loss, or both in one"),
    field,
    h("div", { class: "columns" }, h("div", {}, h("h4", {}, "First a probability, then its logarithm"), apart), h("div", {}, h("h4", {}, "From the score, in one"), fused)),
  );
  const binary = terms([]).binary;
  element.show = (z) => {
    field.show(z);
    const p = sigmoid(z);
    const [above, slope] = [-1 / p, sigmoidGradient(z)];
    const through = above * slope;
    put(apart, written("σ", "(", z, ")", "=", p), ", ", written("−", "log", p, "=", 0 - Math.log(p)), "; gradient ",
      written(over(["−", 1], [p]), "·", slope, "=", through), Number.isNaN(through) ? ": the probability was rounded to 0, and nothing can be learnt from that. Move z back towards 0, or compute in one." : ".");
    put(fused, written("max", "(", z, ",", 0, ")", "−", z, "+", "log", "(", 1, "+", Math.exp(-Math.abs(z)), ")", "=", binary.loss({ x: z, target: 1 })),
      "; gradient ", written("σ", "(", z, ")", "−", 1, "=", binary.slope({ x: z, target: 1 })), ". It is finite, whatever z is.");
  };
  return element;
}
