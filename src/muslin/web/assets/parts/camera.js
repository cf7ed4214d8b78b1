/** The camera: asked for by a button, seen before it is used, and let go after. */

import { button, h, put } from "./dom.js";

const SIDE = 480; // pixels of the square in the middle that is taken
const WHY = {
  NotAllowedError: "The browser was not allowed to use the camera. Allow it beside the address, or choose a file.",
  NotFoundError: "This computer has no camera; choose a file.",
  NotReadableError: "Another program uses the camera; close it there, or choose a file.",
};
const NONE = "The browser gives its camera to pages of this computer and to those over HTTPS alone; choose a file.";

/** Returns an element; `onPicture(bytes)` gets what was taken, as a PNG file, `tell(sentence)` what went wrong. */
export function camera(onPicture, tell, onVisible) {
  const open = button("Photograph", begin);
  const shutter = button("Take it", take, { class: "first" });
  const video = h("video", { playsinline: true, "aria-label": "What the camera sees" });
  const finder = h("div", { class: "finder" }, video, h("div", { class: "fields" }, shutter, button("Close the camera", () => end(true))));
  const element = h("div", { class: "camera" }, open);
  let stream = null;
  let isAsked = false;
  video.muted = true;

  async function begin() {
    if (isAsked) return;
    if (!navigator.mediaDevices) return tell(NONE);
    isAsked = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment" } });
      put(element, finder);
      video.srcObject = stream;
      shutter.focus();
      await video.play();
    } catch (error) {
      end(true);
      tell(WHY[error.name] ?? `The camera cannot be used: ${error.message}`);
    }
    isAsked = false;
  }

  /** Lets the camera go, so that its light goes out. */
  function end(toButton = false) {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    put(element, open);
    if (toButton) open.focus();
  }

  function take() {
    const [across, down] = [video.videoWidth, video.videoHeight];
    if (!across) return; // no picture yet
    const side = Math.min(across, down);
    const surface = h("canvas", { width: SIDE, height: SIDE });
    surface.getContext("2d").drawImage(video, (across - side) / 2, (down - side) / 2, side, side, 0, 0, SIDE, SIDE);
    end(true);
    surface.toBlob(async (blob) => onPicture(new Uint8Array(await blob.arrayBuffer())), "image/png");
  }

  onVisible((visible) => !visible && stream && end());
  addEventListener("pagehide", () => end());
  return element;
}
