/** A shelf of small pictures: one can be reached by Tab, the others from it by arrows. */

import { h } from "../../parts/dom.js";

/** Returns an element with `show(fits, chosen)`; `onPick(place)` is told a choice, `onHover(place)` what is pointed at, or null. */
export function shelf(pictures, onPick, onHover) {
  const buttons = pictures.map((picture, place) => {
    const each = h("button", { type: "button", tabindex: -1, "aria-label": picture.getAttribute("aria-label"), onclick: () => onPick(place) }, picture);
    picture.removeAttribute("role");
    picture.setAttribute("aria-hidden", "true");
    each.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && onHover(place));
    return each;
  });
  const element = h("div", { class: "garments", role: "group", "aria-label": "Garments; arrows move among them" }, buttons);
  element.addEventListener("pointerleave", () => onHover(null));
  element.addEventListener("keydown", (event) => {
    const seen = buttons.filter((each) => !each.hidden);
    const place = seen.indexOf(document.activeElement);
    const across = seen.filter((each) => each.offsetTop === seen[0]?.offsetTop).length;
    const far = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -place, End: seen.length - 1 - place }[event.key];
    if (place < 0 || far === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    reach(seen[Math.min(seen.length - 1, Math.max(0, place + far))]).focus();
  });
  let reached = buttons[0];
  const reach = (next) => {
    reached.tabIndex = -1;
    reached = next;
    reached.tabIndex = 0;
    return reached;
  };
  element.show = (fits, chosen) => {
    buttons.forEach((each, place) => {
      each.hidden = !fits[place];
      each.setAttribute("aria-pressed", String(place === chosen));
    });
    const first = fits[chosen] ? buttons[chosen] : buttons.find((each) => !each.hidden);
    if (first) reach(first);
  };
  return element;
}
