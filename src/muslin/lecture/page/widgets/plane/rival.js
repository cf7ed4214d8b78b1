/** The rival of a net: the same points, start and steps, and one thing changed. */

import { clamp } from "../../parts/numbers.js";
import { FASTEST, LOSSES, SLOWEST } from "./limits.js";
import { recipeOf } from "./recipe.js";
import { OPTIMIZERS } from "./trainer.js";

/** What may be changed, and how it is called. */
export const DIFFERS = {
  activation: "activation", optimizer: "optimizer", lr: "learning rate η", l2: "weight decay λ",
  loss: "loss, of two colours", batch: "batch", hidden: "hidden layers", seed: "start weights",
};

/** Returns the values to choose from, or null where it is a number or a list of them. */
export function choicesOf(name, values) {
  if (name === "seed") return values.normals.map((_, seed) => [seed, `start ${seed + 1}`]);
  const all = { activation: values.activations, optimizer: Object.keys(OPTIMIZERS), loss: LOSSES }[name];
  return all ? all.map((each) => [each, each]) : null;
}

/** Returns a value that a rival may begin with: another one than the state has. */
export function otherThan(name, state, values) {
  const choices = choicesOf(name, values);
  if (choices) return choices[(choices.findIndex(([each]) => each === state[name]) + 1) % choices.length][0];
  if (name === "hidden") return String(state.hidden) === "8,8" ? [2] : [8, 8];
  if (name === "lr") return Number(clamp(state.lr > 0.3 ? state.lr / 10 : state.lr * 10, SLOWEST, FASTEST).toPrecision(3));
  if (name === "l2") return state.l2 ? 0 : 0.01;
  return state.batch === 1 ? 10 : 1;
}

/**
 * Returns the rival's recipe. What was done to single weights is done to its weights too, where the layers are the same;
 * where the losses differ, it is judged by the first net's.
 */
export function rivalRecipe(state, values) {
  const [name, value] = state.rival;
  const turned = ([since, lr, l2]) => [since, name === "lr" ? value : lr, name === "l2" ? value : l2];
  const own = name === "hidden" ? { edits: [], locks: [] } : {};
  const rival = { ...state, [name]: value, turns: state.turns.map(turned), ...own };
  const recipe = recipeOf(rival, values);
  return recipe.loss === "cross-entropy" ? recipe : recipeOf(rival, values, state.loss);
}
