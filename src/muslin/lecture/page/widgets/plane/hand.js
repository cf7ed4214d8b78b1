/** What a hand does to the points, on a map, in a field or by a key. */

/** Returns {brush, stroke, lift, choose, move, recolour, erase, next, previous} for maps and fields; `points` are points.js's. */
export function handOf({ points, state, choose }) {
  const turn = (by) => () => {
    const count = points.current().length;
    choose((state().chosen + by + count) % count);
  };
  return {
    brush: points.brush,
    stroke: points.stroke,
    lift: points.lift,
    choose,
    move(row, [x, y], isLast) {
      const all = points.current();
      points.set(all.with(row, [x, y, all[row][2]]), row, isLast);
    },
    recolour(label = null) {
      const [all, { chosen }] = [points.current(), state()];
      const [x, y, own] = all[chosen];
      const colours = Math.max(...all.map((each) => each[2])) + 1;
      points.set(all.with(chosen, [x, y, label ?? (own + 1) % colours]), chosen);
    },
    erase: () => points.erase(state().chosen),
    next: turn(1),
    previous: turn(-1),
  };
}
