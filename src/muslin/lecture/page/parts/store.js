/** The state of one widget: plain JSON, changed in one place, undone step by step, kept in the page's link. */

const MOST_UNDO = 200;

export class Store {
  #listeners = new Set();
  #past = [];
  #future = [];
  #state;
  #start;

  /** `start` is what a new visitor sees, `found` what a link brought (already checked), `keep` is told each change. */
  constructor(start, found, keep) {
    this.#start = start;
    this.#state = { ...start, ...found };
    this.keep = keep;
  }

  get state() {
    return this.#state;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Changes some fields. With `undoable: false` the change joins the one before: a drag on its way, a step that plays. */
  change(patch, { undoable = true } = {}) {
    if (undoable) {
      this.#past.push(this.#state);
      if (this.#past.length > MOST_UNDO) this.#past.shift();
      this.#future = [];
    }
    this.#set({ ...this.#state, ...patch });
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.#state);
    this.#set(this.#past.pop());
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.#state);
    this.#set(this.#future.pop());
  }

  /** Goes back to what a new visitor sees; this can be undone. */
  reset() {
    this.change(this.#start);
  }

  /** What differs from the start, for the link. */
  difference() {
    const changed = Object.entries(this.#state).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.#start[name]),
    );
    return Object.fromEntries(changed);
  }

  /** Calls `listener(state, before)` after each change. */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(state) {
    const before = this.#state;
    this.#state = state;
    this.keep();
    for (const listener of this.#listeners) listener(state, before);
  }
}
