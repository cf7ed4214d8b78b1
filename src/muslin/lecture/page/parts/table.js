/** A switch that shows what a drawing shows as a table. */

import { h, put } from "./dom.js";

/**
 * Returns an element that, once opened, shows `rows()`: [heading cells], then [cells] for each line.
 *
 * Call `renew()` after changes; it costs nothing while it is closed.
 */
export function asTable(label, rows) {
  const body = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label });
  const element = h("details", { class: "numbers" }, h("summary", {}, `Show as table: ${label}`), body);
  element.renew = () => {
    if (!element.open) return;
    const [head, ...lines] = rows();
    put(
      body,
      h("table", {}, h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
        h("tbody", {}, lines.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell)))))),
    );
  };
  element.addEventListener("toggle", element.renew);
  return element;
}
