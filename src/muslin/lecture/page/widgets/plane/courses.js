/** The curves of runs, as far as they are known; what only a link told is trained anew, beside the page. */

import { runner } from "./runner.js";

const BUDGET = 1000; // ms of one question

/** Returns `note(name, {steps, marks})` and `of(runs)`; `told()` is called when there is more to draw. */
export function courses(told) {
  const known = new Map(); // of each run its furthest {steps, marks}
  let wanted = [];
  const run = runner({
    arrived: ({ steps, marks }) => {
      note(wanted[0].name, { steps, marks });
      told();
      next();
    },
    broke: () => {
      note(wanted[0].name, { steps: Infinity, marks: known.get(wanted[0].name)?.marks ?? [] });
      next();
    },
  });
  const isOpen = ({ name, steps }) => !(known.get(name)?.steps >= steps);

  function note(name, course) {
    if (!(known.get(name)?.steps > course.steps)) known.set(name, course);
  }

  function next() {
    wanted = wanted.filter(isOpen);
    if (!wanted.length) return run.end();
    wanted[0].recipe ??= wanted[0].recipeOf();
    run.ask({ recipe: wanted[0].recipe, steps: wanted[0].steps, budget: BUDGET });
  }

  return {
    note,
    /** Returns the marks of runs, {name, steps, recipeOf()} each; those that are not known to their end are asked for. */
    of(runs) {
      const missing = runs.filter((each) => isOpen(each) && !wanted.some(({ name }) => name === each.name));
      if (missing.length) {
        wanted = [...wanted.filter(({ name }) => runs.some((each) => each.name === name)), ...missing];
        if (!run.isBusy()) next();
      }
      return runs.map(({ name }) => known.get(name)?.marks ?? []);
    },
  };
}
