/** The state of one widget: plain JSON, changed in one place, undone step by step, kept in the page's link. */

const MOST_UNDO = 200;

export class Store {
  #listeners = new Set();
  #past = [];
  #future = [];
  #begun = new Map(); // what each set of fields was before a drag, or a stretch of playing
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

  /**
   * Changes some fields. With `undoable: false` the change is a drag on its way, or a step that plays: it joins the next
   * undoable change of the same fields, which then goes back to before the drag.
   */
  change(patch, { undoable = true } = {}) {
    const names = Object.keys(patch);
    const kind = names.join();
    if (undoable) {
      this.#past.push({ ...this.#state, ...this.#begun.get(kind) });
      if (this.#past.length > MOST_UNDO) this.#past.shift();
      this.#future = [];
      this.#begun.clear();
    } else if (!this.#begun.has(kind)) {
      this.#begun.set(kind, Object.fromEntries(names.map((name) => [name, this.#state[name]])));
    }
    this.#set({ ...this.#state, ...patch });
  }

  undo() {
    if (!this.canUndo) return;
    this.#begun.clear();
    this.#future.push(this.#state);
    this.#set(this.#past.pop());
  }

  redo() {
    if (!this.canRedo) return;
    this.#begun.clear();
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
