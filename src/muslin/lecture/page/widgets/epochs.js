/** A net through its epochs, as it was recorded: its confusion matrix and the filters of its first layer. */

import { h, put } from "../parts/dom.js";
import { chart } from "../parts/chart.js";
import { oneOf, whole } from "../parts/checks.js";
import { choice, slider } from "../parts/fields.js";
import { formula, over, written } from "../parts/formula.js";
import { matrix } from "../parts/matrix.js";
import { percent, short } from "../parts/numbers.js";
import { paced, player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { filters, moved, weightsOf } from "./epochs/filters.js";

const SPEED = 1.5; // epochs a second
const HARD = 6; // Shirt
const MOST_EPOCHS = 100;

export const start = ({ nets }) => ({ model: nets.at(-1).model, epoch: nets.at(-1).epochs.length, label: HARD, said: 0 });
export const checks = ({ nets, classes }) => ({
  model: oneOf(...nets.map(({ model }) => model)), epoch: whole(0, MOST_EPOCHS),
  label: whole(0, classes.length - 1), said: whole(0, classes.length - 1),
});
export function agree({ model, epoch }, { nets }) {
  const most = nets.find((each) => each.model === model).epochs.length;
  if (epoch > most) throw new Error(`epoch is ${epoch}; of ${model}, ${most} were recorded`);
}

export function mount(root, { values, store, say, onVisible }) {
  const { nets, classes } = values;
  const known = new Map(nets.map((net) => [net.model, { ...net, weights: net.filters.map((text, epoch) => weightsOf(text, net.side, net.most[epoch])) }]));
  const netOf = (state) => known.get(state.model);
  const move = (far) => store.change({ epoch: Math.min(netOf(store.state).epochs.length, Math.max(0, store.state.epoch + far)) }, { undoable: false });
  const model = choice({ label: "Net", options: nets.map((net) => [net.model, `${net.model}, ${net.parameters.toLocaleString("en")} parameters`]), value: store.state.model }, (name) =>
    store.change({ model: name, epoch: Math.min(store.state.epoch, known.get(name).epochs.length) }));
  const scrub = h("div");
  let epoch = null;
  let scrubbed = null; // the net whose epochs the slider has
  const grid = matrix({ classes, confusion: netOf(store.state).confusion[0] }, (label, said) => store.change({ label, said }));
  const cell = chart({ title: "The cell that is framed", x: "epoch", y: "pictures", low: 0, counts: true });
  const losses = chart({ title: "Loss", x: "epoch", y: "nats", counts: "x" });
  const layer = filters();
  const [said, right, sorts] = [h("p", { class: "numbers-live" }), h("p", { class: "numbers-live" }), h("p", { class: "faint" })];
  const table = asTable("the first layer’s weights", () => {
    const { weights, side } = netOf(store.state);
    const before = weights[Math.max(0, store.state.epoch - 1)];
    return [["filter", "smallest", "largest", "moved since the epoch before, root mean square"], ...weights[store.state.epoch].map((each, place) => [place + 1, short(Math.min(...each), 3), short(Math.max(...each), 3), short(moved([each], [before[place]]), 3)])].slice(0, side > 9 ? 40 : undefined);
  });
  const controls = player(root, { onVisible }, {
    frame: paced(SPEED, () => {
      move(1);
      return store.state.epoch < netOf(store.state).epochs.length;
    }),
    step: () => move(1), back: () => move(-1), reset: () => store.change({ epoch: 0 }), store,
  });
  const guess = predictFirst({
    question: "Before its first step, a net knows nothing. What does its confusion matrix look like? Go to epoch 0.",
    options: ["every cell about alike", "few columns have most of them", "a weak diagonal"],
  });
  const todo = tasks(
    [
      { text: `Find the epoch after which this net named ${classes[HARD]}s best.`, isDone: ({ state, net }) => recall(net, state.epoch) === Math.max(...net.epochs.map((_, place) => recall(net, place + 1)), recall(net, 0)), hint: "Open its cell on the diagonal, and look at the curve." },
      { text: "Go to the end of the epoch in which the first layer moved furthest.", isDone: ({ state, net }) => state.epoch > 0 && state.epoch === furthest(net.weights), hint: "The table has how far each filter moved." },
      { text: "Find a cell off the diagonal that has more pictures at the end than after the first epoch.", isDone: ({ state: { label, said: to, epoch: at }, net }) => label !== to && at === net.epochs.length && net.confusion[at][label][to] > net.confusion[1][label][to] },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "A net through its epochs"),
    guess,
    h("div", { class: "fields" }, model, scrub),
    controls,
    said,
    h("div", { class: "run-columns" },
      h("div", {}, h("h4", {}, "What was called what"), grid, h("p", {}, formula(values.formula)), right, todo),
      h("div", {}, h("h4", {}, "The first layer"), layer, sorts, table, h("div", { class: "charts three" }, losses, cell))),
    h("p", { class: "faint" }, `Recorded: 10,000 test pictures by one view; recipe espresso, seed ${values.seed}, PyTorch ${values.torch}. `, h("code", {}, "python -m benchmarks.measure.epochs")),
  );

  const show = (state) => {
    const net = netOf(state);
    const last = net.epochs.length;
    if (scrubbed !== net) {
      scrubbed = net;
      epoch = slider({ label: "Epoch", min: 0, max: last, step: 1, value: state.epoch }, (each, isLast) => store.change({ epoch: Math.round(each) }, { undoable: isLast }));
      put(scrub, epoch);
    }
    model.show(state.model);
    epoch.show(state.epoch);
    const confusion = net.confusion[state.epoch];
    const hits = confusion.reduce((sum, row, place) => sum + row[place], 0);
    const all = confusion.flat().reduce((one, other) => one + other, 0);
    grid.fill(confusion);
    grid.show(state.label, state.said);
    put(right, written(over([hits], [all]), "=", hits / all));
    const result = net.epochs[state.epoch - 1];
    put(said, result
      ? `Epoch ${state.epoch} of ${last}, after ${Math.round(result.seconds)} s: training loss ${result.train_loss.toFixed(3)}, validation loss ${result.validation_loss.toFixed(3)}, ${percent(result.validation_accuracy, 2)} of the validation pictures right; learning rate at ${percent(result.learning_rate_factor, 0)} of its highest.`
      : "Epoch 0, before the first step: weights as they were dealt.");
    losses.show([["training", "train_loss", 1], ["validation", "validation_loss", 2]].map(([name, key, colour]) => ({ name, colour, dashed: colour === 2, points: net.epochs.map((each, place) => [place + 1, each[key]]) })), state.epoch || null);
    cell.show([{ name: `${classes[state.label]} called ${classes[state.said]}`, colour: 1, points: net.confusion.map((each, place) => [place, each[state.label][state.said]]) }], state.epoch);
    layer.show(net.weights[state.epoch], net.side, net.most[state.epoch]);
    put(sorts, sortOf(net, classes), ` The deepest colour is ±${short(net.most[state.epoch], 3)}.`);
    table.renew();
    todo.check({ state, net });
    if (state.epoch === 0) guess.answer(1, "Whatever it sees, its chance weights favour the same few classes.");
  };
  store.onChange(show);
  show(store.state);
}

const recall = (net, epoch) => net.confusion[epoch][HARD][HARD];

/** The epoch at whose end the weights are furthest from where they were at its beginning. */
function furthest(weights) {
  const ways = weights.slice(1).map((each, place) => moved(each, weights[place]));
  return ways.indexOf(Math.max(...ways)) + 1;
}

function sortOf({ model, side, weights }, classes) {
  const count = weights[0].length;
  if (model === "linear") return `A template for each class, in their order from ${classes[0]} to ${classes.at(-1)}: blue speaks for it, orange against it.`;
  return side > 9 ? `What ${count} of its hidden neurons look for: blue speaks for, orange against.` : `Its ${count} kernels of ${side} x ${side}: blue is above 0, orange below.`;
}
