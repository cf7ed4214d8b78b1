/** How much of everything there may be. */

export const MOST_STEPS = 500_000;
export const [MOST_LAYERS, MOST_NEURONS, MOST_POINTS, MOST_COLOURS] = [6, 8, 600, 6];
export const [MOST_EDITS, MOST_TURNS, MOST_BRANCHES] = [200, 100, 4]; // of a run, and runs that are kept
export const [SLOWEST, FASTEST, MOST_DECAY] = [0.0001, 10, 1];
export const MOST_NOISE = 0.5;
export const LOSSES = ["binary-cross-entropy", "mean-squared-error"]; // of two colours
