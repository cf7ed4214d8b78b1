/** Checks of arguments, twin of textbook/_checks.py: each error names the argument, its value and the rule. */

const SUM_TOLERANCE = 1e-5; // as the textbook's

/** Returns a number that may be infinite, after refusing what is none. */
export function real(name, value) {
  if (typeof value !== "number" || value !== value) throw new Error(`${name} is ${value}; it must be a number`);
  return value;
}

/** Returns a number after refusing one outside [low, high], or one that is not finite. */
export function between(name, value, low, high) {
  if (!(Number.isFinite(value) && low <= value && value <= high)) {
    const rule = high === Infinity ? `at least ${low}` : `in [${low}, ${high}]`;
    throw new Error(`${name} is ${value}; it must be a finite number ${rule}`);
  }
  return value;
}

/** Returns a number that is finite. */
export const finiteNumber = (name, value) => between(name, value, -Infinity, Infinity);

/** Returns a whole number after refusing one below `low`. */
export function atLeast(name, value, low) {
  if (!Number.isInteger(value) || value < low) throw new Error(`${name} is ${value}; it must be a whole number, ${low} or more`);
  return value;
}

/** Returns a share that an average keeps, in [0, 1). */
export function kept(name, value) {
  if (!(0 <= value && value < 1)) throw new Error(`${name} is ${value}; it must lie in [0, 1)`);
  return value;
}

/** Returns an array after refusing one that is empty, or an entry outside [low, high] or not finite. */
export function within(name, array, low, high) {
  if (!(array.length > 0)) throw new Error(`${name} is empty; it must hold at least one number`);
  for (let i = 0; i < array.length; i++) {
    const value = array[i];
    if (!(low <= value && value <= high && value - value === 0)) {
      const rule = low === 0 ? `lie in [${low}, ${high}]` : "be finite";
      throw new Error(`${name} holds ${value} at index ${i}; every value must ${rule}`);
    }
  }
  return array;
}

/** Returns an array without NaN and infinities. */
export const finite = (name, array) => within(name, array, -Infinity, Infinity);

/** Returns an array of probabilities, one by one in [0, 1]. */
export const probabilities = (name, array) => within(name, array, 0, 1);

/** Returns an array after refusing a length other than the wanted one. */
export function sized(name, array, length) {
  if (array.length !== length) throw new Error(`${name} has ${array.length} numbers; it must have ${length}`);
  return array;
}

/** Returns how many rows of `width` numbers an array has. */
export function rowsOf(name, array, width) {
  if (array.length % atLeast("width", width, 1) !== 0) {
    throw new Error(`${name} has ${array.length} numbers; it must have rows of ${width}`);
  }
  return array.length / width;
}

/** Returns an array whose every row of `width` probabilities sums to 1. */
export function distributions(name, array, width = array.length) {
  const rows = rowsOf(name, probabilities(name, array), width);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += array[row * width + k];
    if (Math.abs(sum - 1) > SUM_TOLERANCE) throw new Error(`${name} sums to ${sum} in row ${row}; probabilities must sum to 1`);
  }
  return array;
}

/** Returns class numbers, one for each of `rows` samples, each in [0, classes). */
export function labels(name, array, classes, rows) {
  sized(name, array, rows);
  for (let i = 0; i < rows; i++) {
    const label = array[i];
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new Error(`${name} holds ${label} at index ${i}; a label must be a whole number in [0, ${classes - 1}]`);
    }
  }
  return array;
}
