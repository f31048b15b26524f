// The editor of content: what the author types is shown and checked a moment later. Without script the button Preview does the same.
import { csrf } from "./net.js";
import { attach } from "./typeahead.js";

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

if (form.hasAttribute("data-dirty")) changed = true;
const words = { nothing: form.dataset.nothing, header: form.dataset.header, results: form.dataset.results };
for (const input of form.querySelectorAll(".code-input")) {
  attach(input, {
    sets: input.dataset.sets, date: input.dataset.date, words,
    chosen(hit) {
      input.closest(".ct-code").querySelector(".line-title").textContent = hit.title;
      soon();
    },
  });
  input.addEventListener("input", () => { input.closest(".ct-code").querySelector(".line-title").textContent = ""; });
}

// Words of the chart are taken as evidence: what was selected last in its text or in its preview.
let selected = "";
document.addEventListener("selectionchange", () => {
  const chart = document.getElementById("ct-chart"), area = document.getElementById("f-chart"), now = document.getSelection();
  let words = "";
  if (chart && now && now.anchorNode && chart.contains(now.anchorNode)) words = now.toString();
  else if (area && document.activeElement === area) words = area.value.slice(area.selectionStart, area.selectionEnd);
  if (words.trim()) selected = words.replace(/[*_]{2}/g, "").replace(/\s+/g, " ").trim();
});
form.addEventListener("click", (event) => {
  const button = event.target.closest(".ct-take");
  if (!button) return;
  const area = document.getElementById(button.dataset.into);
  if (selected && !area.value.split("\n").includes(selected)) {
    area.value = [area.value.trim(), selected].filter(Boolean).join("\n");
    soon();
  }
  area.focus();
});
