/** Garments: small grey pictures, drawn pixel by pixel. */

import { h } from "./dom.js";

export const SIDE = 28; // pixels

/** Returns bytes of base64 that Python, or the page's link, wrote. */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Returns the pictures of a pack, Uint8Arrays of SIDE x SIDE each, of base64 that Python wrote. */
export function unpacked(text, side = SIDE) {
  const bytes = bytesOf(text);
  return Array.from({ length: bytes.length / side ** 2 }, (_, place) => bytes.subarray(place * side ** 2, (place + 1) * side ** 2));
}

/** Returns bytes as base64, for Python and for the link. */
export function packed(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

/** Returns a canvas of pixels [r, g, b] by place, `across` of them in a row. */
export function raster(across, down, colourOf) {
  const surface = h("canvas", { width: across, height: down });
  const image = new ImageData(across, down);
  for (let place = 0; place < across * down; place += 1) image.data.set([...colourOf(place), 255], place * 4);
  surface.getContext("2d").putImageData(image, 0, 0);
  return surface;
}

/** Returns a picture as an element that its place makes larger; `label` says what it is, empty where its place does. */
export function garment(pixels, label, side = SIDE) {
  const surface = raster(side, side, (place) => [pixels[place], pixels[place], pixels[place]]);
  surface.className = "garment";
  if (label) surface.setAttribute("role", "img"), surface.setAttribute("aria-label", label);
  else surface.setAttribute("aria-hidden", "true");
  return surface;
}
