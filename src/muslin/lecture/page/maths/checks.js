/** Checks of arguments, twin of textbook/_checks.py: each error names the argument, its value and the rule. */

const SUM_TOLERANCE = 1e-5; // as the textbook's

/** Throws an error, where an expression is wanted. */
export function refuse(sentence) {
  throw new Error(sentence);
}

/** Returns a number that may be infinite, after refusing what is none. */
export const real = (name, value) =>
  value >= 0 || value < 0 ? value : refuse(`${name} is ${value}; it must be a number`);

/** Returns a number after refusing one outside [low, high], or one that is not finite. */
export function between(name, value, low, high) {
  if (Number.isFinite(value) && low <= value && value <= high) return value;
  return refuse(`${name} is ${value}; it must be a finite number in [${low}, ${high}]`);
}

/** Returns a number that is finite. */
export const finiteNumber = (name, value) => between(name, value, -Infinity, Infinity);

/** Returns a whole number after refusing one below `low`. */
export const atLeast = (name, value, low) =>
  Number.isInteger(value) && value >= low ? value : refuse(`${name} is ${value}; it must be whole, ${low} or more`);

/** Returns the share that an average keeps, in [0, 1). */
export const kept = (name, value) =>
  value >= 0 && value < 1 ? value : refuse(`${name} is ${value}; it must lie in [0, 1)`);

/** Returns an array after refusing one that is empty, or an entry that is outside [low, high] or not finite. */
export function within(name, array, low, high) {
  if (!(array.length > 0)) refuse(`${name} is empty; it must hold at least one number`);
  for (let i = 0; i < array.length; i++) {
    if (low <= array[i] && array[i] <= high && array[i] - array[i] === 0) continue;
    refuse(`${name} holds ${array[i]} at index ${i}; every value must ${low === 0 ? "lie in [0, 1]" : "be finite"}`);
  }
  return array;
}

/** Returns an array without NaN and infinities. */
export const finite = (name, array) => within(name, array, -Infinity, Infinity);

/** Returns an array of probabilities, each by itself in [0, 1]. */
export const probabilities = (name, array) => within(name, array, 0, 1);

/** Returns an array after refusing a length other than the wanted one. */
export const sized = (name, array, length) =>
  array.length === length ? array : refuse(`${name} has ${array.length} numbers; it must have ${length}`);

/** Returns how many rows of `width` numbers an array has. */
export function rowsOf(name, array, width) {
  const rows = array.length / width;
  return Number.isInteger(rows) ? rows : refuse(`${name} has ${array.length} numbers; it must have rows of ${width}`);
}

/** Returns an array whose every row of `width` probabilities sums to 1. */
export function distributions(name, array, width = array.length) {
  rowsOf(name, probabilities(name, array), width);
  for (let from = 0; from < array.length; from += width) {
    let sum = 0;
    for (let k = from; k < from + width; k++) sum += array[k];
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) refuse(`${name} sums to ${sum} from index ${from}; it must sum to 1`);
  }
  return array;
}

/** Returns class numbers, one for each of `rows` samples, each in [0, classes). */
export function labels(name, array, classes, rows) {
  sized(name, array, rows);
  for (let i = 0; i < rows; i++) {
    if (Number.isInteger(array[i]) && array[i] >= 0 && array[i] < classes) continue;
    refuse(`${name} holds ${array[i]} at index ${i}; a label must be a whole number in [0, ${classes - 1}]`);
  }
  return array;
}
