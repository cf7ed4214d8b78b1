/** Checks of what a link or a server's message brings; each returns the value, or throws a sentence with it. */

const told = (value) => String(JSON.stringify(value)).slice(0, 40);

/** A finite number in [least, most]. */
export const number = (least, most) => (value, name) => {
  if (typeof value !== "number" || !Number.isFinite(value) || value < least || value > most)
    throw new Error(`${name} is ${told(value)}; it must be a number from ${least} to ${most}`);
  return value;
};

/** A whole number in [least, most]. */
export const whole = (least, most) => (value, name) => {
  if (!Number.isInteger(value)) throw new Error(`${name} is ${told(value)}; it must be a whole number`);
  return number(least, most)(value, name);
};

export const flag = (value, name) => {
  if (typeof value !== "boolean") throw new Error(`${name} is ${told(value)}; it must be true or false`);
  return value;
};

/** One of some values. */
export const oneOf = (...values) => (value, name) => {
  if (!values.includes(value)) throw new Error(`${name} is ${told(value)}; it must be one of ${values.join(", ")}`);
  return value;
};

/** A text of at most so many letters. */
export const text = (most) => (value, name) => {
  if (typeof value !== "string" || value.length > most)
    throw new Error(`${name} is ${told(value)}; it must be a text of at most ${most} letters`);
  return value;
};

/** A list of at most `most` values, each as `check` says. */
export const list = (check, most, least = 0) => (value, name) => {
  if (!Array.isArray(value) || value.length > most || value.length < least)
    throw new Error(`${name} must be a list of ${least} to ${most} values`);
  return value.map((each, index) => check(each, `${name}[${index}]`));
};

/** Either null or what `check` says. */
export const maybe = (check) => (value, name) => (value === null ? null : check(value, name));

/** An object of which each known field is checked; others are refused. Fields that are missing stay missing. */
export const fields = (checks) => (value, name = "it") => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error(`${name} holds no settings`);
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(checks, key));
  if (unknown !== undefined) throw new Error(`${told(unknown)} is no setting of this page`);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, checks[key](each, key)]));
};
