// Arrow keys move between the numbers of the confusion matrix, of which Tab reaches one; Enter opens its pictures.
"use strict";
const links = [...document.querySelectorAll(".matrix a")];
const rowOf = link => Number(link.dataset.row), columnOf = link => Number(link.dataset.column);
const nearest = (candidates, distance) => candidates.sort((a, b) => distance(a) - distance(b))[0];

// In a row to the next number; up and down to the next row that has one, and there to the nearest.
const beside = (link, step) => nearest(
  links.filter(other => rowOf(other) === rowOf(link) && (columnOf(other) - columnOf(link)) * step > 0),
  other => Math.abs(columnOf(other) - columnOf(link)));
const above = (link, step) => nearest(
  links.filter(other => (rowOf(other) - rowOf(link)) * step > 0),
  other => links.length * Math.abs(rowOf(other) - rowOf(link)) + Math.abs(columnOf(other) - columnOf(link)));
const MOVES = {
  ArrowLeft: link => beside(link, -1), ArrowRight: link => beside(link, 1),
  ArrowUp: link => above(link, -1), ArrowDown: link => above(link, 1),
};
const reach = link => {
  for (const other of links) other.tabIndex = other === link ? 0 : -1;
};
for (const link of links) {
  link.addEventListener("focus", () => reach(link));
  link.addEventListener("keydown", event => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    move(link)?.focus();
  });
}
if (links.length) reach(links[0]);
addEventListener("hashchange", () => document.querySelector(".cell:target")?.focus({ preventScroll: true }));
