/** Picture, template and their product, side by side: one sum of 784. */

import { canvas, shareOf } from "../../parts/canvas.js";
import { colours, diverging, placeOf } from "../../parts/colours.js";
import { h, put } from "../../parts/dom.js";
import { raster, SIDE } from "../../parts/garments.js";
import { fixed } from "../../parts/numbers.js";

/** Returns an element with `show({pixels, template, product, place, name})`; `choose(place)` is told a pixel. */
export function productOf(choose) {
  let latest = null;
  const views = ["the garment", "the template", "pixel times weight"].map((label, which) => canvas({ label, most: 224 }, (context, width) => latest && paint(context, width, which)));
  const [weights, products] = [h("span", { class: "numbers-live" }), h("span", { class: "numbers-live" })];
  const captions = [h("span", {}, "x: a pixel is pressed to choose it"), weights, products];
  const signs = ["·", "="];
  for (const { surface } of views)
    surface.addEventListener("pointerdown", (event) => {
      const [column, row] = shareOf(event, surface).map((share) => Math.min(SIDE - 1, Math.max(0, Math.floor(share * SIDE))));
      choose(row * SIDE + column);
    });
  const element = h("div", { class: "product" }, views.map((view, which) => [which > 0 && h("span", { class: "sign", "aria-hidden": "true" }, signs[which - 1]), h("figure", {}, view, h("figcaption", {}, captions[which]))]));

  element.show = (shown) => {
    latest = shown;
    const { pixels, template, product, place, name } = shown;
    put(weights, `w of ${name}: ${fixed(template[place], 4)} there`);
    put(products, `${fixed(pixels[place])} · ${fixed(template[place], 4)} = ${fixed(product[place], 4)}`);
    const total = product.reduce((sum, each) => sum + each, 0);
    const said = [`Row ${Math.floor(place / SIDE)}, column ${place % SIDE}: ${fixed(pixels[place])}.`, `The template of ${name}: ${fixed(template[place], 4)} there.`, `Their product: ${fixed(product[place], 4)} there, ${fixed(total)} in all.`];
    views.forEach((view, which) => {
      view.summarise(said[which]);
      view.paint();
    });
  };

  function paint(context, width, which) {
    const { pixels, template, product, place } = latest;
    const map = diverging();
    const numbers = [pixels, template, product][which];
    const limit = Math.max(1e-9, ...numbers.map(Math.abs));
    const shade = (at) => (which === 0 ? [0, 0, 0].fill(255 * pixels[at]) : map.subarray(3 * placeOf(numbers[at], limit), 3 * placeOf(numbers[at], limit) + 3));
    context.imageSmoothingEnabled = false;
    context.drawImage(raster(SIDE, SIDE, shade), 0, 0, width, width);
    context.strokeStyle = colours().series[1];
    context.lineWidth = 2;
    context.strokeRect(((place % SIDE) * width) / SIDE, (Math.floor(place / SIDE) * width) / SIDE, width / SIDE, width / SIDE);
  }
  return element;
}
