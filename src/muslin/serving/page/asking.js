/** The server behind the page: what it says of a picture, and why. */

const GONE = "The server does not answer. Start it again, and ask again: your picture is still here.";
const BUSY = 503;
const TRIES = 5; // of a request that a busy server refuses
const LONGEST = 5; // seconds between two looks at how far it is

let token = ""; // that was typed, and is kept as long as the page is open

/** Sets the token that goes with each request, where the address brought none. */
export const setToken = (typed) => (token = typed);

/** An answer that is none. `status` is 0 where there was no answer at all. */
export class Refused extends Error {
  constructor(message, status = 0, seconds = 1) {
    super(message);
    [this.status, this.seconds] = [status, seconds];
  }
}

/**
 * Asks for what a picture shows, and then for why; `show(answer)` is called with each answer as it comes.
 *
 * `picture` is {type, body}. Resolves once all that there is has come, or `signal` ends it. Rejects with `Refused`, unless
 * it is only the reasons that were refused: then `show` gets {...answer, why: the sentence}.
 */
export async function asked(picture, signal, show) {
  const said = await patient("predict", picture, signal);
  show(said);
  let sent = picture;
  let seconds = 1;
  for (;;) {
    let why;
    try {
      why = await patient("explain", sent, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      show({ ...said, why: error.message });
      return;
    }
    show({ ...why, notes: said.notes });
    if (why.is_complete) return;
    sent = { type: "image/png", body: await (await blobOf(why.seen)) }; // what the model sees of it is all that counts
    await pause(seconds, signal);
    seconds = Math.min(LONGEST, seconds * 1.5);
  }
}

/** Asks again, a few times, where the server is busy and says when. */
async function patient(path, picture, signal) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(path, picture, signal);
    } catch (error) {
      if (signal.aborted || error.status !== BUSY || tries === TRIES) throw error;
      await pause(error.seconds, signal);
    }
  }
}

async function once(path, { type, body }, signal) {
  const headers = { "content-type": type, ...(token && { authorization: `Bearer ${token}` }) };
  let reply;
  try {
    reply = await fetch(path, { method: "POST", headers, body, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refused(GONE);
  }
  const answer = await reply.json().catch(() => ({ error: `The server answered with status ${reply.status}.` }));
  signal.throwIfAborted();
  if (!reply.ok) throw new Refused(sentence(answer.error), reply.status, Number(reply.headers.get("retry-after")) || 1);
  return answer;
}

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;

const pause = (seconds, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });

function blobOf(uri) {
  const bytes = Uint8Array.from(atob(uri.split(",")[1]), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}
