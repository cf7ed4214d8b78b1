/** The kernels of a net's first layer, to take into the hand. */

import { colours, diverging, onTheme, placeOf } from "../../parts/colours.js";
import { h, put } from "../../parts/dom.js";
import { raster } from "../../parts/garments.js";

const WINDOW = 3;

/** Returns an element with `show(isChosen)`, asked of each kernel's weights; `onPick(weights)` is told of a click. */
export function learnt({ net, why, weights }, onPick) {
  const buttons = weights.map((kernel, place) =>
    h("button", { type: "button", "aria-label": `Kernel ${place + 1} that ${net} has learnt`, title: `kernel ${place + 1}`, onclick: () => onPick(kernel) }));
  const most = Math.max(...weights.flat().map(Math.abs));
  const draw = () => {
    const bytes = diverging(colours());
    weights.forEach((kernel, place) => put(buttons[place], raster(WINDOW, WINDOW, (cell) => {
      const first = placeOf(kernel[cell], most) * 3;
      return bytes.subarray(first, first + 3);
    })));
  };
  draw();
  onTheme(draw);
  const element = h("details", { class: "learnt" },
    h("summary", {}, `${weights.length} kernels that ${net} has learnt`),
    h("p", { class: "faint" }, why && `${why} `, "Blue is above 0, orange below. The net takes the mean from its pixels, divides by their deviation, and adds a bias; here its kernels see the pixels as they are."),
    h("div", { class: "fields", role: "group", "aria-label": "Learnt kernels" }, buttons));
  element.show = (isChosen) => buttons.forEach((each, place) => each.setAttribute("aria-pressed", String(isChosen(weights[place]))));
  return element;
}
