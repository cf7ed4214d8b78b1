/** Slide mode for a class: one section at a time in large type, turned by the arrow keys. */

/** `opener` is the button that begins and ends it. */
export function slides(opener) {
  const sections = [...document.querySelectorAll("main > section")];
  let place = 0;

  const show = (next) => {
    place = Math.min(sections.length - 1, Math.max(0, next));
    sections.forEach((section, index) => section.classList.toggle("shown", index === place));
    scrollTo(0, 0);
    const heading = sections[place].querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  const toggle = (isOn) => {
    const first = nearest(); // as long as all are there
    document.body.classList.toggle("slides", isOn);
    opener.setAttribute("aria-pressed", String(isOn));
    if (isOn) show(first);
    else sections[place].scrollIntoView();
  };
  const nearest = () => {
    const above = sections.filter((section) => section.getBoundingClientRect().top < innerHeight / 2);
    return Math.max(0, above.length - 1);
  };
  opener.addEventListener("click", () => toggle(!document.body.classList.contains("slides")));
  addEventListener("keydown", (event) => {
    if (!document.body.classList.contains("slides") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") toggle(false);
    else if (event.target.closest("input, select, textarea, [role=slider], [role=grid], .scroll")) return;
    else if (event.key === "ArrowRight" || event.key === "PageDown") show(place + 1);
    else if (event.key === "ArrowLeft" || event.key === "PageUp") show(place - 1);
    else return;
    event.preventDefault();
  });
}
