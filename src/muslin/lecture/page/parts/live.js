/** Python behind the page, where `muslin lecture` serves it; on other hosts there is none. */

const GONE = "muslin lecture does not answer. Start it again and reload this page: its link has all that you did.";

/**
 * Returns null for the static edition, else {ask(stem, question), listen(stem, hear)}.
 *
 * The promise of `ask` fails with a sentence. `listen` calls `hear(event)` for each event that the server tells, from the
 * first one again after every pause: a page that is hidden or left does not listen, and a server may be started anew.
 */
export function liveEdition(isLive, tell) {
  if (!isLive) return null;
  return {
    async ask(stem, question) {
      let reply;
      try {
        reply = await fetch(`live/${stem}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(question),
        });
      } catch {
        tell(GONE);
        throw new Error(GONE);
      }
      const answer = await reply.json().catch(() => ({ error: `the server answered with status ${reply.status}` }));
      if (!reply.ok) throw new Error(answer.error);
      tell("");
      return answer;
    },
    listen(stem, hear) {
      let source = null;
      const close = () => {
        source?.close();
        source = null;
      };
      const open = () => {
        if (source || document.hidden) return;
        source = new EventSource(`live/${stem}/events`);
        source.onopen = () => tell("");
        source.onmessage = ({ data }) => hear(JSON.parse(data));
        source.onerror = () => source && tell(GONE); // the browser asks again by itself
      };
      document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
      addEventListener("pagehide", close);
      addEventListener("pageshow", open);
      open();
    },
  };
}
