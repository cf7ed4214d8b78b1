/** The kernel in the hand: nine products and their sum, from place to place over a real garment. */

import { button, h, put } from "../parts/dom.js";
import { list, number, oneOf, whole } from "../parts/checks.js";
import { choice, numberField } from "../parts/fields.js";
import { formula, over, written } from "../parts/formula.js";
import { unpacked, SIDE } from "../parts/garments.js";
import { fixed, short } from "../parts/numbers.js";
import { player } from "../parts/player.js";
import { predictFirst } from "../parts/predict.js";
import { asTable } from "../parts/table.js";
import { tasks } from "../parts/tasks.js";
import { convolve, places, pool, underWindow } from "../maths/convolution.js";
import { map } from "./kernel/map.js";
import { nine } from "./kernel/nine.js";
import { hand } from "./kernel/hand.js";
import { learnt } from "./kernel/learnt.js";

const LIMIT = 100; // of a weight
const NEAR = 1e-9;
const POOLS = [["none", "none"], ["max", "largest of 2 x 2"], ["mean", "mean of 2 x 2"]];
const SPEEDS = [[40, "40 places a second"], [200, "200 a second"], [5, "5 a second"]];

export const start = (values) => ({ garment: 0, weights: values.kernels[0].weights, stride: 1, padding: 0, pool: "none", place: 13 * 26 + 7 });
export const checks = (values) => ({
  garment: whole(0, values.labels.length - 1),
  weights: list(number(-LIMIT, LIMIT), 9, 9),
  stride: oneOf(1, 2, 3),
  padding: oneOf(0, 1, 2),
  pool: oneOf(...POOLS.map(([name]) => name)),
  place: whole(0, (SIDE + 2) ** 2 - 1),
});
export function agree({ place, stride, padding }) {
  const most = places(SIDE, 3, stride, padding) ** 2 - 1;
  if (place > most) throw new Error(`place is ${place}; with this stride and padding it is at most ${most}`);
}

