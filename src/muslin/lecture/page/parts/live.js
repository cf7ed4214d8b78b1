/** Python behind the page, where `muslin lecture` serves it; on other hosts there is none. */

const GONE = "muslin lecture does not answer. Start it again and reload this page: its link has all that you did.";

/** Returns null for the static edition, else {ask(stem, question)}, whose promise fails with a sentence. */
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
  };
}
