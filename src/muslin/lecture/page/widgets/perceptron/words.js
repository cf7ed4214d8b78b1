/** What happened, in words and in formulas with its numbers. */

import { h, put } from "../../parts/dom.js";
import { index, written } from "../../parts/formula.js";
import { short } from "../../parts/numbers.js";

const signed = (value) => (value < 0 ? ["(", value, ")"] : value);
const python = (value) => String(Number(value.toPrecision(4)));

/** Returns an element with `show(course, steps)`: the last mistake, by the rule and in Python; or that there is none. */
export function working() {
  const element = h("div", { class: "working" });
  element.show = (course, steps, isInside) => {
    const line = course.at(steps);
    if (line.sample === undefined) {
      put(element, h("p", {}, course.restsAt(0) ? "This line is right about every point: there is no mistake to learn from." : "Step looks for the first point that the line is wrong about, and learns from it."));
      return;
    }
    const before = course.at(steps - 1);
    const [x, y] = course.points[line.sample];
    const change = line.target - line.output;
    const sum = before.weights[0] * x + before.weights[1] * y + (isInside ? 2 : 1) * before.bias;
    const terms = [before.weights[0], "·", signed(x), "+", signed(before.weights[1]), "·", signed(y), "+", isInside ? [2, "·"] : [], signed(before.bias)].flat();
    const moved = (name, from, by, to) => h("p", {}, written(name, "=", from, change > 0 ? "+" : "−", signed(by), "=", to));
    put(
      element,
      h("p", {}, `Point ${line.sample + 1} was a mistake: it is of class ${line.target}.`),
      h("p", {}, written("step", "(", ...terms, ")"), " ", written("=", "step", "(", sum, ")", "=", line.output)),
      h("p", {}, written("t", "−", "y", "=", line.target, "−", line.output, "=", change), change > 0 ? ": w moves by x, towards the point." : ": w moves by −x, away from the point."),
      moved(index("w", 1), before.weights[0], x, line.weights[0]),
      moved(index("w", 2), before.weights[1], y, line.weights[1]),
      moved("b", before.bias, 1, line.bias),
      h("p", {}, h("code", {}, `perceptron_update([[${python(x)}, ${python(y)}]], [${line.target}], weights=[${Array.from(before.weights, python).join(", ")}], bias=${python(before.bias)})`)),
    );
  };
  return element;
}

/** Returns how far it is, as a sentence. */
export function progress(course, steps) {
  const [line, epochs] = [course.at(steps), course.epochs(steps)];
  const wrong = course.wrong(line);
  const { returned } = course;
  const count = `${steps} ${steps === 1 ? "mistake" : "mistakes"} in ${epochs.length} ${epochs.length === 1 ? "epoch" : "epochs"}`;
  if (course.restsAt(steps)) return `At rest after ${count}: all ${course.points.length} points are right.`;
  const again = returned && steps >= returned.to ? ` After mistake ${returned.to} all was as after mistake ${returned.from}: it goes round for ever.` : "";
  return `${count}; the line is wrong about ${wrong} of ${course.points.length} points.${again}`;
}

/** Returns what the mistakes are to be held against, as a sentence. */
export function bound(course, steps, { set, isOwn, start, isInside, ofLine }) {
  const rule = "(R / γ)²";
  if (isInside) return `The bound ${rule} is for the right neuron, whose bias is added once.`;
  if (start.some((value) => value !== 0)) return `The bound ${rule} holds from weights of 0; this start was another.`;
  if (!isOwn && set.bound !== null)
    return `${steps} of at most ${short(set.bound, 4)} mistakes: ${rule} by the line with the widest margin, which Python found.`;
  if (!isOwn) return `No line separates these points, by linear programming in Python: there is no bound, and no rest.`;
  if (course.restsAt(steps) && ofLine !== null)
    return `${steps} of at most ${short(ofLine, 4)} mistakes: ${rule} by the line that it found. A line with a wider margin would give a tighter bound.`;
  return `For points of your own, the bound ${rule} is worked out from the line that is found, if there is one.`;
}