export function mount(root, { values, store, say, onVisible }) {
  const pictures = unpacked(values.garments).map((bytes) => Float64Array.from(bytes, (each) => each / 255));
  let now = null;
  now = computed(store.state);
  let speed = SPEEDS[0][0];
  let owed = 0; // shares of a place that frames left over

  const move = (row, column, isLast = true) => {
    const { side } = now.output;
    const [down, across] = [row, column].map((each) => Math.min(side - 1, Math.max(0, each)));
    if (down * side + across !== store.state.place || isLast) store.change({ place: down * side + across }, { undoable: isLast });
  };
  const set = (patch) => {
    const next = { ...store.state, ...patch };
    const side = places(SIDE, 3, next.stride, next.padding);
    const [row, column] = [now.row, now.column].map((each) => Math.min(side - 1, each));
    store.change({ ...patch, place: row * side + column });
  };
  const forward = (count) => {
    const last = now.output.side ** 2 - 1;
    const place = Math.min(last, store.state.place + count);
    store.change({ place }, { undoable: false });
    return place < last;
  };

  const picture = hand(() => now, move);
  const working = nine({ weights: store.state.weights, limit: LIMIT }, (place, weight) => store.change({ weights: store.state.weights.with(place, weight) }));
  const output = map("What the kernel makes of the picture, as far as it has come", (row, column) => move(row, column));
  const pooled = map("The same after pooling");
  const pooledFigure = h("figure", {}, h("figcaption", {}, "Pooled"), pooled);
  const presets = values.kernels.map(({ name, weights }) => button(name, () => store.change({ weights })));
  const filters = learnt(values.learnt, (weights) => store.change({ weights }));
  const which = choice({ label: "Garment", options: values.labels.map((label, place) => [place, label]), value: 0 }, (garment) => store.change({ garment }));
  const stride = choice({ label: "Stride", options: [1, 2, 3].map((each) => [each, each]), value: 1 }, (each) => set({ stride: each }));
  const padding = choice({ label: "Padding", options: [0, 1, 2].map((each) => [each, each]), value: 0 }, (each) => set({ padding: each }));
  const pooling = choice({ label: "Pooling", options: POOLS, value: "none" }, (each) => store.change({ pool: each }));
  const row = numberField({ label: "Row", min: 0, max: SIDE + 1, value: 0 }, (each) => move(Math.round(each), now.column));
  const column = numberField({ label: "Column", min: 0, max: SIDE + 1, value: 0 }, (each) => move(now.row, Math.round(each)));
  const python = h("code");
  const size = h("p", { class: "numbers-live" });
  const table = asTable("the output, row by row", () => {
    const { side, values: cells } = now.output;
    return [["row", ...Array.from({ length: side }, (_, place) => place)], ...Array.from({ length: side }, (_, down) => [down, ...Array.from(cells.subarray(down * side, (down + 1) * side), (each) => fixed(each, 2))])];
  });
  const controls = player(root, { onVisible }, {
    frame: (seconds) => {
      owed += seconds * speed;
      const count = Math.floor(owed);
      owed -= count;
      return count === 0 || forward(count);
    },
    step: () => forward(1),
    back: () => store.change({ place: Math.max(0, store.state.place - 1) }, { undoable: false }),
    reset: () => store.reset(),
    store,
    speeds: SPEEDS,
    speed: (each) => (speed = each),
  });
  controls.append(button("To the end", () => store.change({ place: now.output.side ** 2 - 1 })));
  const guess = predictFirst({
    question: "A picture of 28 x 28, a kernel of 3 x 3, stride 2 and padding 1: how large is the output?",
    options: ["28 x 28", "26 x 26", "14 x 14", "13 x 13"],
  });
  const todo = tasks(
    [
      { text: "Make the output as large as the picture.", isDone: ({ output: { side } }) => side === SIDE, hint: "The window has to reach one pixel beyond each edge." },
      { text: "Put the window where the output is largest of all.", isDone: ({ sum, output: { values: cells } }) => Math.abs(sum) > NEAR && sum >= Math.max(...cells) - NEAR, hint: "Go to the end first: the map then shows where it is bluest." },
      { text: "Type nine weights, not all 0, that answer 0 on any even surface, and are none of the kernels above.", isDone: ({ weights }) => Math.abs(weights.reduce((sum, each) => sum + each, 0)) < NEAR && weights.some(Boolean) && !values.kernels.some((each) => same(each.weights, weights)), hint: "They have to sum to 0." },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "The kernel in the hand"),
    guess,
    h("p", {}, formula(values.formula), "  ", python),
    h("div", { class: "fields" }, which, stride, padding, pooling),
    h("div", { class: "fields", role: "group", "aria-label": "Kernels" }, presets),
    filters,
    h("div", { class: "kernel-columns" },
      h("figure", {}, h("figcaption", {}, "The garment, and the window"), picture, h("div", { class: "fields" }, row, column)),
      h("figure", {}, h("figcaption", {}, "Weight times pixel, nine times"), working),
      h("figure", {}, h("figcaption", {}, "The output"), output, size),
      pooledFigure),
    controls,
    table,
    todo,
  );

  const show = (state) => {
    now = computed(state);
    picture.show();
    working.show(now);
    output.show(now.output, state.place + 1, state.place);
    pooledFigure.hidden = !now.pooled;
    if (now.pooled) pooled.show(now.pooled, now.pooled.side ** 2, -1, now.output);
    for (const [field, value] of [[which, state.garment], [stride, state.stride], [padding, state.padding], [pooling, state.pool], [row, now.row], [column, now.column]]) field.show(value);
    presets.forEach((each, place) => each.setAttribute("aria-pressed", String(same(values.kernels[place].weights, state.weights))));
    filters.show((weights) => same(weights, state.weights));
    put(python, `conv2d(picture, kernel, stride=${state.stride}, padding=${state.padding})`);
    put(size, written("⌊", over([SIDE, "+", 2, "·", state.padding, "−", 3], [state.stride]), "⌋", "+", 1, "=", now.output.side), `: ${now.output.side} x ${now.output.side}. Blue is above 0, orange below.`);
    picture.summarise(`Row ${now.row}, column ${now.column}: ${short(now.sum)}`);
    table.renew();
    todo.check(now);
    if (state.stride === 2 && state.padding === 1) guess.answer(2, "Every other place is skipped, and the last window would leave the picture.");
  };
  store.onChange(show);
  show(store.state);

  function computed(state) {
    const image = pictures[state.garment];
    const settings = { stride: state.stride, padding: state.padding };
    const known = now?.key === key(state) ? now : null; // where only the window moved
    const result = known?.output ?? convolve(image, SIDE, state.weights, settings);
    const [down, across] = [Math.floor(state.place / result.side), state.place % result.side];
    return {
      ...settings, image, key: key(state), weights: state.weights, output: result, row: down, column: across,
      pooled: state.pool === "none" ? null : pool(result.values, result.side, state.pool),
      ...underWindow(image, SIDE, state.weights, down, across, settings),
    };
  }
}

const key = ({ place, pool: _, ...rest }) => JSON.stringify(rest);
const same = (one, other) => one.every((each, place) => Math.abs(each - other[place]) < NEAR);
