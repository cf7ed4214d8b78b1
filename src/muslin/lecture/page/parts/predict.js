/** Predict first: the learner says what will happen before it plays. Who does not want to, goes on without. */

import { button, h, put } from "./dom.js";

/**
 * Returns an element that asks, with `answer(index)` to call once the truth is known.
 *
 * `options` are the sentences to choose from.
 */
export function predictFirst({ question, options }, onChosen = () => {}) {
  let chosen = null;
  const verdict = h("p", { class: "verdict", role: "status" });
  const buttons = options.map((option, index) =>
    button(option, () => {
      chosen = index;
      buttons.forEach((each, place) => each.setAttribute("aria-pressed", String(place === index)));
      put(verdict, "Now let it happen.");
      onChosen(index);
    }, { "aria-pressed": "false" }),
  );
  const element = h("div", { class: "predict" }, h("p", {}, h("strong", {}, "Predict first. "), question), h("div", { class: "options" }, buttons), verdict);
  element.answer = (index, why = "") => {
    if (chosen === null) return;
    put(verdict, chosen === index ? "As you said. " : `You said “${options[chosen]}”; it is “${options[index]}”. `, why);
  };
  element.clear = () => {
    chosen = null;
    buttons.forEach((each) => each.setAttribute("aria-pressed", "false"));
    put(verdict);
  };
  return element;
}
