/** How a run came to be: its numbers, scrubbed from epoch to epoch. What it said of pictures is kept of the last one alone. */

import { chart } from "../../parts/chart.js";
import { h, put } from "../../parts/dom.js";
import { slider } from "../../parts/fields.js";
import { percent } from "../../parts/numbers.js";

/** Returns an element with `show(epoch)`, from 1; `onScrub(epoch, isLast)` is told of the slider. */
export function course(epochs, onScrub) {
  const scrub = slider({ label: "Epoch", min: 1, max: epochs.length, step: 1, value: epochs.length }, (epoch, isLast) => onScrub(Math.round(epoch), isLast));
  const losses = chart({ title: "Loss by epoch", x: "epoch", y: "nats", counts: "x" });
  const right = chart({ title: "Validation pictures that were answered right", x: "epoch", y: "share", counts: "x" });
  const said = h("p", { class: "numbers-live" });
  const element = h("details", { class: "course" },
    h("summary", {}, `How it learnt, through ${epochs.length} epochs`),
    h("div", { class: "fields" }, scrub),
    said,
    h("div", { class: "charts" }, losses, right),
    h("p", { class: "faint" }, "A run’s folder keeps these numbers of every epoch; the matrix and the pictures are those of its end."));
  const points = (name) => epochs.map((each, place) => [place + 1, each[name]]);
  element.show = (epoch) => {
    const now = epochs[epoch - 1];
    scrub.show(epoch);
    put(said, `Epoch ${epoch} of ${epochs.length}, after ${now.seconds} s: training loss ${now.train_loss.toFixed(3)}, validation loss ${now.validation_loss.toFixed(3)}, ${percent(now.validation_accuracy, 2)} of the validation pictures right; learning rate at ${percent(now.learning_rate_factor, 0)} of its highest, ${now.pictures_per_second.toLocaleString("en")} pictures/s.`);
    losses.show([{ name: "training", colour: 1, points: points("train_loss") }, { name: "validation", colour: 2, dashed: true, points: points("validation_loss") }], epoch);
    right.show([{ name: "validation", colour: 2, dashed: true, points: points("validation_accuracy") }], epoch);
  };
  return element;
}
