/** The page: a picture goes to the server, and its answer comes here. */

import { answer } from "./answer.js";
import { asked, Refused, setToken } from "./asking.js";
import { drawing } from "./drawing.js";
import { given } from "./given.js";
import { button, h, put } from "./parts/dom.js";

const UNKNOWN = 401;

const run = JSON.parse(document.querySelector("main").dataset.run);
const said = answer(document.querySelector("#answer"), run, ask);
let asking = new AbortController();

const address = new URL(location.href);
if (address.searchParams.has("token")) {
  address.searchParams.delete("token"); // a cookie has it from here on: no link that is copied does
  history.replaceState(null, "", address);
}

async function ask(picture) {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  said.wait();
  try {
    await asked(picture, signal, said.show);
  } catch (error) {
    if (signal.aborted) return; // another picture was shown
    if (!(error instanceof Refused)) throw error;
    const again = button("Ask again", () => ask(picture));
    if (error.status === UNKNOWN) said.tell("The server asks for its token.", tokenForm(() => ask(picture)));
    else if (error.status === 0 || error.status >= 500) said.tell(error.message, again);
    else said.tell(error.message);
  }
}

/** A field for the token, which goes nowhere but into the requests of this page. */
function tokenForm(then) {
  const field = h("input", { type: "password", id: "token", autocomplete: "off", required: true });
  return h("form", { class: "fields", onsubmit: (event) => (event.preventDefault(), setToken(field.value.trim()), then()) },
    h("div", { class: "field" }, h("label", { for: "token" }, "Token"), field), h("button", { type: "submit" }, "Go on"));
}

const problem = (sentence) => {
  asking.abort();
  said.tell(sentence);
};
put(document.querySelector("#picture"), given(run.mostBytes, ask, problem), drawing(run, ask));
