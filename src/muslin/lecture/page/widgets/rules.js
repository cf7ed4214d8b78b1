/** The rules about garments: what is measured, which rules fire, why and why not, and what a threshold is worth. */

import { h, put } from "../parts/dom.js";
import { maybe, oneOf, text, whole } from "../parts/checks.js";
import { choice } from "../parts/fields.js";
import { garment, unpacked } from "../parts/garments.js";
import { player } from "../parts/player.js";
import { percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { editor } from "./rules/editor.js";
import { gallery } from "./rules/gallery.js";
import { thresholds } from "./rules/thresholds.js";
import { because, firing } from "./rules/told.js";

const MOST_TURNS = 100; // as many as there may be rules
const FIRST = 54; // the picture that a new visitor sees

export const start = (values) => ({ picture: FIRST, turn: MOST_TURNS, asked: null, threshold: 0, at: values.thresholds[0].written, rules: null });

export const checks = (values) => ({
  picture: whole(0, values.labels.length - 1),
  turn: whole(0, MOST_TURNS),
  asked: maybe(oneOf(...values.classes.keys())),
  threshold: oneOf(...values.thresholds.keys()),
  at: whole(0, Math.max(...values.thresholds.map((each) => each.values.length)) - 1),
  rules: maybe(text(values.letters)),
});

export function agree({ threshold, at }, { thresholds: all }) {
  if (at >= all[threshold].values.length) throw new Error(`at is ${at}; that threshold has ${all[threshold].values.length} values`);
}

export function mount(root, { values, store, live, say, onVisible }) {
  const pictures = unpacked(values.pictures);
  let answer = null; // Python's, to the rules of the person
  let latest = 0; // question: what comes back for an older one is dropped
  let isDragged = false;
  const change = (patch, isLast = true) => {
    store.change(patch, { undoable: !isDragged });
    isDragged = !isLast;
  };
  const toldNow = () => answer?.told ?? values.told[store.state.picture];
  const answersNow = ({ threshold, at }) => answer?.answers ?? values.thresholds[threshold].answers[at];
  const turnNow = () => Math.min(store.state.turn, toldNow().fired.length);

  const picks = gallery(values, (picture) => picture !== store.state.picture && choose(picture));
  const large = h("div", { class: "large" });
  const verdict = h("p", { class: "numbers-live", role: "status" });
  const fired = firing();
  const reasons = because();
  const asked = choice({ label: "Why, or why not,", options: values.classes.map((name, place) => [place, name]), value: 0 }, (place) => change({ asked: place }));
  const moved = thresholds(values, (threshold, at, isLast) => {
    change({ threshold, at }, isLast);
  }, reveal);
  const own = editor(values, live, run, () => {
    forget();
    own.tell(null);
    change({ rules: null });
  });
  const controls = player(root, { onVisible }, {
    store,
    step: () => turnNow() < toldNow().fired.length && change({ turn: turnNow() + 1 }),
    back: () => turnNow() > 0 && change({ turn: turnNow() - 1 }),
    reset: () => change({ turn: 0 }),
  });
  const guess = predictFirst({
    question: `${values.rules} rules, written by hand, nothing learnt. Of 10,000 garments that they were not written for, how many do they name rightly?`,
    options: ["about a third", "about seven in ten", "nearly all"],
  });
  const todo = tasks(
    [
      { text: "Find a garment that the rules name wrongly, and ask why not its own class.", isDone: ({ picture, asked: place, answers }) => place === values.labels[picture] && answers[picture] !== place, hint: "✗ marks those with a wrong answer; then choose the class below." },
      { text: "Let the rules fire one by one on a bag, until it is named.", isDone: ({ picture, turn }) => values.classes[values.labels[picture]] === "Bag" && turn < MOST_TURNS && turn > 0 && turn === values.told[picture].fired.length, hint: "Choose a bag, Reset, then Step." },
      { text: "Move a threshold so that more of the 10,000 are named rightly than as it is written.", isDone: ({ threshold, at }) => values.thresholds[threshold].accuracy[at] > values.accuracy },
      ...(live ? [{ text: "Change the rules’ text so that they are better than they were.", isDone: () => answer?.accuracy > values.accuracy }] : []),
    ],
    say,
  );

  put(
    root,
    guess,
    h("div", { class: "garment-choice" }, picks, h("div", {}, large, verdict)),
    controls,
    fired,
    h("div", { class: "fields" }, asked),
    reasons,
    h("p", {}, h("code", {}, "session.why(\"class = bag\")"), " and ", h("code", {}, "session.why_not(\"class = shirt\")"), " of muslin.textbook.rules write this."),
    moved,
    own,
    todo,
  );

  function reveal() {
    moved.reveal();
    guess.answer(1, `It is ${percent(values.accuracy, 2)}: what is easily told is told, and shirts, coats and pullovers are confused.`);
  }

  function forget() {
    latest += 1;
    answer = null;
  }

  async function choose(picture) {
    change({ picture, asked: null, turn: store.state.turn < MOST_TURNS ? 0 : MOST_TURNS });
    if (store.state.rules !== null && live) await run(store.state.rules).catch((error) => say(error.message, true));
  }

  async function run(rules) {
    const { picture } = store.state;
    const question = (latest += 1);
    const found = await live.ask("rules", { text: rules, picture });
    if (question !== latest) return;
    if (store.state.picture !== picture) return run(rules);
    answer = found;
    change({ rules: rules === values.text ? null : rules });
    own.tell(answer);
    show(store.state);
  }

  function show(state) {
    const answers = answersNow(state);
    const changed = answers.flatMap((each, place) => (each === values.answers[place] ? [] : [place]));
    const [label, said] = [values.labels[state.picture], answers[state.picture]];
    const told = toldNow();
    picks.show(state.picture, answers, changed);
    put(large, garment(pictures[state.picture], `${values.classes[label]}, 28 × 28 pixels`));
    put(verdict, `${values.classes[label]}. The rules say: `, h("strong", {}, said < 0 ? "nothing" : values.classes[said]), said === label ? " ✓" : " ✗",
      !answer && said !== values.answers[state.picture] ? ". What follows is of the rules as they are written." : null);
    fired.show(Object.fromEntries(Object.entries(values.measured).map(([name, column]) => [name, column[state.picture]])), told, turnNow());
    const place = state.asked ?? (said < 0 ? label : said);
    asked.show(place);
    reasons.show(told, place);
    moved.show(state.threshold, state.at, changed);
    if (state.at !== values.thresholds[state.threshold].written) reveal();
    own.show(state.rules ?? values.text);
    todo.check({ ...state, answers });
  }

  store.onChange((state, before) => {
    if (state.rules === null && before.rules !== null) forget();
    show(state);
  });
  show(store.state);
  if (store.state.rules !== null && live) run(store.state.rules).catch((error) => say(error.message, true));
}
