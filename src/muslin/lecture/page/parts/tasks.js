/** Tasks that check themselves: done is what the state shows, and stays done. */

import { h, put } from "./dom.js";

/**
 * Returns a list of tasks with `check(state)`, to call after each change.
 *
 * Each task is {text, isDone(state), hint}; `say` tells a screen reader.
 */
export function tasks(all, say) {
  const done = all.map(() => false);
  const marks = all.map(() => h("span", { class: "mark", "aria-hidden": "true" }, "○"));
  const states = all.map(() => h("span", { class: "unseen" }, "open: "));
  const items = all.map((task, index) =>
    h("li", {}, marks[index], h("div", {}, states[index], task.text, task.hint && h("details", {}, h("summary", {}, "Hint"), h("p", {}, task.hint)))),
  );
  const element = h("div", { class: "tasks" }, h("h3", {}, "Try it"), h("ul", {}, items));
  element.check = (state) =>
    all.forEach((task, index) => {
      if (done[index] || !task.isDone(state)) return;
      done[index] = true;
      put(marks[index], "✓");
      put(states[index], "done: ");
      items[index].classList.add("done");
      say(`Done: ${task.text}`);
    });
  return element;
}
