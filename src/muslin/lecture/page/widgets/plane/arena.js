/** The arena: two nets with one thing changed, which take the same steps side by side. */

import { h, put } from "../../parts/dom.js";
import { chart } from "../../parts/chart.js";
import { choice, numberField } from "../../parts/fields.js";
import { percent, short } from "../../parts/numbers.js";
import { predictFirst } from "../../parts/predict.js";
import { Network } from "../../maths/network.js";
import { FASTEST, MOST_DECAY, MOST_POINTS, SLOWEST } from "./limits.js";
import { planeMap } from "./map.js";
import { choicesOf, DIFFERS, otherThan, rivalRecipe } from "./rival.js";
import { runner } from "./runner.js";
import { layersField } from "./settings.js";

export const BOUT = 500; // steps, after which the losses are compared
const NAMES = ["this net", "the other net"];
const TITLES = ["This net", "The other net"];
const RANGES = { lr: [SLOWEST, FASTEST], l2: [0, MOST_DECAY], batch: [1, MOST_POINTS] };

/**
 * Returns an element with `pair(state)`, which makes the rival; `follow(steps)`, which takes it to a step of the first
 * net, and `isBusy()`, until it is there; `show({network, recipe, state, result})` of the first net; and `bout()`, both
 * losses after BOUT steps, {mine, other}, or null.
 *
 * `change({rival})` is told what differs, and `arrived()` that the rival is there; `hand` is of the maps.
 */
export function arena(values, hand, { change, arrived }) {
  let rival = null; // {state, recipe, network, result, brokeAt}
  let [now, built, losses] = [null, "", null];
  const guess = predictFirst({
    question: `Both nets take the same ${BOUT} steps. Which will then have the lower loss on fresh points?`,
    options: NAMES,
  });
  const which = choice({ label: "what differs", options: [["", "nothing: no rival"], ...Object.entries(DIFFERS)], value: "" }, (name) => change({ rival: name ? [name, otherThan(name, now, values)] : null }));
  const value = h("div", { class: "field" });
  const maps = NAMES.map((name) => planeMap(`the plane, and what ${name} says of it`, hand));
  const numbers = NAMES.map(() => h("p", { class: "numbers-live" }));
  const curves = chart({ title: "Loss of both", x: "step", y: "nats", low: 0 });
  const verdict = h("p", { class: "numbers-live", role: "status" });
  const problem = h("div", { role: "alert" });
  const ring = h("div", { class: "stack" }, guess, problem, h("div", { class: "columns" }, maps.map((map, place) => h("div", { class: "stack" }, h("h4", {}, TITLES[place]), map, numbers[place])), h("div", { class: "stack" }, curves, verdict)));
  const element = h("div", { class: "stack" }, h("h4", {}, "Arena: two nets, one thing changed"), h("div", { class: "fields" }, which, value), ring);

  const run = runner({
    arrived(answer, asked) {
      if (asked !== rival?.recipe) return;
      put(problem);
      rival.result = answer;
      rival.network.parameters.set(answer.parameters);
      if (answer.steps < rival.wanted) element.follow(rival.wanted);
      else arrived();
    },
    broke({ at, problem: why }, asked) {
      if (asked !== rival?.recipe) return;
      rival.brokeAt = at;
      put(problem, h("p", { class: "problem" }, `At step ${at} the other net broke: ${why}. Change what differs, or go back with Undo or Reset.`));
    },
  });

  element.pair = (state) => {
    const isOther = String(now?.rival) !== String(state.rival);
    now = state;
    ring.hidden = state.rival === null;
    which.show(state.rival ? state.rival[0] : "");
    showValue(state.rival);
    put(problem);
    losses = null;
    if (isOther) guess.clear();
    rival = null;
    if (!state.rival) return run.end();
    const recipe = rivalRecipe(state, values);
    const { sizes, activation, loss, start } = recipe;
    rival = { recipe, network: new Network({ sizes, activation, loss, parameters: Float64Array.from(start) }), result: null, wanted: 0, brokeAt: Infinity };
  };
  element.follow = (steps) => {
    if (!rival || steps > rival.brokeAt) return;
    rival.wanted = steps;
    if (rival.result?.steps !== steps) run.ask({ recipe: rival.recipe, steps });
  };
  element.isBusy = run.isBusy;
  element.bout = () => losses;

  element.show = (first) => {
    if (!rival?.result || rival.result.steps !== first.result.steps) return;
    const { steps } = rival.result;
    const both = [first, { ...first, network: rival.network, recipe: rival.recipe, result: rival.result }];
    both.forEach((each, place) => {
      const { train, test } = each.result;
      maps[place].show({ ...each, hasLine: false });
      maps[place].summarise(`${percent(test.right)} of fresh points are right after ${steps} steps.`);
      put(numbers[place], place ? `${told(now.rival)}: ` : "", "loss ", h("strong", {}, short(train.loss)), ", fresh points ", h("strong", {}, short(test.loss)), "; right ", h("strong", {}, percent(test.right)), " of those");
    });
    const lines = both.map(({ result, recipe }) => [1, 2].map((kind) => result.marks.map((mark) => [mark[0] * Math.ceil(recipe.labels.length / recipe.batch), mark[kind]])));
    curves.show(lines.flatMap(([train, test], place) => [
      { name: `${NAMES[place]}, its points`, points: train, colour: place ? 3 : 1 },
      { name: "fresh points", points: test, colour: place ? 4 : 2, dashed: true },
    ]));
    const [mine, other] = both.map(({ result }) => result.test.loss);
    if (steps === BOUT) {
      losses = { mine, other };
      if (mine !== other) guess.answer(Number(other < mine), `${short(mine)} for this net, ${short(other)} for the other.`);
    }
    put(verdict, losses ? `After ${BOUT} steps, fresh points: ${short(losses.mine)} for this net, ${short(losses.other)} for the other: ${losses.other === losses.mine ? "no difference" : `${NAMES[Number(losses.other < losses.mine)]} is ahead`}.` : steps > BOUT ? `The bout was over at step ${BOUT}: Reset, and play.` : `The bout is over at step ${BOUT}.`);
  };
  return element;

  function showValue(differs) {
    const [name, given] = differs ?? ["", null];
    if (name !== built) {
      built = name;
      put(value, name && made(name, given));
    }
    if (name) value.firstChild.show(given);
  }

  function made(name, given) {
    const choices = choicesOf(name, values);
    const label = `the other net’s ${DIFFERS[name]}`;
    if (choices) return choice({ label, options: choices, value: given }, (chosen) => change({ rival: [name, chosen] }));
    if (name === "hidden") return layersField({ label }, (hidden) => change({ rival: [name, hidden] }));
    const [min, max] = RANGES[name];
    return numberField({ label, min, max, value: given }, (typed) => change({ rival: [name, name === "batch" ? Math.round(typed) : typed] }));
  }
}

const told = ([name, value]) => (name === "hidden" ? `layers ${value.join("-") || "none hidden"}` : name === "seed" ? `start ${value + 1}` : `${DIFFERS[name].replace(/,.*/, "")} ${value}`);
