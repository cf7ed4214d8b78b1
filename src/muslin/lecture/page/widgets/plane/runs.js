/** Runs: the one at hand, and those that were left for another at an earlier step; what is done on the way is part of them. */

import { button, h, put } from "../../parts/dom.js";
import { short } from "../../parts/numbers.js";
import { MOST_BRANCHES, MOST_EDITS, MOST_TURNS } from "./limits.js";
import { lockedAt } from "./trainer.js";

/** What makes a run of a state, beside the points and the loss. */
export const RUN = ["hidden", "activation", "optimizer", "lr", "l2", "batch", "seed", "edits", "turns", "locks"];
/** What runs that can be compared share. */
export const GROUND = ["set", "own", "noise", "noiseSeed", "loss"];

const picked = (names, state) => Object.fromEntries(names.map((name) => [name, state[name]]));
const areSame = (names, one, other) => JSON.stringify(picked(names, one)) === JSON.stringify(picked(names, other));

/** Returns how far a run went; the step at hand may be an earlier one. */
export const reachedOf = ({ steps, reached }) => Math.max(steps, reached);

/** Returns [learning rate, decay] of a step. */
export const ratesAt = ({ lr, l2, turns, steps }) => turns.findLast(([since]) => since <= steps)?.slice(1) ?? [lr, l2];

/** Returns the branches of a state with the run at hand among them, as far as it went; the oldest ones give way. */
function kept(state) {
  if (reachedOf(state) === 0) return state.branches;
  const others = state.branches.filter((each) => !areSame(RUN, each, state));
  return [...others, { ...picked(RUN, state), steps: reachedOf(state) }].slice(-MOST_BRANCHES);
}

/**
 * Returns what changes where a run begins anew with other settings. What was done to the start weights is done to them
 * again, unless they are others; of other points it leaves no run to compare.
 */
export function begun(state, patch, hasOtherWeights = false) {
  const ofStart = (list) => (hasOtherWeights ? [] : list.filter(([since]) => since === 0));
  const next = { steps: 0, reached: 0, edits: ofStart(state.edits), turns: [], locks: ofStart(state.locks) };
  const whole = { ...state, ...patch, ...next };
  if (!areSame(GROUND, state, whole)) return { ...next, branches: [] };
  if (areSame(RUN, state, whole)) return { ...next, reached: reachedOf(state), branches: state.branches };
  return { ...next, branches: kept(state) };
}

/** Returns what changes where, at the step at hand, something is done: a list of `what` gets another entry. */
export function steered(state, what, entry) {
  const at = state.steps;
  const past = ([since]) => since < at;
  const most = { edits: MOST_EDITS, turns: MOST_TURNS, locks: MOST_EDITS }[what];
  const isOther = ([since, place]) => since !== at || (what !== "turns" && place !== entry[0]);
  const lists = Object.fromEntries(["edits", "turns", "locks"].map((name) => [name, state[name].filter((each) => past(each) || each[0] === at)]));
  lists[what] = [...lists[what].filter(isOther).slice(0, most - 1), [at, ...entry]];
  const isSame = reachedOf(state) === at || areSame(RUN, state, { ...state, ...lists });
  return { ...lists, reached: isSame ? reachedOf(state) : at, branches: isSame ? state.branches : kept(state) };
}

/** Returns what changes where a branch is gone back to; the run at hand is a branch then. */
export function goneBack(state, branch) {
  const branches = kept({ ...state, branches: state.branches.filter((each) => each !== branch) });
  return { ...branch, reached: branch.steps, branches: branches.filter((each) => !areSame(RUN, each, branch)) };
}

const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const TOLD = {
  hidden: ({ hidden }) => (hidden.length ? `layers ${hidden.join("-")}` : "no hidden layer"),
  activation: ({ activation }) => activation,
  optimizer: ({ optimizer }) => optimizer,
  lr: ({ lr }) => `η ${short(lr)}`,
  l2: ({ l2 }) => `λ ${short(l2)}`,
  batch: ({ batch }) => `batch ${batch}`,
  seed: ({ seed }) => `start ${seed + 1}`,
  edits: ({ edits }) => (edits.length ? `${counted(edits.length, "weight", "weights")} set by hand` : "no weight set by hand"),
  turns: ({ turns }) => (turns.length ? turns.slice(-2).map(([since, lr, l2]) => `η ${short(lr)}, λ ${short(l2)} from step ${since} on`).join(", ") : "η and λ as at the start"),
  locks: ({ locks }) => (locks.length ? `${counted(lockedAt(locks, Infinity).length, "weight", "weights")} locked` : "no weight locked"),
};

/** Returns how a run differs from another, in words. */
export const difference = (run, other) => RUN.filter((name) => !areSame([name], run, other)).map((name) => TOLD[name](run)).join("; ");

/** Returns a list of the branches with `show(state)`; `goBack(branch)` and `forget()` are told. */
export function branchList(goBack, forget) {
  const list = h("div", { class: "branches" });
  const element = h("div", { class: "stack", hidden: true }, h("h4", {}, "Runs that were left"), list, h("p", { class: "faint" }, "Grey in the curves, by their numbers. Press one to go back to it: the run at hand is kept in its place. Words say what is different there."), button("Forget them", forget));
  let [built, latest] = ["", null];
  element.show = (state) => {
    latest = state;
    element.hidden = state.branches.length === 0;
    const told = state.branches.map((each, place) => `${place + 1}: ${difference(each, state) || "as at hand"}; to step ${each.steps.toLocaleString("en")}`);
    if (String(told) === built) return;
    built = String(told);
    put(list, told.map((text, place) => button(text, () => goBack(latest.branches[place]))));
  };
  return element;
}
