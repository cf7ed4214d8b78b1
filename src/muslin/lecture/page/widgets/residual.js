/** The residual laboratory: the same deep net with and without skips, layer by layer while it trains. */

import { h, put } from "../parts/dom.js";
import { flag, oneOf, whole } from "../parts/checks.js";
import { chart } from "../parts/chart.js";
import { check, choice, slider } from "../parts/fields.js";
import { formula, over, written } from "../parts/formula.js";
import { percent, short } from "../parts/numbers.js";
import { paced, player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";

const FEW = 5; // moments at the end whose accuracies are averaged
const SPEED = 6; // moments a second
const EVEN = 10; // times: gradients that differ less reach all layers alike
const NAMES = { true: "with skips", false: "without" };

export const start = () => ({ depth: 20, norms: true, moment: 0 });
export const checks = ({ depths, steps }) => ({ depth: oneOf(...depths), norms: flag, moment: whole(0, steps.length - 1) });

export function mount(root, { values, store, say, onVisible }) {
  const { settings, steps, depths, nets } = values;
  const last = steps.length - 1;
  const lossOf = chart({ title: "Loss on each step’s pictures", x: "step", y: "loss", low: 0, high: 4 });
  const gradientOf = chart({ title: "Gradient of each layer’s weights, root mean square", x: "layer, from the picture to the answer", y: "gradient", logarithmic: true });
  const featuresOf = chart({ title: "What each block gives, root mean square", x: "layer, from the picture to the answer", y: "features", logarithmic: true });
  const depth = choice({ label: "Layers", options: depths.map((each) => [each, each]), value: 20 }, (each) => store.change({ depth: each }));
  const norms = check({ label: "Batch normalisation after each convolution", value: true }, (each) => store.change({ norms: each }));
  const step = slider({ label: "Moment", min: 0, max: last, step: 1, value: 0 }, (moment, isLast) => store.change({ moment: Math.round(moment) }, { undoable: isLast }));
  const said = h("div", { class: "cards two" });
  const move = (far) => store.change({ moment: Math.min(last, Math.max(0, store.state.moment + far)) }, { undoable: false });
  const controls = player(root, { onVisible }, {
    frame: paced(SPEED, () => {
      move(1);
      return store.state.moment < last;
    }),
    step: () => move(1),
    back: () => move(-1),
    reset: () => store.change({ moment: 0 }),
    store,
  });
  const guess = predictFirst({
    question: "38 layers, normalised, no skips, before the first step: which layer’s weights get the largest gradient?",
    options: ["the last, near the loss", "all the same", "the first, near the picture"],
  });
  const todo = tasks(
    [
      { text: "Find a net whose features die out on the way: before the first step, its last block gives less than a hundredth of its first.", isDone: ({ plain, state }) => !state.norms && state.moment === 0 && plain.features.at(-1) < plain.features[0] / 100, hint: "Take the normalisation away." },
      { text: "Find the depth at which skips without normalisation end in what is no number.", isDone: ({ skips, state }) => !state.norms && isLost(skips) && state.moment > 0, hint: "Each block adds to what came before; go deep, then one step on." },
      { text: "Show that skips even the gradients out: 38 layers, before the first step, less than 10 times between the largest and the smallest with them, more than 100 times without.", isDone: ({ skips, plain }) => spread(skips.gradient) < EVEN && spread(plain.gradient) > 100 },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "The residual laboratory"),
    guess,
    h("div", { class: "columns" },
      h("div", {}, h("h4", {}, "With skips"), h("p", {}, formula(values.formulas.skips))),
      h("div", {}, h("h4", {}, "Without"), h("p", {}, formula(values.formulas.plain)))),
    h("div", { class: "fields" }, depth, norms, step),
    controls,
    said,
    h("div", { class: "charts three" }, gradientOf, featuresOf, lossOf),
    h("p", { class: "faint" }, `Recorded: ${settings.channels} channels of 14 x 14, ${settings.pictures.toLocaleString("en")} training pictures, batches of ${settings.batch}, SGD with lr ${settings.lr} and momentum ${settings.momentum}, the same start and the same batches for both, seed ${settings.seed}, PyTorch ${settings.torch}. `, h("code", {}, "python -m benchmarks.measure.residual")),
    todo,
  );

  const show = (state) => {
    const pair = [true, false].map((skips) => nets.find((net) => net.depth === state.depth && net.norms === state.norms && net.skips === skips));
    const at = pair.map((net) => Object.fromEntries(["loss", "accuracy", "gradient", "features"].map((name) => [name, net[name][state.moment]])));
    for (const [field, value] of [[depth, state.depth], [norms, state.norms], [step, state.moment]]) field.show(value);
    const lines = (points) => pair.map((net, place) => ({ name: NAMES[net.skips], colour: place + 1, dashed: place === 1, points: points(net, at[place]) }));
    const byLayer = (name) => lines((_, now) => now[name].map((value, layer) => [layer + 1, value ?? NaN]));
    gradientOf.show(byLayer("gradient"), null, reach(pair, "gradient"));
    featuresOf.show(byLayer("features").map((line) => ({ ...line, points: line.points.filter(([layer]) => layer % 2) })), null, reach(pair, "features"));
    lossOf.show(lines((net) => net.loss.map((value, moment) => [steps[moment], value === null ? NaN : Math.min(4, value)])), steps[state.moment]);
    put(said, pair.map((net, place) => card(net, at[place])));
    todo.check({ state, skips: at[0], plain: at[1] });
    if (state.depth === 38 && state.norms && state.moment === 0) guess.answer(2, "On the way back each layer enlarges what it hands on a little, and little by little is a power.");
  };
  store.onChange(show);
  show(store.state);

  function card(net, now) {
    const { moment } = store.state;
    const [largest, smallest] = extremes(now.gradient);
    return h("div", { class: "card" },
      h("h4", {}, `${net.skips ? "With skips" : "Without"}, step ${steps[moment]}`),
      h("p", { class: "numbers-live" }, isLost(now) ? h("strong", {}, "Not a number any more: what the blocks add up to has overflowed. Go back in time, or normalise.") : `loss ${short(now.loss, 3)}; right at the end ${percent(ended(net), 0)}`),
      isLost(now) ? null : h("p", { class: "numbers-live" }, "largest over smallest gradient: ", written(over([largest], [smallest]), "=", largest / smallest)));
  }
}

/** The least and the most of all moments, so that the axes rest while time runs. */
function reach(pair, name) {
  const all = pair.flatMap((net) => net[name].flat()).filter((value) => value > 0);
  return [Math.min(...all), Math.max(...all)];
}

const isLost = (now) => now.loss === null || now.gradient.includes(null);
const ended = (net) => net.accuracy.slice(-FEW).reduce((sum, each) => sum + each, 0) / FEW;
const extremes = (gradient) => [Math.max(...gradient), Math.min(...gradient)];
const spread = (gradient) => extremes(gradient)[0] / extremes(gradient)[1];
