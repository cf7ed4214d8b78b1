/** What is known about a garment's class after some answers: the garments that answer alike, and their classes. */

import { entropy } from "../../maths/information.js";

/** The known garments: answers (N, Q) of 0 and 1, and labels (N) of K classes. */
export class Known {
  constructor(answers, labels, classes) {
    this.answers = answers;
    this.labels = labels;
    this.classes = classes;
    this.questions = answers.length / labels.length;
  }

  /** Returns the garments that gave these answers: `asked` are [question, 0 or 1] pairs. */
  alike(asked) {
    const all = Array.from(this.labels.keys());
    return all.filter((at) => asked.every(([question, said]) => this.answers[at * this.questions + question] === said));
  }

  /** Returns the share of each class among some garments; none has a share where there are none. */
  shares(garments) {
    const counts = new Float64Array(this.classes);
    for (const at of garments) counts[this.labels[at]] += 1;
    return counts.map((count) => count / (garments.length || 1));
  }

  /** Returns the entropy of the class among some garments, in bits. */
  bits(garments) {
    return garments.length ? entropy(this.shares(garments), 2) : 0;
  }

  /** Returns {before, parts: [[share, bits] of no, of yes], expected}: what a question is expected to tell. */
  worth(garments, question) {
    const before = this.bits(garments);
    const parts = [0, 1].map((said) => {
      const part = garments.filter((at) => this.answers[at * this.questions + question] === said);
      return [part.length / (garments.length || 1), this.bits(part)];
    });
    return { before, parts, expected: before - parts.reduce((sum, [share, bits]) => sum + share * bits, 0) };
  }
}
