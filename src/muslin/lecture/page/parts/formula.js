/** Formulas in MathML: those that Python wrote, as trees, and those with the numbers of now. */

import { math } from "./dom.js";
import { short } from "./numbers.js";

/** Returns the elements of a tree [tag, attributes, text or children]. */
export function formula([tag, attributes, inside]) {
  const { xmlns, ...rest } = attributes;
  return math(tag, rest, typeof inside === "string" ? inside : inside.map(formula));
}

/**
 * Returns a formula of parts: numbers become numbers, one-letter names and `"name"` strings identifiers, what is an
 * operator an operator, arrays rows, and nodes stay.
 */
export function written(...parts) {
  return math("math", { display: "inline" }, math("mrow", {}, parts.map(part)));
}

const OPERATORS = /^[^\p{L}\p{N}]+$/u;

function part(value) {
  if (typeof value === "number") return math("mn", {}, short(value));
  if (value instanceof Node) return value;
  if (Array.isArray(value)) return math("mrow", {}, value.map(part));
  return OPERATORS.test(value) ? math("mo", {}, value) : math("mi", { mathvariant: value.length > 1 ? "normal" : null }, value);
}

/** A fraction. */
export const over = (top, bottom) => math("mfrac", {}, part(top), part(bottom));

/** A power. */
export const power = (base, exponent) => math("msup", {}, part(base), part(exponent));

/** A letter with an index below. */
export const index = (base, below) => math("msub", {}, part(base), part(below));
