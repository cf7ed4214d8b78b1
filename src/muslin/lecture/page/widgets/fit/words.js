/** What is said of a training. */

import { h } from "../../parts/dom.js";
import { fixed, percent } from "../../parts/numbers.js";

const many = (count) => count.toLocaleString("en");
const last = (path) => path.split(/[\\/]/).at(-1);

/** Returns where a training is, in a sentence or two, as children of an element. */
export function line(course) {
  const { model, epochs, seed, learnt, isRunning, isStopped, isRecorded, ended, why, folder, seconds, notices } = course;
  if (model === null) return "Nothing is trained now.";
  const what = `${model}, ${epochs === 1 ? "one epoch" : `${epochs} epochs`}, seed ${seed}`;
  const size = course.parameters ? `, ${many(course.parameters)} parameters, ${many(course.train)} training pictures` : "";
  const told = notices.length ? ` ${notices.map((each) => `${each}.`).join(" ")}` : "";
  if (isRecorded) return `${isRecorded && ended ? `${what}${size}: at its end, after ${fixed(seconds, 0)} s, ${percent(course.test_accuracy, 2)} of the test pictures right, by one view.` : `${what}${size}.`}`;
  if (isRunning && isStopped) return `${what}: ${why} It ends after this step.`;
  if (isRunning) return `${what}${size}: ${course.parameters ? (learnt.length === epochs ? "it is tested, and its report written." : "it learns.") : "Python gets ready."}${told}`;
  if (ended === "problem") return h("span", { class: "warning" }, `${what}: ${why}`);
  if (ended === "interrupted") return [`${what}: ${why} ${learnt.length} of its epochs are whole. To go on: `, h("code", {}, `muslin fit --resume ${folder}`), "."];
  return [`${what}: done in ${fixed(seconds, 0)} s, ${percent(course.test_accuracy, 2)} of the test pictures right. It is the run looked into below from now on, or by `, h("code", {}, `muslin lecture ${last(folder)}`), "."];
}
