/** Widgets come to life when they are near, rest when they are out of sight, and keep their state in the page's link. */

import { h, put } from "./dom.js";
import { fields } from "./checks.js";
import { Store } from "./store.js";

const NEAR = "100% 0px"; // a window's height before it is seen

/**
 * Mounts every `.widget` of the page.
 *
 * Each is a module `widgets/x.js` with `start(values)`, the state of a new visitor; `checks(values)`, what each field of
 * a state from a link may be (of parts/checks.js); and `mount(root, tools)`, with `tools` {values, store, live, say,
 * onVisible}. Optional `agree(state, values)` throws where fields that are right alone do not fit together.
 */
export function mountAll({ states, live, say, keep }) {
  const stores = new Map();
  const visible = new Map();
  const near = new IntersectionObserver((entries) => entries.forEach(begin), { rootMargin: NEAR });
  const seen = new IntersectionObserver((entries) =>
    entries.forEach((entry) => visible.get(entry.target)?.forEach((listener) => listener(entry.isIntersecting))),
  );
  let isLeft = false;
  addEventListener("pagehide", () => (isLeft = true));
  addEventListener("pageshow", () => (isLeft = false));
  for (const place of document.querySelectorAll(".widget")) near.observe(place);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const listeners of visible.values()) listeners.forEach((listener) => listener(false));
    else for (const place of visible.keys()) seen.unobserve(place), seen.observe(place);
  });
  return stores;

  async function begin({ target: place, isIntersecting }) {
    if (!isIntersecting || visible.has(place)) return;
    near.unobserve(place);
    visible.set(place, []);
    const stem = place.dataset.widget;
    try {
      const [module, values] = await Promise.all([import(`../widgets/${stem}.js`), pack(stem)]);
      const store = new Store(module.start(values), restored(module, stem, values), keep);
      stores.set(stem, store);
      const root = h("div", { class: "moving" });
      put(place, root);
      module.mount(root, { values, store, live, say, onVisible: (listener) => visible.get(place).push(listener) });
      seen.observe(place);
      place.dataset.mounted = "yes";
    } catch (error) {
      if (isLeft) return; // what was on its way is dropped with the page
      console.error(error);
      put(place, h("p", { class: "problem" }, `This drawing could not be started: ${error.message}`));
    }
  }

  function restored(module, stem, values) {
    if (!states[stem]) return {};
    try {
      const found = fields(module.checks(values))(states[stem], stem);
      module.agree?.({ ...module.start(values), ...found }, values);
      return found;
    } catch (error) {
      say(`The link's part for ${stem} was left out: ${error.message}.`, true);
      return {};
    }
  }
}

async function pack(stem) {
  const reply = await fetch(`packs/${stem}.json`);
  if (!reply.ok) throw new Error(`its values did not come, status ${reply.status}`);
  return reply.json();
}
