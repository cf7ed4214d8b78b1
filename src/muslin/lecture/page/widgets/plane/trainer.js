/**
 * Training a net on points of the plane, always the same from the same state: a step number is a place in time.
 *
 * Batches are slices of the points, one after another, and the last one of an epoch may be short. What a person did on
 * the way is in the recipe with its step, so that going back is starting again, or from a snapshot.
 */

import { Network, parameterCount } from "../../maths/network.js";
import * as optimizers from "../../maths/optimizers.js";

export const OPTIMIZERS = { "gradient step": "gradientStep", momentum: "momentum", nesterov: "nesterov", adam: "adam" };
const [MOST_MARKS, MOST_SNAPSHOTS] = [240, 64]; // of the curves, and to go back to

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

/**
 * A recipe: {points, labels, testPoints, testLabels (flat), sizes, activation, loss, start, optimizer, lr, l2, batch}, and
 * what a person did on the way, each with its step: edits [step, place, value], turns [step, lr, l2], locks [step, place,
 * 1 or 0]. Where it is `judged` by another loss, the losses that are told are that one.
 */
export class Trainer {
  #snapshots = [];
  #happens = new Set(); // steps

  constructor(recipe) {
    this.recipe = recipe;
    this.#restart();
  }

  get epochSteps() {
    return Math.ceil(this.recipe.labels.length / this.recipe.batch);
  }

  /** Goes over to another recipe. Steps that both have in common are not taken anew. */
  adopt(recipe) {
    const since = parting(this.recipe, recipe);
    this.recipe = recipe;
    this.#happens = stepsOf(recipe);
    if (since <= 0) this.#restart();
    else if (since <= this.steps) this.#backTo(since - 1);
  }

  /** Goes on to a step, or back to it from the latest snapshot before, until the deadline of `performance.now()`. */
  goTo(steps, deadline = Infinity) {
    if (steps < this.steps) this.#backTo(steps);
    this.#happen();
    this.#keep();
    const { points, labels, batch, optimizer } = this.recipe;
    const [rows, each, update] = [labels.length, this.epochSteps, optimizers[OPTIMIZERS[optimizer]]];
    while (this.steps < steps) {
      const from = (this.steps % each) * batch;
      const to = Math.min(rows, from + batch);
      this.network.step(points.subarray(2 * from, 2 * to), labels.subarray(from, to), update, { lr: this.lr }, this.l2);
      this.steps += 1;
      if (this.#happens.has(this.steps)) this.#happen();
      if (this.steps % each === 0) this.#mark();
      if ((this.steps & 63) === 0 && performance.now() > deadline) return;
    }
  }

  /** Takes some steps from here on with an optimizer that has no memory yet, on a copy: what a referee can replay. */
  stretch(count) {
    const { points, labels, sizes, activation, loss, batch, optimizer } = this.recipe;
    const { lr, l2 } = this;
    const locks = lockedAt(this.recipe.locks, this.steps);
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

  /** Returns the loss, the share that is right, and how many of each class were called what. */
  score(points, labels) {
    const { loss } = this.judge.backpropagate(points, labels);
    const classes = Math.max(2, this.recipe.sizes.at(-1));
    const confusion = Array.from({ length: classes }, () => new Array(classes).fill(0));
    this.network.predict(points).forEach((said, row) => (confusion[labels[row]][said] += 1));
    return { loss, confusion, right: confusion.reduce((sum, row, at) => sum + row[at], 0) / labels.length };
  }

  #restart() {
    const { sizes, activation, loss, start, judged = loss } = this.recipe;
    this.network = new Network({ sizes, activation, loss, parameters: Float64Array.from(start) });
    this.judge = new Network({ sizes, activation, loss: judged, parameters: this.network.parameters });
    this.steps = 0;
    this.stride = 1;
    this.marks = [];
    this.#snapshots = [];
    this.#happens = stepsOf(this.recipe);
    this.#happen();
    this.#mark();
  }

  /** What a person did at this step is done. */
  #happen() {
    const { edits, turns, locks, lr, l2 } = this.recipe;
    [, this.lr, this.l2] = turns.findLast(([since]) => since <= this.steps) ?? [0, lr, l2];
    const locked = lockedAt(locks, this.steps);
    this.network.padlocks = locked.length ? new Uint8Array(this.network.parameters.length) : null;
    for (const place of locked) this.network.padlocks[place] = 1;
    for (const [since, place, value] of edits) if (since === this.steps) this.network.parameters[place] = value;
  }

  /** Keeps how it stands; of many snapshots every second. */
  #keep() {
    const { steps, stride, network, marks } = this;
    if (this.#snapshots.at(-1)?.steps >= steps) return;
    this.#snapshots.push({ steps, stride, marks: marks.slice(), parameters: network.parameters.slice(), memory: structuredClone(network.state) });
    if (this.#snapshots.length > MOST_SNAPSHOTS) this.#snapshots = this.#snapshots.filter((_, at) => at % 2 === 0);
  }

  #backTo(steps) {
    this.#snapshots = this.#snapshots.filter((each) => each.steps <= steps);
    const last = this.#snapshots.at(-1);
    if (!last) return this.#restart();
    [this.steps, this.stride, this.marks] = [last.steps, last.stride, last.marks.slice()];
    this.network.parameters.set(last.parameters);
    this.network.state = structuredClone(last.memory);
  }

  /** Notes the losses of an epoch; of many epochs every second, fourth, ... one. */
  #mark() {
    const epoch = this.steps / this.epochSteps;
    if (epoch % this.stride) return;
    const { points, labels, testPoints, testLabels } = this.recipe;
    this.marks.push([epoch, this.score(points, labels).loss, this.score(testPoints, testLabels).loss]);
    if (this.marks.length > MOST_MARKS) {
      this.stride *= 2;
      this.marks = this.marks.filter(([at]) => at % this.stride === 0);
    }
  }
}

/** Returns the places that are locked at a step. */
export function lockedAt(locks, step) {
  const locked = new Set();
  for (const [since, place, isLocked] of locks) if (since <= step) isLocked ? locked.add(place) : locked.delete(place);
  return [...locked].sort((one, other) => one - other);
}

const done = ({ edits, turns, locks }) => [edits, turns, locks].flatMap((list, kind) => list.map((each) => [each[0], `${kind}: ${each}`]));
const stepsOf = (recipe) => new Set(done(recipe).map(([since]) => since));

/** Returns the step from which on two recipes are not the same; -1 where they never were, Infinity where they always are. */
function parting(one, other) {
  const ground = ({ edits, turns, locks, ...rest }) => JSON.stringify(rest);
  if (ground(one) !== ground(other)) return -1;
  const [ours, theirs] = [new Map(done(one).map(([since, what]) => [what, since])), new Map(done(other).map(([since, what]) => [what, since]))];
  const alone = [...[...ours].filter(([what]) => !theirs.has(what)), ...[...theirs].filter(([what]) => !ours.has(what))];
  return Math.min(Infinity, ...alone.map(([, since]) => since));
}
