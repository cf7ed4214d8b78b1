/** What the server said of a picture, and why: its scores, what the model sees, where the evidence lies, what is like it. */

import { onTheme } from "./parts/colours.js";
import { button, h, put } from "./parts/dom.js";
import { raster } from "./parts/garments.js";
import { heated } from "./parts/heat.js";
import { fixed, percent } from "./parts/numbers.js";

const SHOWN = 10; // classes
const IN_VIEW = 0.8; // of the window's height: an answer that begins below is brought up
const LOOKING = "The server looks at its training pictures, once, which can take a minute; the nearest come here by themselves.";
const INVERTED = "looks inverted";

/**
 * Returns {show(answer), tell(sentence), wait()} for a place on the page; `onPicture` gets the picture with light and dark
 * exchanged. `run` is {classes, threshold}.
 */
export function answer(place, run, onPicture) {
  const told = h("div", { class: "told", role: "status" });
  const seen = h("div", { class: "pair" });
  const shares = h("div");
  const near = h("div");
  let latest = null;
  onTheme(() => latest && drawPair(latest));

  async function drawPair(said) {
    const [picture, map] = await Promise.all([said.seen, said.map?.picture].map((uri) => uri && pixelsOf(uri)));
    if (said !== latest) return;
    const surface = picture && raster(picture.across, picture.down, picture.colourOf);
    if (surface) Object.assign(surface, { className: "garment" }).setAttribute("role", "img");
    surface?.setAttribute("aria-label", "The picture as the model sees it");
    put(
      seen,
      h("figure", {}, surface ?? blank(), h("figcaption", {}, h("b", {}, "As the model sees it"), picture && `: ${picture.across} x ${picture.down} pixels`)),
      h("figure", {}, map ? heated(picture, map.greys, said.map.label) : blank(),
        h("figcaption", {}, h("b", {}, `Evidence for ${said.label}`), map ? `: ${said.map.layer}` : typeof said.map === "string" && `: ${said.map}`)));
  }

  const exchange = async () => {
    const { across, down, colourOf } = await pixelsOf(latest.seen);
    const rows = Array.from({ length: down }, (_, row) => Array.from({ length: across }, (_, column) => colourOf(row * across + column).map((value) => 255 - value)));
    onPicture({ type: "application/json", body: JSON.stringify({ pixels: rows }) });
  };

  return {
    wait() {
      latest = null;
      put(place, told);
      set(told, [h("p", { class: "asking" }, "It looks at your picture.")]);
      if (place.getBoundingClientRect().top > innerHeight * IN_VIEW) place.parentElement.scrollIntoView();
    },
    tell(sentence, ...more) {
      latest = null;
      put(place, told);
      set(told, [h("p", { class: "problem" }, sentence), ...more]);
    },
    show(said) {
      latest = said;
      set(told, [...headline(said), ...warnings(said), ...notes(said, said.seen && exchange)]);
      put(shares, h("h3", {}, "Its scores"), ...scores(said, run));
      put(near, said.seen && h("h3", {}, "Nearest training pictures"), ...neighbours(said));
      put(place, told, seen, shares, near);
      drawPair(said);
    },
  };
}

/** Replaces what a live region says, unless it says that already: a screen reader would say it once more. */
function set(told, children) {
  const next = h("div", {}, children);
  if (next.textContent !== told.textContent || next.querySelectorAll("button").length !== told.querySelectorAll("button").length) put(told, ...next.childNodes);
}

function headline({ label, probability, runner_up: second, probabilities, is_sure: isSure }) {
  const doubt = second === null ? "" : `: ${label} ${percent(probability)}, or ${second} ${percent(probabilities[second])}`;
  return [h("p", { class: "said" }, h("strong", {}, isSure ? label : "Not sure"), isSure ? percent(probability) : doubt.slice(2))];
}

function warnings({ unlike, why }) {
  return [unlike?.warning && h("p", { class: "warning" }, unlike.warning), why && h("p", { class: "warning" }, `Why it says so is not told: ${why}`)].filter(Boolean);
}

function notes({ notes: all }, exchange) {
  return all.map((note) => h("p", { class: "faint" }, `Note: ${note}. `, exchange && note.startsWith(INVERTED) && button("Exchange light and dark", exchange)));
}

function scores({ probabilities }, { classes, threshold }) {
  const sorted = Object.entries(probabilities).sort(([, one], [, other]) => other - one); // names of digits lose their order
  const list = h("ol", { class: "shares" }, sorted.slice(0, SHOWN).map(([name, share], place) =>
    h("li", {}, h("span", {}, name), h("div", { class: "meter", "aria-hidden": "true" }, wide(share), place === 0 && threshold > 0 && from(threshold)), h("span", { class: "numbers-live" }, percent(share)))));
  const hidden = classes.length - Math.min(SHOWN, sorted.length);
  return [list, h("p", { class: "faint" }, hidden > 0 && `The other ${hidden} classes share the rest. `, threshold > 0 && `Below ${percent(threshold, 0)}, where the line is, “not sure” is the better answer.`)];
}

function neighbours({ seen, neighbours: all, unlike, is_complete: isComplete }) {
  if (!seen) return [];
  if (!isComplete) return [h("p", { class: "asking" }, LOOKING)];
  if (typeof all === "string") return [h("p", { class: "faint" }, all)];
  const list = h("ol", { class: "near" }, all.map(({ label, distance, picture }) => {
    const image = h("img", { class: "garment", src: picture, alt: "" });
    return h("li", {}, image, h("span", {}, h("b", {}, label), ` at ${fixed(distance, 2)}`));
  }));
  return [list, h("p", { class: "faint" }, `Distances are in the model’s own features; 99 of 100 test pictures have one within ${fixed(unlike.usual, 2)}.`)];
}

const blank = () => h("div", { class: "blank", "aria-hidden": "true" });

function wide(share) {
  const bar = h("span");
  bar.style.width = `${100 * share}%`;
  return bar;
}

function from(threshold) {
  const line = h("i", { class: "from" });
  line.style.left = `${100 * threshold}%`;
  return line;
}

/** Returns {across, down, colourOf, greys} of a picture in a URI. */
async function pixelsOf(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  const [across, down] = [image.naturalWidth, image.naturalHeight];
  const context = h("canvas", { width: across, height: down }).getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, across, down);
  return { across, down, colourOf: (place) => Array.from(data.subarray(4 * place, 4 * place + 3)), greys: data.filter((_, place) => place % 4 === 0) };
}
