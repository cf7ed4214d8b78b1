/** The page: reads the link, mounts what moves, keeps the link, and shows slides. */

import { h, put } from "./parts/dom.js";
import { keys } from "./parts/player.js";
import { readLink, writeLink } from "./parts/link.js";
import { liveEdition } from "./parts/live.js";
import { mountAll } from "./parts/mounting.js";
import { keepReachable } from "./parts/reachable.js";
import { slides } from "./parts/slides.js";

const KEPT_AFTER = 300; // ms: a drag is one change of the link

const banner = document.querySelector("#banner");
const spoken = document.querySelector("#spoken");
const link = readLink(location.hash);
const pending = { ...link.states };
let section = link.section;
let timer = 0;

const tellOfServer = (text) => put(document.querySelector("#server"), text && h("p", {}, text));
const say = (text, isProblem = false) => {
  put(spoken, text);
  if (isProblem) banner.append(h("p", {}, text));
};

document.body.classList.toggle("plain", new URLSearchParams(location.search).has("hide"));
for (const name of (new URLSearchParams(location.search).get("hide") ?? "").split(","))
  if (/^[a-z-]+$/.test(name)) document.body.classList.add(`hide-${name}`);

const stores = mountAll({
  states: link.states,
  live: liveEdition(document.documentElement.dataset.live === "yes", tellOfServer),
  say,
  keep: () => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, KEPT_AFTER);
  },
});
for (const problem of link.problems) say(problem, true);
history.scrollRestoration = "manual"; // what stood there before is not there yet
if (section) document.getElementById(section)?.scrollIntoView();

/** Returns the section that is being read. */
function inView() {
  const begun = [...document.querySelectorAll("main > section")].filter((each) => each.getBoundingClientRect().top < innerHeight / 2);
  return scrollY > 0 && begun.length ? begun.at(-1).id : section;
}

/** Writes the states into the link: of mounted widgets theirs, of others what the link brought. */
function keepNow() {
  clearTimeout(timer);
  section = inView();
  for (const [stem, store] of stores) pending[stem] = store.difference();
  const hash = writeLink(section, pending);
  if (hash !== location.hash && (hash !== "#" || location.hash)) history.replaceState(null, "", hash);
}

addEventListener("hashchange", () => {
  const opened = readLink(location.hash);
  if (Object.keys(opened.states).length) return location.reload(); // another whole link was opened in this window
  section = opened.section;
  document.getElementById(section)?.scrollIntoView();
  keepNow();
});
addEventListener("pagehide", keepNow);

document.querySelector("#copy").addEventListener("click", async () => {
  keepNow();
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is in the clipboard.");
  } catch {
    say("The link is in the address bar; this browser lets no page copy it.");
  }
  put(document.querySelector("#copied"), spoken.textContent);
});
document.querySelector("#single-keys").addEventListener("change", (event) => (keys.areOn = event.target.checked));
keepReachable(".math.block, .told .scroll");
slides(document.querySelector("#slides"));
