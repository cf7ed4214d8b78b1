/** How numbers are written on the page, and read from what people type. */

const MINUS = "\u2212";
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (text) => text.replace(/[0-9]/g, (digit) => RAISED[digit]).replace("-", "⁻").replace("+", "");

/** Writes a number with so many significant digits; what is not a number says so. */
export function short(value, digits = 4) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? String(Number(value.toExponential(digits - 1)).toExponential()) : String(Number(value.toPrecision(digits)));
  const [digitsOf, power] = text.split("e");
  return digitsOf.replace("-", MINUS) + (power === undefined ? "" : ` · 10${raised(power)}`);
}

/** Writes a number with a fixed number of decimals, so that it does not jump while it changes. */
export const fixed = (value, decimals = 3) =>
  Number.isFinite(value) ? value.toFixed(decimals).replace("-", MINUS) : short(value);

export const percent = (share, decimals = 1) => `${fixed(100 * share, decimals)} %`;

/** Reads a number that a person typed, with a comma or a typographic minus too; null where it is none. */
export function parsed(text) {
  const plain = text.trim().replace(MINUS, "-").replace(",", ".");
  const value = Number(plain);
  return plain === "" || !Number.isFinite(value) ? null : value;
}

export const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
