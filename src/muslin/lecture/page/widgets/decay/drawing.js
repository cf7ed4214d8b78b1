/** One net: what it decides on the plane, with the points, and its weights as bars. */

import { h, put } from "../../parts/dom.js";
import { canvas } from "../../parts/canvas.js";
import { colours, diverging, onTheme, placeOf } from "../../parts/colours.js";
import { fixed, percent, short } from "../../parts/numbers.js";
import { weightsOf } from "./trainer.js";

const [EXTENT, CELLS] = [1.6, 48];
const MOST = 3; // of a weight that a bar has room for
export const NAUGHT = 0.01; // a weight that small is called 0

const GRID = Float64Array.from({ length: 2 * CELLS * CELLS }, (_, at) => {
  const cell = Math.floor(at / 2);
  return at % 2 ? EXTENT - ((Math.floor(cell / CELLS) + 0.5) * 2 * EXTENT) / CELLS : (((cell % CELLS) + 0.5) * 2 * EXTENT) / CELLS - EXTENT;
});

/** Returns a figure with `show(net, losses, title)`. */
export function netCard(values, label) {
  const field = document.createElement("canvas");
  [field.width, field.height] = [CELLS, CELLS];
  let [network, palette, map] = [null, null, null];
  const renew = () => ([palette, map] = [colours(), diverging()]);
  const plane = canvas({ label: `${label}: decision on the plane`, ratio: 1 }, (context, side) => network && drawPlane(context, side));
  const bars = canvas({ label: `${label}: its weights`, ratio: 0.32 }, (context, width, height) => network && drawBars(context, width, height));
  const [title, numbers, size] = [h("h4", {}), h("p", { class: "numbers-live" }), h("p", { class: "faint numbers-live" })];
  const element = h("div", { class: "stack net-card" }, title, plane, numbers, bars, size);
  onTheme(renew);
  renew();

  function drawPlane(context, side) {
    const shares = network.probabilities(GRID);
    const image = new ImageData(CELLS, CELLS);
    image.data.fill(255);
    for (let cell = 0; cell < shares.length; cell++) {
      const from = 3 * placeOf(shares[cell] - 0.5, 0.5);
      for (let part = 0; part < 3; part++) image.data[4 * cell + part] = map[from + part];
    }
    field.getContext("2d").putImageData(image, 0, 0);
    context.drawImage(field, 0, 0, side, side);
    drawPoints(context, side, values.test, false);
    drawPoints(context, side, values.train, true);
  }

  function drawPoints(context, side, { points, labels }, isTrain) {
    const radius = isTrain ? 5 : 2;
    context.lineWidth = isTrain ? 2 : 1;
    labels.forEach((kind, at) => {
      const [x, y] = [((points[2 * at] + EXTENT) / (2 * EXTENT)) * side, ((EXTENT - points[2 * at + 1]) / (2 * EXTENT)) * side];
      context.beginPath();
      if (kind) context.arc(x, y, radius, 0, 2 * Math.PI);
      else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      context.fillStyle = kind ? palette.series[0] : palette.series[1];
      context.strokeStyle = isTrain ? palette.ink : palette.paper;
      context.fill();
      context.stroke();
    });
  }

  function drawBars(context, width, height) {
    const weights = weightsOf(network);
    const [wide, middle] = [width / weights.length, height / 2];
    weights.forEach((weight, at) => {
      context.fillStyle = weight < 0 ? palette.series[1] : palette.series[0];
      const tall = (Math.min(Math.abs(weight), MOST) / MOST) * (middle - 2);
      context.fillRect(at * wide + 0.5, weight < 0 ? middle : middle - tall, Math.max(1, wide - 1), Math.max(tall, 0.5));
    });
    context.fillStyle = palette.muted;
    context.fillRect(0, middle - 0.5, width, 1);
  }

  element.show = (net, losses, name) => {
    network = net;
    const weights = weightsOf(network);
    const naughts = weights.filter((weight) => Math.abs(weight) < NAUGHT).length;
    put(title, name);
    put(numbers, "loss on its points ", h("strong", {}, fixed(losses.train, 4)), ", on fresh ones ", h("strong", {}, fixed(losses.test, 4)));
    put(size, `${weights.length} weights, mean size ${short(weights.reduce((sum, weight) => sum + Math.abs(weight), 0) / weights.length, 3)}, ${percent(naughts / weights.length, 0)} within ${NAUGHT} of 0; bars reach ±${MOST}`);
    plane.paint();
    bars.paint();
  };
  element.summarise = (losses) => plane.summarise(`loss on its points ${fixed(losses.train, 3)}, on fresh ones ${fixed(losses.test, 3)}`);
  return element;
}
