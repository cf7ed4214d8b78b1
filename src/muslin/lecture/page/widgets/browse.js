/** Four hundred garments: filtered, searched, and one of them with its nearest and with what each rung says of it. */

import { h, put } from "../parts/dom.js";
import { flag, maybe, text, whole } from "../parts/checks.js";
import { check, choice } from "../parts/fields.js";
import { formula } from "../parts/formula.js";
import { garment, unpacked } from "../parts/garments.js";
import { fixed, percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { shelf } from "./browse/shelf.js";

const MOST_LETTERS = 30;
const ASKED = [1, 5, 6, 8]; // classes of the question
const ALL = "all";

export const start = () => ({ chosen: 0, label: null, hard: false, search: "" });
export const checks = ({ labels, classes }) => ({ chosen: whole(0, labels.length - 1), label: maybe(whole(0, classes.length - 1)), hard: flag, search: text(MOST_LETTERS) });

export function mount(root, { values, store, say }) {
  const { classes, labels, near, rungs, places } = values;
  const pictures = unpacked(values.garments);
  const named = (place) => `${classes[labels[place]]}, test picture ${places[place]}`;
  const right = labels.map((label, place) => rungs.filter(({ answers }) => answers[place] === label).length);
  const strays = classes.map((_, label) => labels.filter((each, place) => each === label && labels[near[place][0]] !== label).length);
  const worst = ASKED.reduce((one, other) => (strays[other] > strays[one] ? other : one));
  let hovered = null;
  const pick = (chosen) => store.change({ chosen });
  const all = shelf(pictures.map((pixels, place) => garment(pixels, named(place))), pick, (place) => {
    hovered = place;
    detail();
  });
  const which = choice({ label: "Class", options: [[ALL, "all ten"], ...classes.map((name, label) => [label, name])], value: ALL }, (label) => store.change({ label: label === ALL ? null : label }));
  const hard = check({ label: "Only those that most rungs get wrong", value: false }, (value) => store.change({ hard: value }));
  const search = h("input", { type: "text", id: "garment-search", maxlength: MOST_LETTERS, oninput: () => store.change({ search: search.value }, { undoable: false }) });
  const count = h("p", { class: "faint", role: "status" });
  const shown = h("div", { class: "garment-shown" });
  const guess = predictFirst({ question: "The nearest picture by pixels is most often of another class for which of these? Then choose one of it.", options: ASKED.map((label) => classes[label]) });
  const todo = tasks(
    [
      { text: "Find a garment whose five nearest are all of another class.", isDone: ({ chosen }) => near[chosen].every((other) => labels[other] !== labels[chosen]), hint: "Where classes look alike: shirts, coats, pullovers." },
      { text: "Find a garment that the ResNet alone gets right, or with one other rung.", isDone: ({ chosen }) => right[chosen] <= 2 && rungs.at(-1).answers[chosen] === labels[chosen], hint: "Show only those that most rungs get wrong." },
      { text: "Walk from neighbour to neighbour into another class than you came from.", isDone: ({ chosen, before }) => before && near[before.chosen].includes(chosen) && labels[chosen] !== labels[before.chosen] },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Four hundred garments"),
    guess,
    h("div", { class: "fields" }, which, h("div", { class: "field" }, h("label", { for: "garment-search" }, "Search"), search), hard, count),
    h("div", { class: "browse-columns" }, all, shown),
    h("p", { class: "faint" }, `Recorded: each rung learnt the same ${values.pictures.toLocaleString("en")} training pictures, drawn by lot with seed ${values.seed}, and was tested on ${values.tested.toLocaleString("en")}. `, h("code", {}, "python -m benchmarks.measure.rungs")),
    todo,
  );

  /** Shows the garment under the cursor, or else the one that was chosen. */
  function detail() {
    const place = hovered ?? store.state.chosen;
    const label = labels[place];
    put(
      shown,
      h("div", { class: "garment-large" }, garment(pictures[place], named(place)), h("div", {}, h("h4", {}, classes[label]), h("p", { class: "faint" }, `test picture ${places[place]}`),
        h("p", {}, `${right[place]} of ${rungs.length} rungs get it right.`))),
      h("h4", {}, "The five nearest by pixels"),
      h("p", {}, formula(values.formula), "  ", h("code", {}, "muslin.textbook.distances.l2_distance")),
      h("div", { class: "nearest" }, near[place].map((other, rank) =>
        h("button", { type: "button", "aria-label": `Go to the ${rank + 1}. nearest: ${named(other)}`, onclick: () => { hovered = null; pick(other); shown.querySelectorAll(".nearest button")[rank]?.focus(); } },
          garment(pictures[other], ""), h("span", { class: labels[other] === label ? "" : "stray" }, classes[labels[other]]), h("span", { class: "numbers-live" }, fixed(values.distances[place][rank], 2))))),
      h("h4", {}, "What the ladder says"),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The rungs’ answers" }, h("table", { class: "rungs" },
        h("thead", {}, h("tr", {}, ["rung", "says", "", "of all right"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, rungs.map(({ name, answers, accuracy, summary }) => h("tr", { title: summary }, h("th", { scope: "row" }, name), h("td", { class: "text" }, classes[answers[place]]),
          h("td", { class: answers[place] === label ? "right" : "wrong" }, answers[place] === label ? "✓ right" : "✗ wrong"), h("td", {}, percent(accuracy, 1))))))),
    );
  }

  const show = (state, before = null) => {
    const words = state.search.trim().toLowerCase();
    const fits = labels.map((label, place) =>
      (state.label === null || label === state.label) && (!state.hard || right[place] < rungs.length / 2) && named(place).toLowerCase().includes(words));
    all.show(fits, state.chosen);
    which.show(state.label ?? ALL);
    hard.show(state.hard);
    if (document.activeElement !== search) search.value = state.search;
    put(count, `${fits.filter(Boolean).length} of ${labels.length}`);
    detail();
    todo.check({ ...state, before });
    if (before && before.chosen !== state.chosen && labels[state.chosen] === worst) guess.answer(ASKED.indexOf(worst), `Of ${ASKED.map((label) => `${classes[label]} ${strays[label]}`).join(", ")}, of 40 each.`);
  };
  store.onChange(show);
  show(store.state);
}
