/** The page's colours, of the theme of now: the same palette as in plots and reports. */

import { clamp } from "./numbers.js";

const NAMES = ["paper", "mat", "ink", "faint", "muted", "right", "wrong"];
export const SHAPES = ["circle", "square", "triangle", "diamond", "down", "plus"]; // beside colour, for each class

/** Returns {paper, ink, ..., series: [six]} as #rrggbb. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(`--${name}`).trim();
  const found = Object.fromEntries(NAMES.map((name) => [name, value(name)]));
  return { ...found, series: [1, 2, 3, 4, 5, 6].map((place) => value(`series-${place}`)) };
}

/** Returns [r, g, b], 0 to 255, of #rrggbb. */
export const rgb = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));

/** Returns [r, g, b] between two colours, each [r, g, b], at a share in [0, 1]. */
export const mixed = (one, other, share) => one.map((value, place) => value + (other[place] - value) * share);

/**
 * Returns a map of 256 colours from below 0 (the second of the series) over the paper to above 0 (the first), as bytes
 * r, g, b for each: eyes that confuse red and green tell these two apart.
 */
export function diverging(palette = colours()) {
  const [above, below, paper] = [palette.series[0], palette.series[1], palette.paper].map(rgb);
  const bytes = new Uint8ClampedArray(256 * 3);
  for (let place = 0; place < 256; place += 1) {
    const value = (place - 127.5) / 127.5;
    bytes.set(mixed(paper, value > 0 ? above : below, Math.abs(value) * 0.85), place * 3);
  }
  return bytes;
}

/** Returns the place in `diverging` of a value whose extremes are -limit and limit. */
export const placeOf = (value, limit) => clamp(Math.round((value / limit) * 127.5 + 127.5), 0, 255);

/** Calls `redraw` whenever the theme changes. */
export function onTheme(redraw) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

export const movesLittle = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
