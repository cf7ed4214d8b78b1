/** Where Python is behind the page, it takes a stretch of the page's steps too, about once a second. */

import { h, put } from "../../parts/dom.js";
import { short } from "../../parts/numbers.js";

const EVERY = 1000; // ms
const MOST = 1e-9; // relative to the largest parameter

/** Returns an element with `isDue()` and `ask(stretch)`; `differ(difference)` is told what is more than it may be. */
export function referee(live, differ) {
  const element = h("p", { class: "faint numbers-live" });
  let last = 0;
  let largest = 0;
  let count = 0;
  element.isDue = () => live !== null && performance.now() - last > EVERY;
  element.ask = async ({ question, parameters }) => {
    last = performance.now();
    try {
      const answer = await live.ask("plane", question);
      const scale = Math.max(1, ...parameters.map(Math.abs));
      const difference = Math.max(...parameters.map((value, place) => Math.abs(value - answer.parameters[place]))) / scale;
      largest = Math.max(largest, difference);
      count += 1;
      put(element, `Python took ${question.count} of these steps too, ${count} times: the largest difference is ${short(largest, 2)}.`);
      if (!(difference <= MOST)) differ(difference);
    } catch (error) {
      put(element, `Python did not check: ${error.message}`);
    }
  };
  return element;
}
