/** The garments nearest to one, re-sorted as one looks, and the difference of two that sums up to their distance. */

import { button, h, put } from "../parts/dom.js";
import { oneOf, whole } from "../parts/checks.js";
import { choice, slider } from "../parts/fields.js";
import { garment, raster, SIDE, unpacked } from "../parts/garments.js";
import { fixed, short } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { inOrder, vote as voteOf } from "../parts/vote.js";
import { l1Distance, l2Distance } from "../maths/distances.js";

const DISTANCES = { L1: l1Distance, L2: l2Distance };
const MOST = 25;

export const start = () => ({ chosen: 0, other: -1, k: 5, metric: "L2", only: -1 });
export const checks = (values) => ({
  chosen: whole(0, values.labels.length - 1),
  other: whole(-1, values.labels.length - 1),
  k: whole(1, MOST),
  metric: oneOf(...Object.keys(DISTANCES)),
  only: whole(-1, values.classes.length - 1),
});

export function mount(root, { values, store, say }) {
  const { classes, labels } = values;
  const pictures = unpacked(values.pictures);
  const numbers = pictures.map((picture) => Float64Array.from(picture, (pixel) => pixel / 255));
  const guess = predictFirst({
    question: "Of the five nearest garments, how many are of the same class as the one you choose, on average over all?",
    options: ["nearly all", "about seven in ten", "about half"],
  });
  const name = (place) => classes[labels[place]];
  const shelf = h("ul", { class: "rack", "aria-label": "garments to choose from" });
  const near = h("ol", { class: "rack" });
  const vote = h("p", { class: "numbers-live", role: "status" });
  const pair = h("div", { class: "pair-of-garments" });
  const fields = {
    only: choice({ label: "show", options: [[-1, "all classes"], ...classes.map((each, at) => [at, each])], value: -1 }, (only) => store.change({ only })),
    metric: choice({ label: "distance", options: Object.keys(DISTANCES).map((each) => [each, each]), value: "L2" }, (metric) => store.change({ metric })),
  };
  const k = slider({ label: "k nearest", min: 1, max: MOST, step: 1, value: 5 }, (value, isLast) => store.change({ k: Math.round(value) }, { undoable: isLast }));
  const mean = h("p", { class: "faint" });
  const todo = tasks(
    [
      { text: "Find a garment whose nearest one is of another class.", isDone: ({ order }) => labels[order[0]] !== labels[store.state.chosen], hint: "Shirts are close to everything." },
      { text: "Find one that L1 and L2 vote differently on.", isDone: ({ differs }) => differs },
      { text: "Find k so large that a garment, right with k = 1, is voted wrong.", isDone: ({ order, k: many, voted }) => many > 1 && labels[order[0]] === labels[store.state.chosen] && voted !== labels[store.state.chosen] },
    ],
    say,
  );
  const tile = (place, text, act) => h("li", {}, button(garment(pictures[place], name(place)), act, { class: "rack-tile", "aria-label": `${name(place)}, test picture ${values.rows[place]}${text ? `, ${text}` : ""}` }), text && h("span", {}, text));
  put(
    root,
    h("h3", {}, "The nearest garments"),
    guess,
    h("div", { class: "fields" }, fields.only, fields.metric, k),
    shelf,
    h("div", { class: "columns" }, h("div", { class: "stack" }, h("h4", {}, "The nearest, in order"), near, vote, mean), h("div", { class: "stack" }, h("h4", {}, "The difference, as a picture"), pair)),
    todo,
  );

  const sorted = (chosen, metric) => {
    const far = numbers.map((each) => DISTANCES[metric](numbers[chosen], each));
    return { far, order: inOrder(far).filter((at) => at !== chosen) };
  };
  const votedBy = (order, many) => voteOf(order.slice(0, many).map((at) => labels[at]))[0];
  let shown = "";

  const show = (state) => {
    for (const [key, each] of Object.entries(fields)) each.show(state[key]);
    k.show(state.k);
    if (shown !== `${state.only}`) {
      shown = `${state.only}`;
      put(shelf, labels.map((label, at) => (state.only < 0 ? at % 30 < 3 : label === state.only) && tile(at, "", () => store.change({ chosen: at, other: -1 }))));
    }
    const { far, order } = sorted(state.chosen, state.metric);
    put(near, order.slice(0, state.k).map((at) => tile(at, fixed(far[at], state.metric === "L1" ? 0 : 2), () => store.change({ other: at }))));
    const voted = votedBy(order, state.k);
    put(vote, `${state.k} nearest of ${name(state.chosen)} say `, h("strong", {}, classes[voted]), voted === labels[state.chosen] ? ": right." : ": wrong.");
    const other = state.other < 0 ? order[0] : state.other;
    const difference = numbers[state.chosen].map((value, pixel) => Math.abs(value - numbers[other][pixel]) ** (state.metric === "L1" ? 1 : 2));
    const sum = difference.reduce((one, each) => one + each, 0);
    const picture = raster(SIDE, SIDE, (pixel) => [255 * difference[pixel], 110 * difference[pixel], 30 * difference[pixel]]);
    picture.className = "garment";
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", `the difference of the two, pixel by pixel, summing to ${short(sum)}`);
    put(
      pair,
      h("div", { class: "difference" }, garment(pictures[state.chosen], `${name(state.chosen)}, chosen`), h("span", { "aria-hidden": "true" }, "−"), garment(pictures[other], name(other)), h("span", { "aria-hidden": "true" }, "→"), picture),
      h("p", { class: "numbers-live" }, state.metric === "L1" ? `The sum of |a − b| over 784 pixels, black 0 and white 1, is ` : `The sum of (a − b)² over 784 pixels is ${short(sum)}; its root is `, h("strong", {}, short(state.metric === "L1" ? sum : Math.sqrt(sum)))),
      h("p", {}, h("code", {}, `${state.metric === "L1" ? "l1" : "l2"}_distance(a, b)`), ` = ${short(far[other])}`),
    );
    const elsewhere = state.metric === "L1" ? "L2" : "L1";
    todo.check({ order, k: state.k, voted, differs: votedBy(sorted(state.chosen, elsewhere).order, state.k) !== voted });
  };
  store.onChange(show);
  show(store.state);
  guess.querySelectorAll("button").forEach((each) => each.addEventListener("click", () => {
    const same = numbers.map((_, at) => sorted(at, "L2").order.slice(0, 5).filter((found) => labels[found] === labels[at]).length / 5);
    const share = same.reduce((one, other) => one + other, 0) / same.length;
    put(mean, `Over all ${labels.length}, ${fixed(100 * share, 0)} % of the five nearest are of the same class.`);
    guess.answer(share > 0.85 ? 0 : share > 0.6 ? 1 : 2);
  }));
}
