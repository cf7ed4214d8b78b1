/** A garment of one's own: drawn, uploaded or photographed, and what the run says of it. */

import { camera } from "../parts/camera.js";
import { button, h, put } from "../parts/dom.js";
import { flag, text, whole } from "../parts/checks.js";
import { check, slider } from "../parts/fields.js";
import { packed, unpacked } from "../parts/garments.js";
import { fixed, percent } from "../parts/numbers.js";
import { pad } from "../parts/pad.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";
import { why } from "./run/why.js";

const HALF = 0.5;

export const start = (values) => (values.missing ? {} : { pixels: packed(new Uint8Array(values.side ** 2)), brush: 230, invert: false });
export const checks = (values) => (values.missing ? {} : { pixels: text(Math.ceil(values.side ** 2 / 3) * 4), brush: whole(0, 255), invert: flag });
export function agree({ pixels }, { side, missing }) {
  if (missing) return;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(pixels) || unpacked(pixels, 1).length !== side ** 2) throw new Error(`its drawing is not of ${side} x ${side} pixels`);
}

export function mount(root, { values, store, live, say, onVisible }) {
  const title = h("h3", {}, "A garment of your own");
  if (!live) return put(root, title, h("p", { class: "faint" }, "In the edition that muslin lecture serves, you draw, upload or photograph a garment here, and your run answers."));
  if (values.missing) return put(root, title, h("p", { class: "problem" }, values.missing));
  const { side, classes } = values;
  let reply = null;
  const drawing = pad(side, () => store.state, (bytes, isLast) => store.change({ pixels: packed(bytes) }, { undoable: isLast }));
  const brush = slider({ label: "Brush, 0 is black", min: 0, max: 255, step: 5, value: 230 }, (value, isLast) => store.change({ brush: Math.round(value) }, { undoable: isLast }));
  const invert = check({ label: "Exchange dark and light of a file or photograph", value: false }, (value) => store.change({ invert: value }));
  const file = h("input", { type: "file", accept: "image/*", id: "own-picture" });
  const ask = button("Ask the run", () => answered({ pixels: store.state.pixels }), { class: "first" });
  const said = h("p", { class: "numbers-live", role: "status" });
  const own = camera((bytes) => answered({ file: packed(bytes), invert: store.state.invert }), (why) => put(said, h("span", { class: "warning" }, why)), onVisible);
  const reason = why(values);
  const guess = predictFirst({ question: "An empty drawing, all black: what does the run say?", options: ["that it is not sure", "some class, and sure of it"] });
  const todo = tasks(
    [
      { text: `Draw something that the run calls ${classes[Math.min(1, classes.length - 1)]} with more than ${percent(HALF, 0)}.`, isDone: () => reply?.said === Math.min(1, classes.length - 1) && reply.likeliest[0][1] > HALF },
      { text: "Show it something unlike all that it has learnt from.", isDone: () => reply?.unlike, hint: "A chessboard; a photograph of your desk." },
    ],
    say,
  );
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > values.most) return put(said, `${chosen.name} has ${chosen.size.toLocaleString("en")} bytes; at most ${values.most.toLocaleString("en")} are read: make it smaller.`);
    await answered({ file: packed(new Uint8Array(await chosen.arrayBuffer())), invert: store.state.invert });
    file.value = "";
  });
  put(
    root, title, guess,
    h("div", { class: "run-columns" },
      h("div", {}, drawing, h("div", { class: "fields" }, brush, button("Clear", () => store.change({ pixels: start(values).pixels })), button("Undo", () => store.undo())),
        h("div", { class: "fields" }, h("div", { class: "field" }, h("label", { for: "own-picture" }, "Or a file"), file), own, invert), todo),
      h("div", {}, ask, said, reason)),
  );

  async function answered(question) {
    ask.disabled = true;
    put(said, "The run looks at it.");
    try {
      reply = await live.ask("draw", { run: values.run, ...question });
      if (question.file) store.change({ pixels: reply.picture });
      const isEmpty = unpacked(store.state.pixels, side)[0].every((each) => each === 0);
      if (isEmpty) guess.answer(reply.sure ? 1 : 0, "A classifier has no answer for none of these; how sure it is depends on what it has seen.");
      put(said, h("strong", {}, `${reply.sure ? "" : "Not sure: "}${classes[reply.said]}, ${percent(reply.likeliest[0][1], 1)}. `),
        reply.unlike ? h("span", { class: "warning" }, `It is unlike all that the run has learnt from: the nearest training picture is ${fixed(reply.nearest, 2)} away, of test pictures 99 in 100 at most ${fixed(reply.usual, 2)}. Believe nothing of this. `) : null,
        reply.notes.map((note) => `${note}. `));
      reason.show(reply);
      todo.check(store.state);
    } catch (error) {
      reply = null;
      reason.show(null);
      put(said, h("span", { class: "warning" }, error.message));
    }
    ask.disabled = false;
  }

  const show = (state, before) => {
    drawing.show();
    brush.show(state.brush);
    invert.show(state.invert);
    if (before && before.pixels !== state.pixels && reply?.picture !== state.pixels && reply) {
      reply = null;
      reason.show(null);
      put(said, "The drawing has changed since; ask again.");
    }
  };
  store.onChange(show);
  show(store.state);
}
