/** Twenty questions: a hidden garment, yes or no, and how many bits each answer gave about its class. */

import { button, h, put } from "../parts/dom.js";
import { list, whole } from "../parts/checks.js";
import { choice } from "../parts/fields.js";
import { formula, written } from "../parts/formula.js";
import { bytesOf, garment, unpacked } from "../parts/garments.js";
import { fixed, percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { Known } from "./questions/known.js";

const MOST = 20;
const FEW = 5;
const NOTHING = 1e-9; // bits

export const start = () => ({ garment: 0, question: 0, asked: [], guess: -1 });
export const checks = ({ classes, questions, labels }) => ({
  garment: whole(0, labels.length - 1),
  question: whole(0, questions.length - 1),
  asked: list(whole(0, questions.length - 1), MOST),
  guess: whole(-1, classes.length - 1),
});

export function mount(root, { values, store, say }) {
  const { classes, questions, labels } = values;
  const known = new Known(bytesOf(values.known.answers), values.known.labels, classes.length);
  const pictures = unpacked(values.pictures);
  const offered = threeOf(values.bits);
  const firstNamed = new Map(); // what each garment was first named, before it was seen
  const guess = predictFirst({ question: "Of a garment nothing is known. Which first question tells most about its class?", options: offered.map((at) => questions[at]) });
  const question = choice({ label: "Question", options: questions.map((text, at) => [at, text]), value: 0 }, (at) => store.change({ question: at }));
  const ask = button("Ask", () => store.change({ asked: [...store.state.asked, store.state.question] }));
  const back = button("Back", () => store.change({ asked: store.state.asked.slice(0, -1), guess: -1 }));
  const again = button("Another garment", () => store.change({ garment: (store.state.garment + 1) % labels.length, asked: [], guess: -1 }));
  const undo = button("Undo", () => store.undo());
  const hidden = h("div", { class: "secret" });
  const named = h("div", { class: "fields" }, classes.map((name, at) => button(name, () => store.change({ guess: at }))));
  const verdict = h("p", { role: "status" });
  const bars = h("div", { class: "shares" });
  const [left, working] = [h("p", { class: "numbers-live", role: "status" }), h("div", { class: "working" })];
  const answers = h("ol", { class: "asked" });
  const table = asTable("what each question is expected to tell now", () => {
    const { garments } = knownOf(store.state);
    const rows = questions.map((text, at) => [text, known.worth(garments, at).expected]);
    return [["question", "bits"], ...rows.sort((one, other) => other[1] - one[1]).map(([text, bits]) => [text, fixed(bits)])];
  });
  const todo = tasks(
    [
      { text: `Name a garment rightly after at most ${FEW} questions.`, isDone: ({ state }) => firstNamed.get(state.garment) === labels[state.garment] && state.asked.length > 0 && state.asked.length <= FEW, hint: "The table tells what each question is worth now." },
      { text: "Ask a question that can tell nothing.", isDone: ({ last }) => last !== null && last.expected < NOTHING, hint: "One whose answer you know." },
      { text: "Get an answer that leaves you less sure than before.", isDone: ({ last }) => last !== null && last.told < -NOTHING, hint: "On average no question does; a single answer can, where a class was likely and is not any more." },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Twenty questions"),
    guess,
    h("div", { class: "fields" }, question, ask, back, again, undo),
    h(
      "div",
      { class: "columns" },
      h("div", { class: "stack" }, hidden, verdict, h("h4", {}, "It is a …"), named, h("h4", {}, "Asked"), answers),
      h("div", { class: "stack" }, h("h4", {}, "What it may still be"), bars, left, h("p", {}, formula(values.formula)), working, h("p", {}, h("code", {}, values.python)), table, todo),
    ),
  );

  /** What is known after the answers so far: the garments that answer alike, and each answer's worth. */
  function knownOf(state) {
    const said = state.asked.map((at) => [at, values.answers[state.garment][at]]);
    const lines = said.map(([at, answer], place) => {
      const before = known.alike(said.slice(0, place));
      const worth = known.worth(before, at);
      const after = known.bits(known.alike(said.slice(0, place + 1)));
      return { at, answer, ...worth, told: worth.before - after, garments: before };
    });
    return { garments: known.alike(said), lines };
  }

  const show = (state) => {
    const { garments, lines } = knownOf(state);
    const shares = known.shares(garments);
    const isNamed = state.guess >= 0;
    if (isNamed && !firstNamed.has(state.garment)) firstNamed.set(state.garment, state.guess);
    const isRight = state.guess === labels[state.garment];
    question.show(state.question);
    ask.disabled = state.asked.length >= MOST || isNamed;
    back.disabled = !state.asked.length;
    undo.disabled = !store.canUndo;
    put(hidden, isNamed ? garment(pictures[state.garment], classes[labels[state.garment]]) : h("span", { "aria-hidden": "true" }, "?"), h("span", {}, `Garment ${state.garment + 1} of ${labels.length}${isNamed ? "" : ", hidden"}`));
    named.childNodes.forEach((each, at) => {
      each.setAttribute("aria-pressed", String(at === state.guess));
      each.disabled = isNamed;
    });
    put(verdict, isNamed && [h("strong", {}, isRight ? "Right: " : "No: "), `it is ${classes[labels[state.garment]]}, after ${state.asked.length} question${state.asked.length === 1 ? "" : "s"}.`]);
    put(bars, classes.map((name, at) => h("div", { class: "share-line" }, h("span", {}, name), h("div", { class: "meter", "aria-hidden": "true" }, bar(shares[at])), h("span", {}, percent(shares[at], 0)))));
    put(left, garments.length ? [`${garments.length.toLocaleString("en")} of ${known.labels.length.toLocaleString("en")} known garments answer so; `, h("strong", {}, `${fixed(known.bits(garments), 2)} bits`), " are missing."] : "No known garment answers so: the answers so far are of a garment unlike all of them. Go one back.");
    put(answers, lines.map(({ at, answer, told, expected, garments: before }) => {
      const best = Math.max(...questions.map((_, each) => known.worth(before, each).expected));
      return h("li", {}, `${questions[at]} `, h("strong", {}, answer ? "yes" : "no"), `: ${fixed(told, 2)} bits; expected ${fixed(expected, 2)}, of the best ${fixed(best, 2)}.`);
    }));
    const last = lines.at(-1) ?? null;
    const [no, yes] = last?.parts ?? [];
    put(working, last && [written("I", "=", fixed(last.before)), " ", written("−", "(", fixed(no[0]), "·", fixed(no[1])), " ", written("+", fixed(yes[0]), "·", fixed(yes[1]), ")"), " ", written("=", fixed(last.expected))]);
    if (state.asked.length) guess.answer(offered.indexOf(best(offered, values.bits)), `It tells ${fixed(values.bits[best(offered, values.bits)], 2)} bits; a yes or no can tell one at the most.`);
    table.renew();
    todo.check({ state, last });
  };
  store.onChange(show);
  show(store.state);
}

const best = (places, bits) => places.reduce((one, other) => (bits[other] > bits[one] ? other : one));

/** Returns the best question, one of the middle and the worst, in the order that they are listed in. */
function threeOf(bits) {
  const order = Array.from(bits.keys()).sort((one, other) => bits[other] - bits[one]);
  return [order[0], order[order.length >> 1], order.at(-1)].sort((one, other) => one - other);
}

function bar(share) {
  const element = h("span");
  element.style.width = `${100 * share}%`;
  return element;
}
