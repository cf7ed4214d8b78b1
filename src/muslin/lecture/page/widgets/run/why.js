/** Why a picture was called so: the picture, the map over it, the likeliest classes, the nearest, the feature maps. */

import { onTheme } from "../../parts/colours.js";
import { h, put } from "../../parts/dom.js";
import { garment, unpacked } from "../../parts/garments.js";
import { heated } from "../../parts/heat.js";
import { fixed, percent } from "../../parts/numbers.js";

/** Returns an element with `show(exhibit)`; null shows nothing. */
export function why({ classes, side }) {
  const element = h("div", { class: "why" });
  let latest = null;
  element.show = (exhibit) => {
    latest = exhibit;
    put(element, exhibit && parts(exhibit, classes, side));
  };
  onTheme(() => element.show(latest));
  return element;
}

function parts({ picture, map, layer, likeliest, near, layers, said }, classes, side) {
  const [pixels] = unpacked(picture, side);
  return [
    h("div", { class: "why-pictures" },
      figure(garment(pixels, "As the model sees it", side), "as the model sees it"),
      map && figure(heated({ across: side, down: side, colourOf: (place) => [pixels[place], pixels[place], pixels[place]] }, unpacked(map, side)[0], classes[said]), `evidence for ${classes[said]}, ${layer}`),
      near.map((each) => figure(garment(unpacked(each.picture, side)[0], `A training picture: ${classes[each.label]}`, side), `trained on: ${classes[each.label]}, distance ${fixed(each.distance, 2)}`))),
    likeliest.length > 0 && h("div", { class: "likeliest" }, likeliest.map(([place, share]) => [
      h("span", {}, classes[place]), h("div", { class: "meter", "aria-hidden": "true" }, width(share)), h("span", { class: "numbers-live" }, percent(share, 1)),
    ])),
    layers.length > 0 && h("div", { class: "layers" }, h("h4", {}, "What its layers make of it, four maps each"), layers.map((each) =>
      h("div", { class: "layer" }, h("span", { class: "faint" }, `${each.name}, ${each.side} x ${each.side}`),
        h("div", { class: "maps" }, unpacked(each.maps, each.side).map((cells, place) => garment(cells, `${each.name}, map ${place + 1}`, each.side)))))),
  ].filter(Boolean);
}

const figure = (inside, caption) => h("figure", {}, inside, h("figcaption", {}, caption));

function width(share) {
  const bar = h("span");
  bar.style.width = `${100 * share}%`;
  return bar;
}
