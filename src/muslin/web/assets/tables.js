// Tables whose columns sort: <th><button class="sort">…</button></th>, and each cell's data-value where its text will not do.
"use strict";
for (const button of document.querySelectorAll("button.sort")) {
  button.addEventListener("click", () => {
    const head = button.closest("th"), table = head.closest("table"), column = head.cellIndex;
    const isText = head.classList.contains("text");
    const falls = head.ariaSort === "ascending" || (!head.ariaSort && !isText);
    const value = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const compare = (a, b) => isText ? value(a).localeCompare(value(b)) : Number(value(a)) - Number(value(b));
    const isKnown = row => isText || value(row) !== "";
    const rows = [...table.tBodies[0].rows];
    const known = rows.filter(isKnown).sort((a, b) => falls ? compare(b, a) : compare(a, b));
    table.tBodies[0].append(...known, ...rows.filter(row => !isKnown(row)));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.ariaSort = falls ? "descending" : "ascending";
  });
}
