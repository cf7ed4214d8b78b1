/** What is true and what is believed, as bars under the hand: entropy, cross-entropy, and the gap between them. */

import { button, h, put } from "../parts/dom.js";
import { list, number, oneOf } from "../parts/checks.js";
import { choice, slider } from "../parts/fields.js";
import { formula } from "../parts/formula.js";
import { short } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { crossEntropy, entropy, klDivergence, surprise } from "../maths/information.js";

const NEAR = 1e-6; // by which the shares of a link may miss 1
const UNITS = { 2: "bits", e: "nats" };

export const start = (values) => ({ p: values.p, q: values.q, base: "2" });
export const checks = (values) => {
  const shares = list(number(0, 1), values.outcomes.length, values.outcomes.length);
  return { p: shares, q: shares, base: oneOf("2", "e") };
};
export function agree({ p, q }) {
  for (const [name, shares] of [["p", p], ["q", q]])
    if (Math.abs(shares.reduce((sum, each) => sum + each, 0) - 1) > NEAR) throw new Error(`${name} does not sum to 1`);
}

/** Returns shares of which one was set, and the others have the rest in the proportions that they had. */
function withShare(shares, place, value) {
  const rest = shares.reduce((sum, each, at) => (at === place ? sum : sum + each), 0);
  const found = shares.map((each, at) => (at === place ? value : rest > 0 ? (each / rest) * (1 - value) : (1 - value) / (shares.length - 1)));
  const sum = found.reduce((one, other) => one + other, 0);
  return found.map((each) => each / sum);
}

export function mount(root, { values, store, say }) {
  const { outcomes } = values;
  const guess = predictFirst({
    question: "You believe that an outcome is impossible, and it happens one time in a thousand. How large is the cross-entropy?",
    options: ["a little larger than the entropy", "a thousand times larger", "infinite"],
  });
  const sliders = { p: [], q: [] };
  const surprises = { p: [], q: [] };
  const side = (name, title, note) =>
    h(
      "div",
      { class: "stack" },
      h("h4", {}, title),
      h("p", { class: "faint" }, note),
      outcomes.map((outcome, place) => {
        sliders[name][place] = slider({ label: outcome, min: 0, max: 1, step: 0.005, value: 0.25 }, (value, isLast) => store.change({ [name]: withShare(store.state[name], place, value) }, { undoable: isLast }));
        surprises[name][place] = h("span", { class: "faint numbers-live share" });
        return h("div", { class: "belief" }, sliders[name][place], surprises[name][place]);
      }),
      h("div", { class: "fields" }, button("Even", () => store.change({ [name]: outcomes.map(() => 1 / outcomes.length) })), name === "q" && button("Believe the truth", () => store.change({ q: store.state.p }))),
    );
  const base = choice({ label: "unit", options: [["2", "bits"], ["e", "nats"]], value: "2" }, (chosen) => store.change({ base: chosen }));
  const bars = ["entropy", "cross_entropy", "kl_divergence"].map((name) => ({ name, bar: h("span"), text: h("strong", { class: "numbers-live" }) }));
  const why = h("p", { role: "status" });
  const table = asTable("each outcome’s part", () => [
    ["outcome", "p", "q", "surprise if p", "surprise if q", "part of H(p, q)"],
    ...outcomes.map((outcome, at) => {
      const { p, q } = store.state;
      return [outcome, short(p[at]), short(q[at]), short(surprise(p[at], unit())), short(surprise(q[at], unit())), p[at] > 0 ? short(p[at] * surprise(q[at], unit())) : "0"];
    }),
  ]);
  const todo = tasks(
    [
      { text: "Make the truth as uncertain as it can be.", isDone: ({ h: { entropy: value }, base: chosen }) => value > Math.log(outcomes.length) / (chosen === "2" ? Math.LN2 : 1) - 1e-3 },
      { text: "Close the gap without making the truth even.", isDone: ({ h: found, p }) => found.kl_divergence < 1e-6 && Math.max(...p) > 0.3 },
      { text: "Make the cross-entropy infinite.", isDone: ({ h: found }) => found.cross_entropy === Infinity, hint: "Believe 0 of what may happen." },
    ],
    say,
  );
  put(
    root,
    guess,
    h("div", { class: "columns" }, side("p", "What is true: p", "how often each is really drawn"), side("q", "What you believe: q", "how often you expect it")),
    h("div", { class: "fields" }, base),
    h("div", { class: "gap" }, bars.map(({ name, bar, text }) => h("div", { class: "line-of-gap" }, h("div", {}, formula(values.formulas[name])), h("div", { class: "meter", "aria-hidden": "true" }, bar), text, h("code", {}, name === "entropy" ? "entropy(p)" : `${name}(p, q)`)))),
    why,
    table,
    todo,
  );

  const unit = () => (store.state.base === "2" ? 2 : null);

  const show = (state) => {
    for (const name of ["p", "q"])
      state[name].forEach((share, place) => {
        sliders[name][place].show(Number(share.toFixed(4)));
        put(surprises[name][place], `surprise ${short(surprise(share, unit()), 3)}`);
      });
    base.show(state.base);
    const [p, q] = [Float64Array.from(state.p), Float64Array.from(state.q)];
    const found = { entropy: entropy(p, unit()), cross_entropy: crossEntropy(p, q, unit()), kl_divergence: klDivergence(p, q, unit()) };
    const most = Math.max(1, ...Object.values(found).filter(Number.isFinite));
    for (const { name, bar, text } of bars) {
      bar.style.width = `${Number.isFinite(found[name]) ? (100 * found[name]) / most : 100}%`;
      bar.classList.toggle("endless", found[name] === Infinity);
      put(text, `${short(found[name])} ${UNITS[state.base]}`);
    }
    const never = outcomes.filter((_, at) => state.p[at] > 0 && state.q[at] === 0);
    put(why, never.length ? `You believe that ${never.join(" and ")} never happens, and it does: its surprise is −log 0, which is infinite, however seldom it comes.` : found.kl_divergence < 1e-9 ? "Believed as it is true: nothing is paid beyond the entropy." : `The wrong belief costs ${short(found.kl_divergence)} ${UNITS[state.base]} a draw beyond what the truth costs.`);
    if (never.length) guess.answer(2, "0.001 times infinity is infinite.");
    table.renew();
    todo.check({ ...state, h: found });
  };
  store.onChange(show);
  show(store.state);
}
