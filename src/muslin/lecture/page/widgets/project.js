/** main.py, walked through: the line that ran, and what it changed. */

import { h, put } from "../parts/dom.js";
import { whole } from "../parts/checks.js";
import { slider } from "../parts/fields.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";

const PACE = 0.9; // seconds a line, while it plays

export const start = () => ({ step: 0 });
export const checks = (values) => ({ step: whole(0, values.steps.length - 1) });

export function mount(root, tools) {
  const { values, store, say } = tools;
  const { steps } = values;
  const guess = predictFirst({
    question: "Which line is the first to change a weight?",
    options: ["loss.backward()", "optimizer.step()", "schedule.step()"],
  });
  const lines = values.lines.map((text, place) => h("li", { id: `line-${place + 1}` }, h("code", {}, text || " ")));
  const listing = h("ol", { class: "listing", tabindex: 0, "aria-label": "main.py" }, lines);
  const what = h("div", { class: "changed", role: "status" });
  const names = h("dl", { class: "names" });
  const place = slider({ label: "step", min: 1, max: steps.length, step: 1, value: 1 }, (step, isLast) =>
    store.change({ step: Math.round(step) - 1 }, { undoable: isLast }),
  );
  let waited = 0;
  const go = (step) => store.change({ step: Math.min(steps.length - 1, Math.max(0, step)) });
  const bar = player(root, tools, {
    step: () => go(store.state.step + 1),
    back: () => go(store.state.step - 1),
    reset: () => go(0),
    frame: (seconds) => {
      waited += seconds;
      if (waited < PACE) return true;
      waited = 0;
      go(store.state.step + 1);
      return store.state.step < steps.length - 1;
    },
  });
  const isAt = (text) => ({ step }) => values.lines[steps[step].line - 1].includes(text);
  const todo = tasks(
    [
      { text: "Stop at the line that gives the model its first gradient.", isDone: isAt("loss.backward()"), hint: "The chain rule runs backwards there." },
      { text: "Stop at the line after which the gradients are gone.", isDone: ({ step }) => isAt("zero_grad")({ step }) && Boolean(steps[step].changed.model), hint: "It shows in the second batch: there were none before the first." },
      { text: "Find the line that puts the model into evaluation mode.", isDone: isAt("model.eval()") },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "What each line of main.py did"),
    guess,
    h("p", { class: "faint" }, `A real run: ${values.options.model}, batches of ${values.options.batch_size}, ${values.pictures} pictures of each split. Each line is told twice at the most.`),
    h("div", { class: "fields" }, bar, place),
    h("div", { class: "columns walk" }, listing, h("div", {}, what, h("h4", {}, "What the names stand for"), names)),
    h("details", { class: "numbers" }, h("summary", {}, "What it printed"), h("pre", {}, values.printed.join("\n"))),
    todo,
  );

  let current = null;
  const show = (state) => {
    const step = steps[state.step];
    current?.removeAttribute("aria-current");
    current = lines[step.line - 1];
    current.setAttribute("aria-current", "step");
    listing.scrollTop = current.offsetTop - listing.clientHeight / 2;
    place.show(state.step + 1);
    const changes = Object.entries(step.changed);
    put(what, h("p", {}, h("strong", {}, `Line ${step.line}, in ${step.function}(): `), changes.length ? `changed ${changes.map(([name]) => name).join(", ")}.` : "nothing that has a name changed."));
    put(names, known(steps, state.step).map(([name, text]) => [h("dt", { class: name in step.changed ? "new" : null }, name), h("dd", { class: name in step.changed ? "new" : null }, text)]));
    if (values.lines[step.line - 1].includes("optimizer.step()")) guess.answer(1, "backward() only fills in the gradients.");
    todo.check(state);
  };
  store.onChange(show);
  show(store.state);
}

/** Returns what the names of the function stood for after a step. */
function known(steps, last) {
  const { function: name } = steps[last];
  let first = last;
  while (first > 0 && steps[first - 1].function === name) first -= 1;
  const names = new Map();
  const from = name === "main" ? 0 : first;
  for (const step of steps.slice(from, last + 1)) if (step.function === name) for (const entry of Object.entries(step.changed)) names.set(...entry);
  return [...names];
}
