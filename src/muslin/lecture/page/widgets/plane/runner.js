/** A worker that takes the steps of a recipe: one question is on its way at a time, and the last one waits. */

/**
 * Returns {ask({recipe, steps, budget, count}), isBusy(), end()}.
 *
 * `arrived(answer, recipe)` is told what worker.js answers, `broke(answer, recipe)` that the net broke; where another
 * recipe waits already, the answer is told to nobody. `budget` is how many milliseconds it may take.
 */
export function runner({ arrived, broke }) {
  let worker = null;
  let known = null; // the recipe that the worker has
  let asked = null;
  let waiting = null;
  let sent = 0;

  function ask(question) {
    if (asked) {
      waiting = question;
      return;
    }
    worker ??= started();
    asked = question;
    const { recipe, steps, budget = 4000, count = 0 } = question;
    worker.postMessage({ id: (sent += 1), steps, budget, count, recipe: known === recipe ? null : recipe });
    known = recipe;
  }

  function started() {
    const made = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    made.onmessage = ({ data }) => {
      const [next, { recipe }] = [waiting, asked];
      [asked, waiting] = [null, null];
      if (data.problem) known = null;
      if (next && (next.recipe !== recipe || data.problem)) return ask(next);
      if (data.problem) return broke(data, recipe);
      if (next) ask(next);
      arrived(data, recipe);
    };
    return made;
  }

  return {
    ask,
    isBusy: () => asked !== null,
    end() {
      worker?.terminate();
      [worker, known, asked, waiting] = [null, null, null, null];
    },
  };
}
