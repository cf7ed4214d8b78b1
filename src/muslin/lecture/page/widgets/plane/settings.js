/** What the net is made of, and how it learns. */

import { button, h, newId } from "../../parts/dom.js";
import { choice, slider } from "../../parts/fields.js";
import { FASTEST, LOSSES, MOST_DECAY, MOST_LAYERS, MOST_NEURONS, MOST_NOISE, SLOWEST } from "./limits.js";
import { ratesAt } from "./runs.js";
import { OPTIMIZERS } from "./trainer.js";

/** Returns the numbers of neurons that a text such as 8-4-2 tells, or null where it tells none. */
function layersOf(text) {
  const hidden = text.split(/[\s,;-]+/).filter(Boolean).map(Number);
  const isRight = hidden.length <= MOST_LAYERS && hidden.every((size) => Number.isInteger(size) && size >= 1 && size <= MOST_NEURONS);
  return isRight ? hidden : null;
}

/** A field for hidden layers, with `show(hidden)`; `onInput(hidden)` is told numbers of neurons. */
export function layersField({ label, hint = null }, onInput) {
  const [id, hintId] = [newId("layers"), newId("hint")];
  const field = h("input", { type: "text", id, size: 12, "aria-describedby": hint && hintId });
  field.addEventListener("change", () => {
    const hidden = layersOf(field.value);
    field.setAttribute("aria-invalid", String(hidden === null));
    if (hidden) onInput(hidden);
  });
  const element = h("div", { class: "field" }, h("label", { for: id }, label), field, hint && h("span", { id: hintId, class: "faint" }, hint));
  element.show = (hidden) => {
    if (document.activeElement !== field) field.value = hidden.join("-");
  };
  return element;
}

/**
 * Returns an element with `show(state)`.
 *
 * `afresh(patch, isLast)` is told what begins training anew, `anew(patch)` what makes another net of it, `turn({lr, l2},
 * isLast)` what holds from this step on, and `change(patch, isLast)` the rest.
 */
export function settings(values, state, { afresh, anew, turn, change }) {
  const pick = (label, options, name, act = afresh) => choice({ label, options: options.map((each) => (Array.isArray(each) ? each : [each, each])), value: state[name] }, (chosen) => act({ [name]: chosen }));
  const layers = layersField({ label: "hidden layers", hint: "neurons each, such as 8-4-2; up to 6 of 8" }, (hidden) => anew({ hidden }));
  const selects = {
    set: pick("points", Object.entries(values.sets).map(([name, { words }]) => [name, words]), "set", (patch) => anew({ ...patch, own: null, chosen: null })),
    activation: pick("activation", values.activations, "activation"),
    loss: pick("loss, of two colours", LOSSES, "loss"),
    optimizer: pick("optimizer", Object.keys(OPTIMIZERS), "optimizer"),
  };
  const sliders = {
    lr: slider({ label: "learning rate η", min: SLOWEST, max: FASTEST, value: 0.03, logarithmic: true }, (lr, isLast) => turn({ lr }, isLast)),
    l2: slider({ label: "weight decay λ", min: 0, max: MOST_DECAY, step: 0.001, value: 0 }, (l2, isLast) => turn({ l2 }, isLast)),
    batch: slider({ label: "batch", min: 1, max: 250, step: 1, value: 10 }, (batch, isLast) => afresh({ batch: Math.round(batch) }, isLast)),
    noise: slider({ label: "noise", min: 0, max: MOST_NOISE, step: 0.01, value: 0 }, (noise, isLast) => afresh({ noise }, isLast)),
    stop: slider({ label: "stop at accuracy", min: 0, max: 1, step: 0.01, value: 0 }, (stop, isLast) => change({ stop }, isLast)),
  };
  sliders.l2.querySelector("input[type=range]").max = 0.1;
  const deal = button("New noise", () => afresh({ noiseSeed: (shown.noiseSeed + 1) % values.noise.length }));
  let shown = state;
  const element = h(
    "div",
    { class: "stack" },
    h("div", { class: "fields" }, selects.set, layers, selects.activation, selects.loss, selects.optimizer),
    h("div", { class: "columns" }, sliders.lr, sliders.l2, sliders.batch, sliders.noise, h("div", {}, deal), sliders.stop),
  );
  element.show = (now) => {
    shown = now;
    deal.disabled = now.noise === 0;
    for (const [name, each] of Object.entries({ ...selects, ...sliders })) each.show(now[name]);
    const [lr, l2] = ratesAt(now);
    sliders.lr.show(lr);
    sliders.l2.show(l2);
    layers.show(now.hidden);
  };
  return element;
}
