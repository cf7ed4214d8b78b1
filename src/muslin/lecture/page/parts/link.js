/**
 * The page's link: `#section` and, where something was changed, the states of widgets.
 *
 * A link is data. It is size-capped and parsed as JSON; each widget checks its own part, and what fails is told, not run.
 */

const MOST = 200_000; // letters of a link: the longest that browsers and messengers pass on
const PART = /^([a-z_]+)=([A-Za-z0-9_-]+)$/;

/** Returns {section, states: {stem: plain data}, problems: [sentence]} of a location's hash. */
export function readLink(hash) {
  const found = { section: "", states: {}, problems: [] };
  if (hash.length > MOST) {
    found.problems.push(`The link is too long: ${hash.length.toLocaleString("en")} letters, where ${MOST.toLocaleString("en")} may be.`);
    return found;
  }
  const [section, ...parts] = hash.replace(/^#/, "").split(";");
  found.section = /^[a-z-]*$/.test(section) ? section : "";
  for (const part of parts) {
    const [, stem, text] = PART.exec(part) ?? [];
    try {
      if (!stem) throw new Error("it is not as this page writes it");
      found.states[stem] = unpack(text);
    } catch (error) {
      found.problems.push(`A part of the link cannot be read: ${error.message}.`);
    }
  }
  return found;
}

/** Returns the hash for a section and the states that differ from the start. */
export function writeLink(section, states) {
  const parts = Object.entries(states)
    .filter(([, state]) => Object.keys(state).length)
    .map(([stem, state]) => `;${stem}=${pack(state)}`);
  return `#${section}${parts.join("")}`;
}

function pack(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function unpack(text) {
  let state;
  try {
    const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    state = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(letters, (c) => c.charCodeAt(0))));
  } catch {
    throw new Error("letters are missing or were changed");
  }
  if (state === null || typeof state !== "object" || Array.isArray(state)) throw new Error("it holds no settings");
  return state;
}
