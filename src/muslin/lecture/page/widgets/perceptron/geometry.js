/** A line w x + b = 0 in a square from -extent to extent. */

import { clamp } from "../../parts/numbers.js";

const side = ([x, y], [first, second, bias]) => first * x + second * y + bias;

/** Returns {inside, ends}: the corners of the part where w x + b >= 0, and the line's two ends in the square, if any. */
export function cut(line, extent) {
  const corners = [[-extent, -extent], [extent, -extent], [extent, extent], [-extent, extent]];
  const [inside, ends] = [[], []];
  corners.forEach((corner, place) => {
    const next = corners[(place + 1) % 4];
    const [here, there] = [side(corner, line), side(next, line)];
    if (here >= 0) inside.push(corner);
    if (here >= 0 === there >= 0) return;
    const share = here / (here - there);
    const crossing = [0, 1].map((axis) => corner[axis] + share * (next[axis] - corner[axis]));
    inside.push(crossing);
    ends.push(crossing);
  });
  return { inside, ends };
}

/** Returns the direction of w, of length 1; to the right where w is 0. */
export function direction([first, second]) {
  const length = Math.hypot(first, second);
  return length > 0 ? [first / length, second / length] : [1, 0];
}

/** Returns the point of the line that is nearest to the square's middle, kept in the square. */
export function foot([first, second, bias], extent) {
  const squared = first ** 2 + second ** 2;
  if (squared === 0) return [0, 0];
  return [first, second].map((weight) => clamp((-bias * weight) / squared, -extent, extent));
}

/** Returns the line moved so that it runs through a point; its direction stays. */
export const through = ([first, second], [x, y]) => [first, second, -(first * x + second * y)];

/** Returns the line through a point, turned so that w points to another; the length of w stays, or is 1 where it was 0. */
export function turned([first, second], at, to) {
  const [across, up] = direction([to[0] - at[0], to[1] - at[1]]);
  const length = Math.hypot(first, second) || 1;
  return through([length * across, length * up], at);
}
