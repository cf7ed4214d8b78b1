/** Learning, mistake by mistake: a course from a start line through its samples, computed as far as it is asked for. */

import { perceptron, perceptronUpdate } from "../../maths/perceptron.js";

export const MOST = 1000; // mistakes that a course may go through

export class Course {
  #inputs;
  #labels;
  #biasFactor;
  #next = 0; // the sample to look at
  #epoch = 0;
  #places = new Map(); // a line and a sample that it was about to look at, and after how many mistakes

  /** `points` are [x, y, class], `start` is [w1, w2, b]; `isInside` adds the bias once for each input: the mistake. */
  constructor(points, start, isInside) {
    this.points = points;
    this.#inputs = Float64Array.from(points.flatMap(([x, y]) => [x, y]));
    this.#labels = points.map(([, , label]) => label);
    this.#biasFactor = isInside ? 2 : 1;
    this.lines = [{ weights: Float64Array.from(start.slice(0, 2)), bias: start[2] }];
    this.rests = false; // whether the last line is right about all
    this.returned = null; // {from, to}: after `to` mistakes all is as it was after `from`
    this.#remember();
  }

  /** What the neuron answers to each point with a line. */
  outputs({ weights, bias }, factor = this.#biasFactor) {
    return perceptron(this.#inputs, weights, bias * factor);
  }

  /** How many points a line is wrong about, as the neuron in use has it, or with `factor` 1 as the right one has it. */
  wrong(line, factor = this.#biasFactor) {
    return this.outputs(line, factor).reduce((count, output, row) => count + (output !== this.#labels[row] ? 1 : 0), 0);
  }

  /** The line after so many mistakes: {weights, bias}, and from the first on {epoch, sample, output, target}. */
  at(steps) {
    while (this.lines.length <= steps && !this.rests) this.#go();
    return this.lines[Math.min(steps, this.lines.length - 1)];
  }

  /** Whether it is at rest after so many mistakes: it looked for one more, and all samples are right. */
  restsAt(steps) {
    this.at(steps + 1);
    return this.rests && steps >= this.lines.length - 1;
  }

  /** Mistakes of each epoch until so many were made; where it rests, the last epoch is without. */
  epochs(steps) {
    const counts = [0];
    for (const { epoch } of this.lines.slice(1, steps + 1)) {
      while (counts.length <= epoch) counts.push(0);
      counts[epoch] += 1;
    }
    if (this.restsAt(steps) && counts.at(-1) > 0) counts.push(0);
    return counts;
  }

  #go() {
    const line = this.lines.at(-1);
    const outputs = this.outputs(line);
    const count = this.#labels.length;
    const ahead = this.#labels.findIndex((_, far) => {
      const sample = (this.#next + far) % count;
      return outputs[sample] !== this.#labels[sample];
    });
    if (ahead < 0) {
      this.rests = true;
      return;
    }
    if (this.#next + ahead >= count) this.#epoch += 1;
    const sample = (this.#next + ahead) % count;
    const [output, target] = [outputs[sample], this.#labels[sample]];
    const row = this.#inputs.subarray(2 * sample, 2 * sample + 2);
    const used = line.bias * this.#biasFactor;
    const learned = perceptronUpdate(row, [target], line.weights, used);
    const bias = line.bias + (learned.bias - used);
    this.lines.push({ weights: learned.weights, bias, epoch: this.#epoch, sample, output, target });
    this.#next = sample + 1;
    this.#remember();
  }

  #remember() {
    if (this.returned) return;
    const { weights, bias } = this.lines.at(-1);
    const key = [...weights, bias, this.#next % this.#labels.length].join();
    const to = this.lines.length - 1;
    if (this.#places.has(key)) this.returned = { from: this.#places.get(key), to };
    else this.#places.set(key, to);
  }
}
