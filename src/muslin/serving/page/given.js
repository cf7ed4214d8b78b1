/** The ways to show the server a picture: a file that is chosen, dropped or pasted, a photograph, a drawing. */

import { camera } from "./parts/camera.js";
import { button, h } from "./parts/dom.js";

/** `onPicture({type, body})` gets each picture, `tell(sentence)` what went wrong. Returns an element. */
export function given(mostBytes, onPicture, tell) {
  const field = h("input", { type: "file", accept: "image/*", hidden: true });
  const take = (file) => {
    if (file.size > mostBytes) tell(`${file.name} has ${file.size.toLocaleString("en")} bytes; at most ${mostBytes.toLocaleString("en")} are read: make it smaller.`);
    else onPicture({ type: "application/octet-stream", body: file });
  };
  field.addEventListener("change", () => {
    if (field.files.length) take(field.files[0]);
    field.value = "";
  });
  const photograph = camera((bytes) => onPicture({ type: "image/png", body: bytes }), tell, onHidden);
  const element = h(
    "div", { class: "given" },
    h("p", {}, "Drop a picture here, paste one with ", h("kbd", {}, "Ctrl"), " + ", h("kbd", {}, "V"), ", or:"),
    h("div", { class: "fields" }, button("Choose a file", () => field.click()), field, photograph));

  let depth = 0; // of the elements that a file is held over
  const over = (step) => {
    depth = Math.max(0, depth + step);
    element.classList.toggle("over", depth > 0);
  };
  addEventListener("dragenter", () => over(1));
  addEventListener("dragleave", () => over(-1));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    const [file] = event.dataTransfer.files;
    if (file) take(file);
    else tell("What was dropped is no file: save the picture, and drop that.");
  });
  addEventListener("paste", (event) => {
    if (event.target.closest?.("input:not([type=range])")) return;
    const [file] = event.clipboardData.files;
    if (file) take(file);
    else tell("There is no picture in the clipboard.");
  });
  return element;
}

/** Tells when the page is put away and comes back. */
const onHidden = (listener) => document.addEventListener("visibilitychange", () => listener(!document.hidden));
