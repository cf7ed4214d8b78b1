/** Evidence laid over a picture, in the colour of what is wrong: it is seen on grey of any shade. */

import { colours, mixed, rgb } from "./colours.js";
import { raster } from "./garments.js";

const OPACITY = 0.75; // where there is most evidence

/**
 * Returns a picture with the evidence for a class over it.
 *
 * `picture` is {across, down, colourOf}, as `raster` takes it; `map` has 0 to 255 for each pixel, `name` is the class's.
 */
export function heated({ across, down, colourOf }, map, name) {
  const heat = rgb(colours().wrong);
  const surface = raster(across, down, (place) => mixed(colourOf(place), heat, (OPACITY * map[place]) / 255));
  surface.className = "garment";
  surface.setAttribute("role", "img");
  surface.setAttribute("aria-label", `Where the evidence for ${name} lies`);
  return surface;
}
