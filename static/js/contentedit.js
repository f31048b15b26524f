// The editor of content: what the author types is shown and checked a moment later. Without script the button Preview does the same.
import { csrf } from "./net.js";

const form = document.getElementById("content-form");
const look = document.getElementById("look");
const text = form.querySelector("#text");
let timer = 0, running = null, changed = false;

async function preview() {
  running?.abort();
  const mine = running = new AbortController();
  try {
    const reply = await fetch(form.dataset.preview, {
      method: "POST", credentials: "same-origin", signal: mine.signal,
      headers: { "X-Csrf-Token": csrf(), "X-Part": "1", "Content-Type": "application/x-www-form-urlencoded" }, body: new URLSearchParams(new FormData(form)),
    });
    if (!reply.ok) return;
    const at = look.scrollTop, open = look.querySelector(".ct-changes")?.open;
    look.innerHTML = await reply.text();
    const changes = look.querySelector(".ct-changes");
    if (changes && open !== undefined) changes.open = open;
    look.scrollTop = at;
    look.dispatchEvent(new CustomEvent("content:look"));
  } catch (error) {
    if (error.name !== "AbortError") setTimeout(preview, 3000); // the server is away: it may come back
  } finally {
    if (running === mine) running = null;
  }
}

export function soon() {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(preview, 350);
}
form.addEventListener("input", soon);
form.addEventListener("change", soon);

// A problem leads to its line.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link || !text || link.getAttribute("href") !== "#text") return;
  event.preventDefault();
  const line = Number(link.dataset.line), lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  text.scrollTop = (text.scrollHeight / Math.max(1, lines.length)) * Math.max(0, line - 6);
});

// What was typed and not kept is not left behind unseen.
form.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
