/**
 * Training a net on points of the plane, always the same from the same state: a step number is a place in time.
 *
 * Batches are slices of the points, one after another, and the last one of an epoch may be short. What a person did on
 * the way, a weight set by hand, is in the recipe with its step, so that going back is starting again.
 */

import { Network, parameterCount } from "../../maths/network.js";
import * as optimizers from "../../maths/optimizers.js";

export const OPTIMIZERS = { "gradient step": "gradientStep", momentum: "momentum", nesterov: "nesterov", adam: "adam" };
const MOST_MARKS = 240; // of the curves

/** Returns the start weights of the textbook's Network, from the normal numbers that Python dealt. */
export function startWeights(sizes, activation, normals) {
  const parameters = new Float64Array(parameterCount(sizes));
  let [at, used] = [0, 0];
  for (let layer = 0; layer + 1 < sizes.length; layer++) {
    const [ins, outs] = [sizes[layer], sizes[layer + 1]];
    const deviation = (activation === "relu" ? 2 / ins : 2 / (ins + outs)) ** 0.5;
    for (let k = 0; k < ins * outs; k++) parameters[at++] = deviation * normals[used++];
    at += outs;
  }
  return parameters;
}

/** A recipe: {points, labels, testPoints, testLabels (flat), sizes, activation, loss, start, optimizer, lr, l2, batch, edits, locks}. */
export class Trainer {
  constructor(recipe) {
    this.recipe = recipe;
    this.restart();
  }

  restart() {
    const { sizes, activation, loss, start, locks } = this.recipe;
    const padlocks = new Uint8Array(start.length);
    for (const place of locks) padlocks[place] = 1;
    this.network = new Network({ sizes, activation, loss, parameters: Float64Array.from(start), padlocks: locks.length ? padlocks : null });
    this.steps = 0;
    this.stride = 1;
    this.marks = [];
    this.mark();
  }

  get epochSteps() {
    return Math.ceil(this.recipe.labels.length / this.recipe.batch);
  }

  /** Goes on to a step, or back to it by starting again, until the deadline of `performance.now()`. */
  goTo(steps, deadline = Infinity) {
    if (steps < this.steps) this.restart();
    const { points, labels, batch, optimizer, lr, l2, edits } = this.recipe;
    const [rows, each, update] = [labels.length, this.epochSteps, optimizers[OPTIMIZERS[optimizer]]];
    while (this.steps < steps) {
      for (const [since, place, value] of edits) if (since === this.steps) this.network.parameters[place] = value;
      const from = (this.steps % each) * batch;
      const to = Math.min(rows, from + batch);
      this.network.step(points.subarray(2 * from, 2 * to), labels.subarray(from, to), update, { lr }, l2);
      this.steps += 1;
      if (this.steps % each === 0) this.mark();
      if ((this.steps & 63) === 0 && performance.now() > deadline) return;
    }
    for (const [since, place, value] of edits) if (since === this.steps) this.network.parameters[place] = value;
  }

  /** Takes some steps from here on with an optimizer that has no memory yet, on a copy: what a referee can replay. */
  stretch(count) {
    const { points, labels, sizes, activation, loss, batch, optimizer, lr, l2, locks } = this.recipe;
    const start = Array.from(this.network.parameters);
    const twin = new Network({ sizes, activation, loss, parameters: Float64Array.from(start), padlocks: this.network.padlocks });
    for (let step = this.steps; step < this.steps + count; step++) {
      const from = (step % this.epochSteps) * batch;
      const to = Math.min(labels.length, from + batch);
      twin.step(points.subarray(2 * from, 2 * to), labels.subarray(from, to), optimizers[OPTIMIZERS[optimizer]], { lr }, l2);
    }
    const question = { sizes, activation, loss, optimizer, lr, l2, batch, points: Array.from(points), labels: Array.from(labels), start, locks, first: this.steps, count };
    return { question, parameters: Array.from(twin.parameters) };
  }

  /** Notes the losses of an epoch; of many epochs every second, fourth, ... one. */
  mark() {
    const epoch = this.steps / this.epochSteps;
    if (epoch % this.stride) return;
    const { points, labels, testPoints, testLabels } = this.recipe;
    this.marks.push([epoch, this.score(points, labels).loss, this.score(testPoints, testLabels).loss]);
    if (this.marks.length > MOST_MARKS) {
      this.stride *= 2;
      this.marks = this.marks.filter(([at]) => at % this.stride === 0);
    }
  }

  /** Returns the loss, the share that is right, and how many of each class were called what. */
  score(points, labels) {
    const { loss } = this.network.backpropagate(points, labels);
    const classes = Math.max(2, this.recipe.sizes.at(-1));
    const confusion = Array.from({ length: classes }, () => new Array(classes).fill(0));
    this.network.predict(points).forEach((said, row) => (confusion[labels[row]][said] += 1));
    return { loss, confusion, right: confusion.reduce((sum, row, at) => sum + row[at], 0) / labels.length };
  }
}
