/** Elements, made in one call. Text is always text: nothing that a person or a link brings is read as HTML. */

const SVG = "http://www.w3.org/2000/svg";
const MATHML = "http://www.w3.org/1998/Math/MathML";

/** Returns an HTML element. Attributes that begin with "on" are listeners; those that are null or false are left out. */
export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

/** Returns an SVG element. */
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** Returns a MathML element. */
export const math = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(MATHML, tag), attributes, children);

export const button = (label, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, label);

/** Replaces what is in an element. */
export function put(element, ...children) {
  element.replaceChildren(...shown(children));
  return element;
}

let count = 0;
/** Returns an id that no other element has. */
export const newId = (stem) => `${stem}-${(count += 1)}`;

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...shown(children));
  return element;
}

const shown = (children) => children.flat(Infinity).filter((child) => child != null && child !== false);
