/** A handle in an SVG: dragged by a pointer, moved by arrow keys, named for a screen reader. */

import { svg } from "./dom.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * Returns a group with a target of at least 24 pixels, and `place(x, y)` to draw it there.
 *
 * `toValue(event)` gives [x, y], in the drawing's own units, of a pointer. `onMove([x, y], isLast)` is told where it is
 * wanted; `step` is how far an arrow key goes (ten times so with Shift). `position()` is where it is now.
 */
export function handle({ label, step, position, toValue, toScreen, radius = 7, shape = "circle" }, onMove) {
  const group = svg(
    "g",
    { class: "handle", tabindex: 0, role: "slider", "aria-label": label, "aria-valuenow": 0 },
    svg("circle", { class: "target", r: 14 }),
    shape === "circle" ? svg("circle", { class: "knob", r: radius }) : svg("rect", { class: "knob", x: -radius, y: -radius, width: 2 * radius, height: 2 * radius }),
  );
  group.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    group.focus();
    group.setPointerCapture(event.pointerId);
  });
  group.addEventListener("pointermove", (event) => {
    if (group.hasPointerCapture(event.pointerId)) onMove(toValue(event), false);
  });
  group.addEventListener("pointerup", (event) => onMove(toValue(event), true));
  group.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [x, y] = position();
    const far = step * (event.shiftKey ? 10 : 1);
    onMove([x + far * arrow[0], y + far * arrow[1]], true);
  });
  group.place = () => {
    const [x, y] = position();
    const [across, down] = toScreen([x, y]);
    group.setAttribute("transform", `translate(${across} ${down})`);
    group.setAttribute("aria-valuenow", x.toFixed(3));
    group.setAttribute("aria-valuetext", `${x.toFixed(2)}, ${y.toFixed(2)}`);
  };
  return group;
}

/** Returns the place of a pointer in an SVG's own coordinates. */
export function inSvg(event, drawing) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  return [place.x, place.y];
}
