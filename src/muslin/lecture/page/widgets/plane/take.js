/** What a person takes along: programs that take the same steps. */

import { button, h, put } from "../../parts/dom.js";

/** Returns buttons, one for each of `texts`: {label: () => text}; a pressed one's text is copied, and shown. */
export function takeAlong(texts) {
  const copied = h("span", { role: "status", class: "faint" });
  const shown = h("pre", { class: "program" });
  const copy = (label, write) =>
    button(label, async () => {
      const text = write();
      put(shown, text);
      try {
        await navigator.clipboard.writeText(text);
        put(copied, "in the clipboard");
      } catch {
        put(copied, "this browser lets no page copy; the text is below");
      }
    });
  return h(
    "div",
    { class: "stack" },
    h("h4", {}, "Take it with you"),
    h("div", { class: "fields" }, Object.entries(texts).map(([label, write]) => copy(label, write)), copied),
    h("details", { class: "numbers" }, h("summary", {}, "What was copied"), shown),
  );
}
