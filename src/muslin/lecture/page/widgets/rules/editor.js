/** The rules' own text, to be edited where Python is behind the page. */

import { button, h, newId, put } from "../../parts/dom.js";
import { percent } from "../../parts/numbers.js";

/**
 * Returns an element with `show(text)` and `tell(answer)`; `run(text)` is asked to try what was written, and returns a
 * promise that fails with a sentence. Without Python behind the page, it says so.
 */
export function editor(values, live, run, restore) {
  const heading = h("h3", {}, "Write rules of your own");
  const element = h("div", {}, heading);
  element.show = element.tell = () => {};
  if (!live) {
    element.append(
      h("p", { class: "faint" }, "Where Python is behind this page, as ", h("code", {}, "muslin lecture"), " starts it, the rules can be edited here and are tried on 10,000 pictures."),
      h("details", { class: "numbers" }, h("summary", {}, `Show all ${values.rules} rules`), h("pre", { class: "scroll", tabindex: 0, role: "region", "aria-label": "All rules" }, values.text)),
    );
    return element;
  }
  const id = newId("rules");
  const area = h("textarea", { id, rows: 18, spellcheck: "false", maxlength: values.letters });
  const [said, table] = [h("p", { role: "status" }), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Right answers by class" })];
  const go = button("Try them on 10,000 pictures", async () => {
    go.disabled = true;
    put(said, "Python is measuring and reasoning.");
    area.removeAttribute("aria-invalid");
    try {
      await run(area.value);
    } catch (error) {
      area.setAttribute("aria-invalid", "true");
      put(said, h("span", { class: "wrong" }, `${error.message}.`.replace(/\.\.$/, ".")));
    } finally {
      go.disabled = false;
    }
  });
  element.append(h("label", { for: id }, "Rules, as text"), area, h("div", { class: "fields" }, go, button("The rules as they were", restore)), said, table);
  element.show = (text) => {
    if (area.value !== text) area.value = text;
  };
  element.tell = (answer) => {
    if (!answer) return put(said), put(table);
    const { accuracy, classes, of, silent } = answer;
    put(said, h("strong", {}, `${percent(accuracy, 2)} of 10,000 are named rightly`), `, ${percent(values.accuracy, 2)} by the rules as they were. ${silent ? `${silent} get no answer.` : "All get an answer."}`);
    put(table, h("table", {},
      h("thead", {}, h("tr", {}, ["class", "right", "of"].map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, values.classes.map((name, place) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, String(classes[place])), h("td", {}, String(of[place])))))));
  };
  return element;
}
