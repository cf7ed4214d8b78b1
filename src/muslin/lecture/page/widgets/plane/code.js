/** The net at hand as a program: the same start, the same batches, the same curve, in NumPy or in PyTorch; as numbers. */

import { placesOf } from "./probe.js";
import { lockedAt } from "./trainer.js";

const numbers = (values) => `[${Array.from(values, (value) => String(value)).join(", ")}]`;

/** Returns the data and the settings as Python; 17 digits of each number, so that nothing is lost. */
function head(recipe) {
  return `points = np.array(${numbers(recipe.points)}).reshape(-1, 2)
labels = np.array(${numbers(recipe.labels)})
start = np.array(${numbers(recipe.start)})
sizes, batch, lr, l2 = (${recipe.sizes.join(", ")}), ${recipe.batch}, ${recipe.lr}, ${recipe.l2}
${wayOf(recipe)}`;
}

const isSteered = ({ edits, turns, locks }) => edits.length + turns.length + locks.length > 0;

/** Returns what was done on the way as Python: dicts by the step. */
function wayOf({ edits, turns, locks }) {
  if (!isSteered({ edits, turns, locks })) return "";
  const steps = (list) => [...new Set(list.map(([since]) => since))];
  const dict = (list, written) => `{${list.map(written).join(", ")}}`;
  const ofStep = (at) => dict(edits.filter(([since]) => since === at), ([, place, value]) => `${place}: ${value}`);
  return `turns = ${dict(turns, ([since, lr, l2]) => `${since}: (${lr}, ${l2})`)}  # from this step on: lr, l2
edits = ${dict(steps(edits), (at) => `${at}: ${ofStep(at)}`)}  # set by hand before this step: place, value
locks = ${dict(steps(locks), (at) => `${at}: [${lockedAt(locks, at).join(", ")}]`)}  # from this step on these stay as they are
kept = []
`;
}

const UPDATES = {
  "gradient step": "torch.optim.SGD(weights + biases, lr)",
  momentum: "torch.optim.SGD(weights + biases, lr, momentum=0.9)",
  nesterov: "torch.optim.SGD(weights + biases, lr, momentum=0.9, nesterov=True)",
  adam: "torch.optim.Adam(weights + biases, lr)",
};
const LOSSES = {
  "binary-cross-entropy": "F.binary_cross_entropy_with_logits(z[:, 0], targets.double())",
  "mean-squared-error": "F.mse_loss(torch.sigmoid(z[:, 0]), targets.double())",
  "cross-entropy": "F.cross_entropy(z, targets)",
};

/** PyTorch, in float64. */
export function asPyTorch(recipe, steps) {
  return `import numpy as np
import torch
import torch.nn.functional as F

${head(recipe)}
weights, biases, at = [], [], 0
for ins, outs in zip(sizes, sizes[1:]):
    weights.append(torch.tensor(start[at : at + ins * outs].reshape(ins, outs), requires_grad=True))
    biases.append(torch.tensor(start[at + ins * outs : at + ins * outs + outs], requires_grad=True))
    at += ins * outs + outs
optimizer = ${UPDATES[recipe.optimizer]}${isSteered(recipe) ? `
each = [one for pair in zip(weights, biases) for part in pair for one in part.data.view(-1)]` : ""}


def forward(x):
    for place, (weight, bias) in enumerate(zip(weights, biases)):
        z = x @ weight + bias
        x = torch.${recipe.activation}(z)
    return z


x, y = torch.tensor(points), torch.tensor(labels)
slices = range(0, len(labels), batch)
losses = []
for step in range(${steps}):
${isSteered(recipe) ? `    lr, l2 = turns.get(step, (lr, l2))
    optimizer.param_groups[0]["lr"] = lr
    kept = locks.get(step, kept)
    for place, value in edits.get(step, {}).items():
        each[place].fill_(value)
    held = [each[place].item() for place in kept]
` : ""}    rows = slice(slices[step % len(slices)], slices[step % len(slices)] + batch)
    z, targets = forward(x[rows]), y[rows]
    loss = ${LOSSES[recipe.loss]}
    losses.append(loss.item())
    penalty = sum(weight.square().sum() for weight in weights) * l2 / 2
    optimizer.zero_grad()
    (loss + penalty).backward()
    optimizer.step()
${isSteered(recipe) ? `    for place, value in zip(kept, held):
        each[place].fill_(value)
` : ""}print(losses[-1])
`;
}

/** NumPy, by the textbook's own network. */
export function asNumPy(recipe, steps) {
  const name = { "gradient step": "gradient_step", momentum: "momentum", nesterov: "nesterov", adam: "adam" }[recipe.optimizer];
  return `from functools import partial

import numpy as np
from muslin.textbook.network import Network
from muslin.textbook.optimizers import ${name}

${head(recipe)}
network = Network(sizes, "${recipe.activation}", "${recipe.loss}")
network.parameters = start
slices = range(0, len(labels), batch)
losses = []
for step in range(${steps}):
${isSteered(recipe) ? `    lr, l2 = turns.get(step, (lr, l2))
    kept = locks.get(step, kept)
    for place, value in edits.get(step, {}).items():
        network.parameters[place] = value
    held = network.parameters[kept]
` : ""}    rows = slice(slices[step % len(slices)], slices[step % len(slices)] + batch)
    losses.append(network.step(points[rows], labels[rows], partial(${name}, lr=lr), l2).loss)
${isSteered(recipe) ? "    network.parameters[kept] = held\n" : ""}print(losses[-1])
`;
}

/** Returns the weights and biases of now: layer, from and to count from 1, and a bias comes from "bias". */
export function asCsv(sizes, parameters) {
  const rows = placesOf(sizes).map(({ layer, from, to }, place) => [layer + 1, from === null ? "bias" : from + 1, to + 1, parameters[place]].join(","));
  return ["layer,from,to,value", ...rows].join("\n");
}
