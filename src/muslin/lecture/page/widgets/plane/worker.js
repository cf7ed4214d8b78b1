/** Trains beside the page: one frame in flight, and nothing between frames. */

import { Trainer } from "./trainer.js";

let trainer = null;

onmessage = ({ data: { id, recipe, steps, budget, count } }) => {
  try {
    if (recipe && trainer) trainer.adopt(recipe);
    else if (recipe) trainer = new Trainer(recipe);
    trainer.goTo(steps, performance.now() + budget);
    const stretch = count ? trainer.stretch(count) : null;
    const { points, labels, testPoints, testLabels } = trainer.recipe;
    const parameters = trainer.network.parameters.slice();
    const gradient = trainer.network.backpropagate(points, labels, trainer.l2).gradient.slice();
    postMessage(
      {
        id, stretch, steps: trainer.steps, parameters, gradient, marks: trainer.marks,
        train: trainer.score(points, labels), test: trainer.score(testPoints, testLabels),
      },
      [parameters.buffer, gradient.buffer],
    );
  } catch (error) {
    const message = error.message;
    const at = trainer?.steps ?? 0;
    trainer = null;
    postMessage({ id, problem: message, at });
  }
};
