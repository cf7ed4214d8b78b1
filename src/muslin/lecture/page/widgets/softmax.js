/** Softmax with a slider for each score, and the temperature that sharpens or flattens it. */

import { h, put } from "../parts/dom.js";
import { list, number } from "../parts/checks.js";
import { slider } from "../parts/fields.js";
import { formula, over, power, written } from "../parts/formula.js";
import { fixed, percent, short } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { softmax } from "../maths/activations.js";

const [LEAST, MOST] = [-1000, 1000]; // scores that may be typed
const NEAR = 5; // scores that the sliders reach
const [COLD, HOT] = [0.05, 20];

export const start = (values) => ({ scores: values.scores, temperature: 1 });
export const checks = (values) => ({
  scores: list(number(LEAST, MOST), values.classes.length, values.classes.length),
  temperature: number(COLD, HOT),
});

export function mount(root, { values, store, say }) {
  const { classes } = values;
  const guess = predictFirst({
    question: "All four scores rise by 3. What happens to the probabilities?",
    options: ["they all rise", "nothing", "the largest gains"],
  });
  const add = h("button", { type: "button", onclick: raise }, "Add 3 to every score");
  const fields = classes.map((name, place) =>
    scoreField(name, (score, isLast) => {
      const scores = store.state.scores.with(place, score);
      store.change({ scores }, { undoable: isLast });
    }),
  );
  const bars = classes.map(() => h("span"));
  const shares = classes.map(() => h("span", { class: "numbers-live share" }));
  const warmth = slider({ label: "temperature T", min: COLD, max: HOT, step: 0.05, value: 1, logarithmic: true }, (temperature, isLast) =>
    store.change({ temperature }, { undoable: isLast }),
  );
  const working = h("p", { class: "numbers-live" });
  const naive = h("p", { class: "numbers-live" });
  const todo = tasks(
    [
      { text: "Make all four equally likely without touching a score.", isDone: ({ probabilities }) => Math.max(...probabilities) - Math.min(...probabilities) < 0.1 && store.state.scores.join() === values.scores.join(), hint: "Heat it." },
      { text: "Make one class more than 99.9 % likely with scores no further apart than 3.", isDone: ({ scores, probabilities }) => Math.max(...probabilities) > 0.999 && Math.max(...scores) - Math.min(...scores) <= 3, hint: "Cold." },
      { text: "Type a score of 1000: find why the largest score is subtracted first.", isDone: ({ scores, temperature }) => scores.some((score) => !Number.isFinite(Math.exp(score / temperature))) },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Softmax looks at all scores together"),
    guess,
    h("p", {}, formula(values.formula), " ", h("code", {}, values.python)),
    h("div", { class: "scores" }, classes.map((_, place) => h("div", { class: "score" }, fields[place], h("div", { class: "meter", "aria-hidden": "true" }, bars[place]), shares[place]))),
    h("div", { class: "fields" }, warmth, add),
    working,
    naive,
    todo,
  );

  function raise() {
    const scores = store.state.scores.map((score) => Math.min(MOST, score + 3));
    store.change({ scores });
    guess.answer(1, "Every power grows by the same factor, and the factor cancels.");
    say("Every score rose by 3.");
  }

  const show = ({ scores, temperature }) => {
    const scaled = Float64Array.from(scores, (score) => score / temperature);
    const probabilities = Array.from(softmax(scaled));
    probabilities.forEach((share, place) => {
      fields[place].show(scores[place]);
      bars[place].style.width = `${100 * share}%`;
      put(shares[place], percent(share));
    });
    warmth.show(temperature);
    const most = Math.max(...scaled);
    const powers = Array.from(scaled, (score) => Math.exp(score));
    const sum = powers.reduce((one, other) => one + other);
    put(working, `${classes[0]}, computed with the largest score subtracted: `,
      written(over([power("e", [Number(short(scaled[0] - most).replace("−", "-"))])], scaled.length <= 6 ? sumOf(scaled, most) : "Σ"), "=", Number(fixed(probabilities[0], 4).replace("−", "-"))));
    put(naive, "As the formula stands, the powers are ", powers.map((value) => short(value)).join(", "), ": ",
      Number.isFinite(sum) && sum > 0 ? `shares of ${short(sum)}.` : h("strong", {}, `${short(powers[0])} / ${short(sum)} is ${short(powers[0] / sum)}. Subtracting the largest score first changes no probability, and nothing overflows.`));
    todo.check({ scores, temperature, probabilities });
  };
  store.onChange(show);
  show(store.state);
}

const sumOf = (scaled, most) =>
  Array.from(scaled, (score, place) => [place ? "+" : null, power("e", [Number((score - most).toPrecision(3))])]).flat().filter((each) => each !== null);

function scoreField(name, onInput) {
  const field = slider({ label: name, min: LEAST, max: MOST, step: 0.1, value: 0 }, onInput);
  const range = field.querySelector("input[type=range]");
  [range.min, range.max] = [-NEAR, NEAR];
  return field;
}
