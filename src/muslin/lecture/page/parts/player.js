/** The one set of controls: play, pause, step, back, reset to the same start, new start, speed, undo. */

import { button, h } from "./dom.js";
import { choice } from "./fields.js";

/** Whether single keys play and step; the page's help can turn them off. */
export const keys = { areOn: true };

/**
 * Returns an element with the controls for what `does` can do.
 *
 * `does.frame(seconds)` is called once a frame while it plays, with the time since the last one; it returns false to
 * stop. `does.step`, `back`, `reset`, `fresh` (a new start) and `store` (for undo) are optional, and so are their
 * buttons. `does.speeds` are [value, label] pairs, handed to `does.speed(value)`. `root` hears the keys; `tools.onVisible`
 * tells when the widget leaves the window: nothing plays unseen.
 */
export function player(root, tools, does) {
  let request = 0;
  let last = 0;
  let isSeen = true;

  const play = button("Play", () => (request ? stop() : start()), { class: "first", "aria-keyshortcuts": "Space" });
  const act = (action) => () => {
    stop();
    action();
  };
  const undo = does.store && button("Undo", act(() => does.store.undo()), { "aria-keyshortcuts": "Control+Z" });
  const bar = h(
    "div",
    { class: "player", role: "group", "aria-label": "Controls" },
    does.frame && play,
    does.back && button("Back", act(does.back), { "aria-keyshortcuts": "," }),
    does.step && button("Step", act(does.step), { "aria-keyshortcuts": "." }),
    does.reset && button("Reset", act(does.reset), { title: "Back to the same start" }),
    does.fresh && button("New start", act(does.fresh)),
    undo,
    does.speeds && choice({ label: "Speed", options: does.speeds, value: does.speeds[0][0] }, does.speed),
  );

  function start() {
    if (request || !does.frame || !isSeen) return;
    last = performance.now();
    request = requestAnimationFrame(frame);
    play.textContent = "Pause";
    bar.classList.add("plays");
    does.started?.();
  }

  function stop() {
    if (!request) return;
    cancelAnimationFrame(request);
    request = 0;
    play.textContent = "Play";
    bar.classList.remove("plays");
    does.stopped?.();
  }

  function frame(now) {
    const seconds = Math.min(0.25, (now - last) / 1000);
    last = now;
    request = requestAnimationFrame(frame);
    if (does.frame(seconds) === false) stop();
  }

  tools.onVisible((visible) => {
    isSeen = visible;
    if (!visible) stop();
  });
  root.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, button, a, summary, [role=slider], [role=grid]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && does.store) {
      if (event.target.closest("input[type=text], textarea")) return;
      act(() => (event.shiftKey ? does.store.redo() : does.store.undo()))();
    } else if (!keys.areOn || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === " " && does.frame && !field) request ? stop() : start();
    else if (event.key === "." && does.step && !field?.matches("input, textarea")) act(does.step)();
    else if (event.key === "," && does.back && !field?.matches("input, textarea")) act(does.back)();
    else return;
    event.preventDefault();
  });
  if (undo) {
    const show = () => undo.toggleAttribute("disabled", !does.store.canUndo);
    does.store.onChange(show);
    show();
  }
  return Object.assign(bar, { start, stop, plays: () => request !== 0 });
}

/** Returns a `frame` for the player: it acts so many times a second, and goes on while `act()` says that there is more. */
export function paced(perSecond, act) {
  let owed = 0; // shares of an act that frames left over
  return (seconds) => {
    owed += seconds * perSecond;
    if (owed < 1) return true;
    owed %= 1;
    return act();
  };
}
