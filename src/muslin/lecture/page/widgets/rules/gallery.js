/** The garments to choose from: one stop of the Tab key, arrows go from one to the next. */

import { h } from "../../parts/dom.js";
import { garment, unpacked } from "../../parts/garments.js";
import { clamp } from "../../parts/numbers.js";

const KEYS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
const ROWS = { ArrowDown: 1, ArrowUp: -1 };
const MARKS = { right: "✓", wrong: "✗" };

/** Returns an element with `show(chosen, answers, changed)`; `onChoose(place)` is told which one was chosen. */
export function gallery({ pictures, labels, classes }, onChoose) {
  const all = unpacked(pictures).map((pixels, place) => {
    const one = h("button", { type: "button", class: "pick", onclick: () => onChoose(place) }, garment(pixels, ""), h("span", { class: "tick", "aria-hidden": "true" }));
    one.firstChild.setAttribute("aria-hidden", "true");
    one.addEventListener("keydown", (event) => {
      if (!(event.key in KEYS || event.key in ROWS)) return;
      event.preventDefault();
      event.stopPropagation();
      const next = clamp(place + (KEYS[event.key] ?? ROWS[event.key] * columns()), 0, all.length - 1);
      onChoose(next);
      all[next].focus();
    });
    return one;
  });
  const columns = () => getComputedStyle(element).gridTemplateColumns.split(" ").length;
  const element = h("div", { class: "gallery", role: "group", "aria-label": "Garments, by their class" }, all);
  element.show = (chosen, answers, changed) =>
    all.forEach((one, place) => {
      const kind = answers[place] === labels[place] ? "right" : "wrong";
      const said = answers[place] < 0 ? "nothing" : classes[answers[place]];
      one.className = `pick ${kind}${changed.includes(place) ? " changed" : ""}`;
      one.tabIndex = place === chosen ? 0 : -1;
      one.setAttribute("aria-pressed", String(place === chosen));
      one.setAttribute("aria-label", `${classes[labels[place]]}, picture ${place + 1}: the rules say ${said}${changed.includes(place) ? ", which changed" : ""}`);
      one.lastChild.textContent = MARKS[kind];
    });
  return element;
}
