/** What scrolls sideways can be scrolled by the keyboard: it is a stop of the Tab key as long as it is too wide. */

export function keepReachable(selector) {
  const watch = new ResizeObserver((entries) =>
    entries.forEach(({ target }) => {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }),
  );
  for (const element of document.querySelectorAll(selector)) {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", element.matches(".math") ? "Formula" : "Table");
    watch.observe(element);
  }
}
