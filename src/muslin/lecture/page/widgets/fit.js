/** A training that is watched, epoch by epoch: Python's own, live, or one that was recorded. */

import { button, h, put } from "../parts/dom.js";
import { chart } from "../parts/chart.js";
import { oneOf, whole } from "../parts/checks.js";
import { choice, numberField } from "../parts/fields.js";
import { power, written } from "../parts/formula.js";
import { percent, short } from "../parts/numbers.js";
import { paced, player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { nothing, taken } from "./fit/course.js";
import { line } from "./fit/words.js";

const SPEED = 2; // recorded epochs a second
const WORSE = 1e-9;
const LOW = 0.25; // nats

export const start = ({ models, seed }) => ({ model: models[0].name, epochs: models[0].epochs, seed, shown: 1 });
export const checks = ({ models, most_epochs, most_seed }) => ({
  model: oneOf(...models.map(({ name }) => name)), epochs: whole(1, most_epochs), seed: whole(0, most_seed), shown: whole(0, most_epochs),
});

export function mount(root, { values, store, live, say, onVisible }) {
  const { models, recorded } = values;
  const usual = (name) => models.find((each) => each.name === name).epochs;
  const seen = new Map(); // of each model that was watched to its end, its last epoch
  let course = nothing;
  let isSeen = true;

  const losses = chart({ title: "Loss after each epoch", x: "epoch", y: "nats", counts: "x" });
  const accuracy = chart({ title: "Validation pictures right", x: "epoch", y: "share", high: 1, counts: "x" });
  const speed = chart({ title: "Pictures a second", x: "epoch", y: "", low: 0, counts: "x" });
  const model = choice({ label: "Net", options: models.map(({ name, what }) => [name, `${name}, ${what}`]), value: store.state.model }, (name) => store.change({ model: name, epochs: usual(name), shown: 1 }));
  const epochs = numberField({ label: "Epochs", min: 1, max: values.most_epochs, value: store.state.epochs }, (each) => store.change({ epochs: Math.round(each) }));
  const seed = numberField({ label: "Seed", min: 0, max: values.most_seed, value: store.state.seed }, (each) => store.change({ seed: Math.round(each) }));
  const code = h("code");
  const status = h("p", { class: "numbers-live", role: "status" });
  const now = h("p", { class: "numbers-live" });
  const bar = h("div", { class: "meter", "aria-hidden": "true" }, h("span"));
  const begin = button("Train", () => asked("fit/begin", { model: store.state.model, epochs: store.state.epochs, seed: store.state.seed }), { class: "first" });
  const stop = button("Stop", () => asked("fit/stop", {}));
  const best = models.reduce((one, other) => (first(other) > first(one) ? other : one));
  const guess = predictFirst({ question: "After one epoch alone, which of these answers most validation pictures right?", options: models.map(({ name, what }) => `${name}, ${what}`) });
  const todo = tasks(
    [
      { text: "Find an epoch after which fewer validation pictures are answered right than before it.", isDone: ({ learnt }) => learnt.some((each, place) => place > 0 && each.validation_accuracy < learnt[place - 1].validation_accuracy - WORSE), hint: "The ResNet learns at a high rate until its last epochs." },
      { text: "Watch two nets to their end.", isDone: () => seen.size > 1 },
      { text: `Bring the loss on validation pictures below ${LOW} nats.`, isDone: ({ learnt }) => learnt.some((each) => each.validation_loss < LOW), hint: "One of the four gets there in its usual epochs." },
    ],
    say,
  );
  const controls = live ? h("div", { class: "player", role: "group", "aria-label": "Training" }, begin, stop) : replay();
  put(
    root,
    h("h3", {}, live ? "Train one, and watch it learn" : "Four trainings, watched"),
    guess,
    h("div", { class: "fields" }, model, live ? [epochs, seed] : null),
    h("p", {}, code),
    controls,
    status,
    live ? [bar, now] : null,
    h("div", { class: "charts three" }, losses, accuracy, speed),
    h("p", { class: "faint" }, "Training pictures are shifted and mirrored, and their labels smoothed: they are harder than validation pictures, and their loss is higher. ", live
      ? "It trains in a process of its own, one for all who have this page open, and stops between two steps when nobody looks for 20 seconds. "
      : `Recorded, not computed here: seed ${values.seed}, PyTorch ${values.torch}, ${values.cores} cores. In the edition that muslin lecture serves, you train them yourself. `,
      h("code", {}, "python -m benchmarks.measure.epochs"), live ? " recorded what the question asks." : ""),
    todo,
  );

  function first({ name }) {
    return recorded[name].epochs[0].validation_accuracy;
  }

  async function asked(what, question) {
    try {
      await live.ask(what, question);
    } catch (error) {
      put(status, h("span", { class: "warning" }, error.message));
    }
  }

  function replay() {
    const last = () => recorded[store.state.model].epochs.length;
    const move = (far) => store.change({ shown: Math.min(last(), Math.max(0, store.state.shown + far)) }, { undoable: false });
    return player(root, { onVisible }, {
      frame: paced(SPEED, () => {
        move(1);
        return store.state.shown < last();
      }),
      step: () => move(1),
      back: () => move(-1),
      reset: () => store.change({ shown: 0 }),
      store,
    });
  }

  /** The recorded training of the net that is chosen, as far as it is shown. */
  function fromRecord({ model: name, shown }) {
    const { epochs: all, ...rest } = recorded[name];
    const learnt = all.slice(0, shown);
    const isOver = learnt.length === all.length;
    return { ...nothing, ...rest, model: name, epochs: all.length, seed: values.seed, learnt, isRecorded: true, ended: isOver ? "done" : null, seconds: all.at(-1).seconds };
  }

  function draw() {
    if (!isSeen) return;
    const { learnt } = course;
    const points = (name) => learnt.map((each) => [each.epoch, each[name]]);
    losses.show([{ name: "training", colour: 1, points: points("train_loss") }, { name: "validation", colour: 2, dashed: true, points: points("validation_loss") }]);
    accuracy.show([{ name: course.model ?? "no net yet", colour: 1, points: points("validation_accuracy") }], null, [Math.min(0.7, ...learnt.map((each) => each.validation_accuracy)), 1]);
    speed.show([{ name: course.model ?? "no net yet", colour: 1, points: points("pictures_per_second") }]);
    const last = learnt.at(-1);
    put(status, line(course), last ? [" After epoch ", String(last.epoch), `: ${percent(last.validation_accuracy, 2)} of the validation pictures right, loss `, short(last.validation_loss), "; their class was given a probability of ", written(power("e", ["−", last.validation_loss]), "=", Math.exp(-last.validation_loss)), " in the geometric mean."] : null,
      live && course.ended === "done" ? [" ", button("Look into it", lookInto)] : null);
    drawProgress();
    begin.disabled = course.isRunning;
    stop.disabled = !course.isRunning || course.isStopped;
  }

  function drawProgress() {
    const { progress, isRunning, learnt, epochs: all } = course;
    bar.firstChild.style.width = `${100 * (progress?.share ?? (learnt.length && learnt.length / all))}%`;
    bar.hidden = now.hidden = !isRunning;
    put(now, progress ? `Epoch ${progress.epoch} of ${all}: loss ${progress.loss.toFixed(3)}, ${percent(progress.share, 0)} of all; about ${Math.ceil(progress.remaining)} s more.` : "…");
  }

  /** The page anew: what looks into a run has other values then. */
  function lookInto() {
    document.querySelector("[data-widget=run]").scrollIntoView();
    location.reload();
  }

  function follow(next, isProgress = false) {
    course = next;
    if (isProgress) {
      if (isSeen) drawProgress();
      return;
    }
    draw();
    if (course.ended === "done") seen.set(course.model, course.learnt.at(-1));
    if (course.learnt.length) guess.answer(models.indexOf(best), `Recorded: ${models.map((each) => `${each.name} ${percent(first(each), 1)}`).join(", ")}.`);
    todo.check(course);
  }

  const show = (state) => {
    for (const [field, value] of [[model, state.model], [epochs, state.epochs], [seed, state.seed]]) field.show(value);
    const chosen = live ? state : { ...state, epochs: recorded[state.model].epochs.length, seed: values.seed };
    put(code, `muslin.fit("fashion-mnist", recipe="espresso", model="${chosen.model}", epochs=${chosen.epochs}, seed=${chosen.seed})`);
    if (!live) follow(fromRecord(state));
  };
  onVisible((visible) => {
    if (visible && !isSeen) (isSeen = true), draw();
    isSeen = visible;
  });
  store.onChange(show);
  show(store.state);
  if (live) draw(), live.listen("fit", (event) => follow(taken(course, event), event.event === "progress"));
}
