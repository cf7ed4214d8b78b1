/** The six losses as functions of the one number in the hand: their value, their slope, and how both are written. */

import { over, power, written } from "../../parts/formula.js";
import * as losses from "../../maths/losses.js";

/** Returns {name: {loss, slope, shown}} for {x, target, count}; `others` are the scores beside x. */
export function terms(others) {
  const scores = (x) => [x, ...others];
  const right = (target) => [target === 1 ? 0 : 1]; // the first class, or the second
  const hot = (target) => losses.oneHot(right(target), others.length + 1);
  const batch = (x, target, count) => [[x, ...Array(count - 1).fill(target)], Array(count).fill(target)];
  const classes = others.length + 1;
  return {
    l1: {
      loss: ({ x, target }) => losses.l1Loss([x], [target]),
      slope: ({ x, target }) => losses.l1LossGradient([x], [target])[0],
      shown: ({ x, target }) => ["|", x, "−", target, "|"],
    },
    l2: {
      loss: ({ x, target }) => losses.l2Loss([x], [target]),
      slope: ({ x, target }) => losses.l2LossGradient([x], [target])[0],
      shown: ({ x, target }) => [square(x, target)],
    },
    mse: {
      loss: ({ x, target, count }) => losses.meanSquaredError(...batch(x, target, count)),
      slope: ({ x, target, count }) => losses.meanSquaredErrorGradient(...batch(x, target, count))[0],
      shown: ({ x, target, count }) => [over([square(x, target)], [count])],
    },
    hinge: {
      loss: ({ x, target }) => losses.hingeLoss(scores(x), right(target), classes),
      slope: ({ x, target }) => losses.hingeLossGradient(scores(x), right(target), classes)[0],
      shown: ({ x, target }) => {
        const [own] = right(target);
        const all = scores(x);
        return all.filter((_, place) => place !== own).flatMap((score, place) => [
          ...(place ? ["+"] : []), "max", "(", 0, ",", score, "−", signed(all[own]), "+", 1, ")",
        ]);
      },
    },
    "cross-entropy": {
      loss: ({ x, target }) => losses.crossEntropyWithLogits(scores(x), hot(target), classes),
      slope: ({ x, target }) => losses.crossEntropyWithLogitsGradient(scores(x), hot(target), classes)[0],
      shown: ({ x, target }) => {
        const powers = scores(x).map((score) => power("e", [score]));
        return ["−", "log", over([powers[right(target)[0]].cloneNode(true)], powers.flatMap((each, place) => (place ? ["+", each] : [each])))];
      },
    },
    binary: {
      loss: ({ x, target }) => losses.binaryCrossEntropyWithLogits([x], [target]),
      slope: ({ x, target }) => losses.binaryCrossEntropyWithLogitsGradient([x], [target])[0],
      shown: ({ x, target }) => (target === 1 ? ["−", "log", "σ", "(", x, ")"] : ["−", "log", "(", 1, "−", "σ", "(", x, ")", ")"]),
    },
  };
}

/** L2 with the root that slides write into it: its value is L1's, and where the error is 0 its slope is 0 / 0. */
export const rooted = (l2) => ({
  loss: (at) => Math.sqrt(l2.loss(at)),
  slope: (at) => l2.slope(at) / (2 * Math.sqrt(l2.loss(at))),
  shown: ({ x, target }) => [root(square(x, target))],
});

const square = (x, target) => power(["(", x, "−", target, ")"], 2);
const signed = (value) => (value < 0 ? ["(", value, ")"] : value);

function root(inside) {
  const element = document.createElementNS(inside.namespaceURI, "msqrt");
  element.append(inside);
  return element;
}

/** Returns the formula of now with its result. */
export const equation = (term, at) => written(...term.shown(at), "=", term.loss(at));
