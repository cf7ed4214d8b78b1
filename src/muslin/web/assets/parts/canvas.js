/** A canvas that is as sharp as the screen, and as wide as its place. */

import { h } from "./dom.js";
import { onTheme } from "./colours.js";

/**
 * Returns an element with a canvas inside, drawn anew when its size or the theme changes.
 *
 * `draw(context, width, height)` draws in CSS pixels. `label` says what it shows; `say(text)` sets the live summary that
 * stands for it where it is not seen. `ratio` is height over width.
 */
export function canvas({ label, ratio = 1, most = 10_000 }, draw) {
  const surface = h("canvas", { role: "img", "aria-label": label });
  const summary = h("p", { class: "unseen", "aria-live": "polite" });
  const element = h("div", { class: "canvas" }, surface, summary);
  element.style.maxWidth = `${most}px`;
  let width = 0;
  let isAsked = false;

  const paint = () => {
    isAsked = false;
    if (!width) return;
    const sharpness = devicePixelRatio || 1;
    const height = Math.round(width * ratio);
    const [across, down] = [Math.round(width * sharpness), Math.round(height * sharpness)];
    if (surface.width !== across || surface.height !== down) {
      [surface.width, surface.height] = [across, down];
      surface.style.height = `${height}px`;
    }
    const context = surface.getContext("2d");
    context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
  };
  element.paint = () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(paint);
  };
  element.summarise = (text) => {
    if (summary.textContent !== text) summary.textContent = text;
  };
  element.surface = surface;
  new ResizeObserver(([entry]) => {
    width = Math.floor(entry.contentRect.width);
    paint();
  }).observe(element);
  onTheme(element.paint);
  return element;
}

/** Returns the place of a pointer on an element as shares of its width and height, from the upper left. */
export function shareOf(event, element) {
  const box = element.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}
