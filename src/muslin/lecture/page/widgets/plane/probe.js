/** One weight or bias: its value, to be typed; its gradient; a padlock that keeps it as it is. */

import { h, put } from "../../parts/dom.js";
import { check, choice, numberField } from "../../parts/fields.js";
import { short } from "../../parts/numbers.js";
import { lockedAt } from "./trainer.js";

/** `edit(place, value)` and `lock(place, isLocked)` are told what a person does. */
export function probe({ edit, lock }) {
  let place = 0;
  let built = "";
  let latest = null;
  const which = h("div", { class: "fields" });
  const value = numberField({ label: "value", min: -1000, max: 1000, value: 0 }, (typed) => edit(place, typed));
  const padlock = check({ label: "locked: from now on, steps leave it as it is", value: false }, (isLocked) => lock(place, isLocked));
  const gradient = h("p", { class: "numbers-live" });
  const element = h("div", { class: "stack" }, h("h4", {}, "One weight under the hand"), h("div", { class: "fields" }, which, value, padlock), gradient);
  element.show = (recipe, parameters, slopes, state) => {
    latest = [recipe, parameters, slopes, state];
    if (built !== recipe.sizes.join()) {
      built = recipe.sizes.join();
      place = 0;
      put(which, choice({ label: "weight or bias", options: names(recipe.sizes), value: 0 }, (chosen) => {
        place = chosen;
        element.show(...latest);
      }));
    }
    value.show(Number(parameters[place].toPrecision(6)));
    padlock.show(lockedAt(state.locks, state.steps).includes(place));
    put(gradient, `∂L/∂w over all points: `, h("strong", {}, short(slopes[place])), slopes[place] === 0 ? ": nothing moves it." : slopes[place] > 0 ? ": a step makes it smaller." : ": a step makes it larger.");
  };
  return element;
}

/** Returns {layer, from, to} of each parameter, as they lie in the vector; `from` is null for a bias. */
export function placesOf(sizes) {
  return sizes.slice(1).flatMap((outs, layer) =>
    [...Array(sizes[layer]).keys(), null].flatMap((from) => Array.from({ length: outs }, (_, to) => ({ layer, from, to }))),
  );
}

/** Returns [place, name] of each parameter. */
const names = (sizes) => placesOf(sizes).map(({ layer, from, to }, place) => [place, `layer ${layer + 1}, ${from === null ? `b[${to}]` : `w[${from},${to}]`}`]);
