/** The course of a training: what its events come to. */

/** Before any. `learnt` has an object an epoch; `ended` is done, early, interrupted or problem once it has ended. */
export const nothing = Object.freeze({
  model: null, epochs: 0, seed: 0, learnt: [], progress: null, notices: [], isRunning: false, isStopped: false, isRecorded: false,
  ended: null, why: "", folder: "", seconds: 0, test_accuracy: null, parameters: 0, train: 0,
});

/** Returns the course after one more event of the server's. */
export function taken(course, { event, ...told }) {
  switch (event) {
    case "begin": return { ...nothing, ...told, isRunning: true };
    case "none": return course.isRunning ? { ...course, isRunning: false, progress: null, ended: "problem", why: "The server was started anew, which ended it." } : course;
    case "start": return { ...course, ...told };
    case "progress": return { ...course, progress: told };
    case "epoch": return { ...course, learnt: [...course.learnt, told], progress: null };
    case "notice": return { ...course, notices: [...course.notices, told.text] };
    case "stopped": return { ...course, isStopped: true, why: told.text };
    case "end": return { ...course, ...told, ended: told.ended === "early" ? "done" : told.ended, isRunning: false, progress: null };
    case "problem": return { ...course, ended: "problem", why: [course.why, told.text].filter(Boolean).join(" "), isRunning: false, progress: null };
    default: return course;
  }
}
