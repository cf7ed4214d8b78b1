/** A run looked into: a cell of its confusion matrix, the pictures behind it, and why each was called so. */

import { button, h, put } from "../parts/dom.js";
import { whole } from "../parts/checks.js";
import { garment, unpacked } from "../parts/garments.js";
import { percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { matrix } from "../parts/matrix.js";
import { course } from "./run/course.js";
import { why } from "./run/why.js";

const SURE = 0.9;
const MOST_FETCHED = 10_000;

export const start = (values) => (values.missing ? {} : { label: 0, said: 0, picture: 0, epoch: values.epochs.length });
export const checks = (values) => {
  if (values.missing) return {};
  const place = whole(0, values.classes.length - 1);
  return { label: place, said: place, picture: whole(0, MOST_FETCHED), epoch: whole(1, values.epochs.length) };
};

export function mount(root, { values, store, live, say }) {
  if (values.missing) return put(root, h("h3", {}, "A run looked into"), h("p", { class: "problem" }, live ? values.missing : `${values.missing} This edition has no run: it was written without one.`));
  const { classes, confusion, side } = values;
  const cells = new Map(); // "label said": exhibits, more of which come from Python
  for (const each of values.exhibits) cellOf(each.label, each.said).push(each);
  const worst = worstOf(confusion);
  const pick = (label, said) => {
    store.change({ label, said, picture: 0 });
    if (label === worst) guess.answer(options.indexOf(worst), `${percent(confusion[worst][worst] / sum(confusion[worst]), 1)} of them are answered right.`);
  };
  const grid = matrix(values, pick);
  const title = h("h4");
  const shelf = h("div", { class: "shelf", role: "group", "aria-label": "Pictures of this cell" });
  const more = button("More of them", fetchMore);
  const reason = why(values);
  const learnt = course(values.epochs, (epoch, isLast) => store.change({ epoch }, { undoable: isLast }));
  const options = fourOf(confusion, worst);
  const guess = predictFirst({ question: "Which of these classes is answered worst? Then open any cell of its row.", options: options.map((place) => classes[place]) });
  const todo = tasks(
    [
      { text: "Open the right answers of the class that is answered best.", isDone: ({ label, said }) => label === said && label === bestOf(confusion), hint: "Bluest on the diagonal." },
      { text: `Find a picture that the run was more than ${percent(SURE, 0)} sure of, and wrong.`, isDone: ({ shown }) => shown && shown.label !== shown.said && (shown.likeliest[0]?.[1] ?? 0) > SURE },
      { text: "Find a mistake that the training pictures explain: the nearest of them has the class that was answered.", isDone: ({ shown }) => shown && shown.label !== shown.said && shown.near[0]?.label === shown.said },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "A run looked into"),
    h("p", {}, `${values.run}, ${values.model}: ${percent(values.accuracy, 2)} of ${sum(confusion.flat()).toLocaleString("en")} test pictures right. `, h("code", {}, `muslin lecture ${values.run}`)),
    guess,
    h("div", { class: "run-columns" }, h("div", {}, grid, todo), h("div", { class: "cell-shown" }, title, shelf, live && more, reason)),
    learnt,
  );

  function cellOf(label, said) {
    const key = `${label} ${said}`;
    if (!cells.has(key)) cells.set(key, []);
    return cells.get(key);
  }

  async function fetchMore() {
    const { label, said } = store.state;
    const known = cellOf(label, said);
    more.disabled = true;
    try {
      const found = await live.ask("run", { run: values.run, label, said, skip: known.length });
      known.push(...found);
      say(`${found.length} more pictures.`);
    } catch (error) {
      say(error.message, true);
    }
    show(store.state);
  }

  const show = (state) => {
    const { label, said } = state;
    const [known, count] = [cellOf(label, said), confusion[label][said]];
    const picture = Math.min(state.picture, Math.max(0, known.length - 1));
    const shown = known[picture] ?? null;
    grid.show(label, said);
    learnt.show(state.epoch);
    put(title, count === 0 ? `No ${classes[label]} was called ${classes[said]}.` : `${classes[label]} called ${classes[said]}: ${count.toLocaleString("en")}, the surest first`);
    put(shelf, known.map((each, place) =>
      h("button", { type: "button", "aria-pressed": String(place === picture), "aria-label": `Picture ${place + 1} of this cell`, onclick: () => { store.change({ picture: place }); shelf.children[place]?.focus(); } },
        garment(unpacked(each.picture, side)[0], "", side))));
    more.disabled = known.length >= count;
    if (count > 0 && known.length === 0 && !live) put(shelf, h("p", { class: "faint" }, "Its pictures were not recorded; muslin lecture has them all."));
    reason.show(shown);
    todo.check({ ...state, shown });
    if (live && count > 0 && known.length === 0 && !more.disabled) fetchMore();
  };
  store.onChange(show);
  show(store.state);
}

const sum = (values) => values.reduce((one, other) => one + other, 0);
const recall = (confusion) => confusion.map((row, place) => row[place] / (sum(row) || 1));
const worstOf = (confusion) => recall(confusion).indexOf(Math.min(...recall(confusion)));
const bestOf = (confusion) => recall(confusion).indexOf(Math.max(...recall(confusion)));

/** The class that is answered worst among three others, in the order of the classes. */
function fourOf(confusion, worst) {
  const others = confusion.map((_, place) => place).filter((place) => place !== worst);
  const stride = Math.max(1, Math.floor(others.length / 3));
  return [worst, ...others.filter((_, place) => place % stride === 0).slice(0, 3)].sort((one, other) => one - other);
}
