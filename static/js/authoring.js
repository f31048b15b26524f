// For whoever works on the content: the open page follows the files. A page is loaded again once the content has changed, unless something was
// typed into it or it answers a form, which would be sent again; then it says that there is something new. Where only what is wrong has changed, that alone is put in place.
const bar = document.getElementById("authoring");
const shown = Number(bar.dataset.content);
let moves = Number(bar.dataset.moves);
let typed = bar.hasAttribute("data-posted");
document.addEventListener("input", (event) => { if (event.target.closest("form")) typed = true; });

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const visible = () => new Promise((done) => {
  if (document.visibilityState === "visible") { done(); return; }
  document.addEventListener("visibilitychange", done, { once: true });
});

async function tell(stale) {
  const reply = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
  const now = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("authoring");
  if (now) bar.replaceChildren(...now.childNodes);
  if (stale) bar.querySelector(".author-moved").hidden = false;
}

// A page that was left may be kept by the browser for going back to it: it must hold none of the few connections meanwhile.
let waiting = new AbortController();
addEventListener("pagehide", () => waiting.abort());

async function follow() {
  for (;;) {
    await visible(); // a browser has few connections to one server: pages that nobody sees take none
    try {
      waiting = new AbortController();
      const reply = await fetch(`/content/changes?after=${moves}`, { signal: waiting.signal, credentials: "same-origin", headers: { Accept: "application/json" } });
      if (reply.status === 404) return; // nobody works on the content any more
      if (!reply.ok) { await pause(2000); continue; }
      const now = await reply.json();
      if (now.moves === moves) continue;
      if (now.content !== shown && !typed) { location.reload(); return; }
      await tell(now.content !== shown);
      moves = now.moves;
    } catch {
      await pause(1000); // the server is away: it may come back with other content
    }
  }
}
follow();
