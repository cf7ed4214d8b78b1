/** Guess twenty garments, and see one's own confusion matrix beside a ResNet's. */

import { button, h, put } from "../parts/dom.js";
import { list, maybe, whole } from "../parts/checks.js";
import { choice } from "../parts/fields.js";
import { garment, unpacked } from "../parts/garments.js";
import { matrix } from "../parts/matrix.js";
import { percent } from "../parts/numbers.js";
import { predictFirst } from "../parts/predict.js";
import { tasks } from "../parts/tasks.js";

const COUNT = 20;
const OPTIONS = [["all 20", 20], ["17 to 19", 17], ["14 to 16", 14], ["fewer than 14", 0]]; // and the fewest of each
const [YOU, NET] = [0, 1];

export const start = () => ({ deck: 0, answers: [], opened: null });
export const checks = ({ classes, decks }) => {
  const place = whole(0, classes.length - 1);
  return { deck: whole(0, decks.length - 1), answers: list(place, COUNT), opened: maybe(list(whole(0, classes.length - 1), 3, 3)) };
};
export function agree({ opened, answers }) {
  if (opened && (opened[0] > NET || answers.length < COUNT)) throw new Error("opened is a cell of a matrix that is not there yet");
}

export function mount(root, { values, store, say }) {
  const { classes, humans } = values;
  const shown = h("div");
  const decks = choice({ label: "Deck", options: values.decks.map((_, place) => [place, place + 1]), value: 0 }, (deck) => {
    guess.clear();
    store.change({ deck, answers: [], opened: null });
  });
  const again = button("Once more", () => store.change({ answers: [], opened: null }));
  const undo = button("Undo", () => store.undo());
  const guess = predictFirst({ question: "How many of the twenty will you get right?", options: OPTIONS.map(([name]) => name) });
  const todo = tasks(
    [
      { text: "Guess all twenty of a deck.", isDone: ({ answers }) => answers.length === COUNT },
      { text: `Be better than the ${percent(humans, 1)} of the people who were asked.`, isDone: ({ answers, right }) => answers.length === COUNT && right / COUNT > humans },
      { text: "Open a mistake in a matrix, yours or the net’s, and look at its garments.", isDone: ({ opened, found }) => opened && opened[1] !== opened[2] && found.length > 0 },
    ],
    say,
  );
  put(
    root,
    h("h3", {}, "Guess twenty garments"),
    guess,
    h("div", { class: "fields" }, decks, again, undo),
    shown,
    h("p", { class: "faint" }, `People: ${percent(humans, 1)}, of 1,000 test pictures, the majority of three answers each, none by an expert (README of github.com/zalandoresearch/fashion-mnist). The rungs learnt ${values.pictures.toLocaleString("en")} training pictures. `, h("code", {}, "python -m benchmarks.measure.rungs")),
    todo,
  );

  const show = (state, before = null) => {
    const deck = values.decks[state.deck];
    const pictures = unpacked(deck.garments);
    const right = rightOf(state.answers, deck.labels);
    decks.show(state.deck);
    again.disabled = state.answers.length === 0;
    undo.disabled = !store.canUndo;
    const isDone = state.answers.length === COUNT;
    const byCell = [state.answers, deck.rungs.at(-1).answers].map((answers) => (label, said) => deck.labels.map((_, place) => place).filter((place) => deck.labels[place] === label && answers[place] === said));
    const found = isDone && state.opened ? byCell[state.opened[0]](state.opened[1], state.opened[2]) : [];
    if (!isDone) asking(state, deck, pictures);
    else if (!before || before.answers !== state.answers || before.deck !== state.deck) told(state, deck, byCell, right);
    if (isDone) cell(state, pictures, found);
    if (isDone) guess.answer(OPTIONS.findIndex(([, fewest]) => right >= fewest), `It is ${right}.`);
    todo.check({ ...state, right, found });
  };

  function asking({ answers }, deck, pictures) {
    const place = answers.length;
    const hadFocus = shown.contains(document.activeElement);
    const last = place > 0 ? `The last was ${answers[place - 1] === deck.labels[place - 1] ? "right" : "wrong"}: ${classes[deck.labels[place - 1]]}.` : "";
    put(shown, h("div", { class: "guess-columns" }, garment(pictures[place], `Garment ${place + 1} of ${COUNT}, to guess`),
      h("div", {}, h("h4", {}, `Garment ${place + 1} of ${COUNT}`), h("p", { role: "status" }, last),
        h("div", { class: "answers" }, classes.map((name, label) => button(name, () => store.change({ answers: [...answers, label] })))))));
    if (hadFocus) shown.querySelector(".answers button").focus();
  }

  function told({ answers }, deck, byCell, right) {
    const hadFocus = shown.contains(document.activeElement);
    const net = deck.rungs.at(-1);
    const matrices = [["You", YOU, answers], [`The ladder’s ${net.name}`, NET, net.answers]].map(([name, which, said]) => {
      const confusion = classes.map((_, label) => classes.map((__, other) => byCell[which](label, other).length));
      const grid = matrix({ classes, confusion }, (label, other) => store.change({ opened: [which, label, other] }));
      return { which, grid, element: h("div", { role: "group", "aria-label": `${name}: confusion matrix` }, h("h4", {}, `${name}: ${rightOf(said, deck.labels)} of ${COUNT}`), grid) };
    });
    put(shown,
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Right answers" }, h("table", { class: "rungs" }, h("thead", {}, h("tr", {}, ["who", "of these 20", "of many"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, "you"), h("td", {}, right), h("td", {}, "")), h("tr", {}, h("th", { scope: "row" }, "people"), h("td", {}, ""), h("td", {}, percent(humans, 1))),
          deck.rungs.map((rung) => h("tr", {}, h("th", { scope: "row" }, rung.name), h("td", {}, rightOf(rung.answers, deck.labels)), h("td", {}, percent(rung.accuracy, 1))))))),
      h("div", { class: "two-matrices" }, matrices.map(({ element }) => element)), h("div", { class: "cell-shown" }));
    shown.matrices = matrices;
    if (hadFocus) shown.querySelector("table.confusion button[tabindex='0']")?.focus();
    say(`${right} of ${COUNT} right.`);
  }

  function cell({ opened }, pictures, found) {
    for (const { which, grid } of shown.matrices) grid.show(...(opened?.[0] === which ? opened.slice(1) : [null, null]));
    put(shown.querySelector(".cell-shown"), opened === null ? h("p", { class: "faint" }, "Open a cell to see its garments.")
      : [h("h4", {}, `${classes[opened[1]]} called ${classes[opened[2]]} by ${opened[0] === YOU ? "you" : "the net"}: ${found.length}`), h("div", { class: "shelf" }, found.map((place) => h("div", { class: "tile" }, garment(pictures[place], `Garment ${place + 1}, ${classes[opened[1]]}`))))]);
  }

  store.onChange(show);
  show(store.state);
}

const rightOf = (answers, labels) => answers.filter((said, place) => said === labels[place]).length;
