// A lesson: live questions answered in place, and the reading position kept.
import { csrf, postJSON, renew } from "./net.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-inline]") || !document.querySelector("article[data-keep=yes]")) return; // a first answer begins a record and loads the page anew
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const box = form.closest(".question");
  try {
    const reply = await fetch(form.action, {
      method: "POST", credentials: "same-origin", headers: { "X-Part": "1", "X-Csrf-Token": csrf() }, body: new URLSearchParams(new FormData(form)),
    });
    renew(reply.headers.get("x-csrf-token"));
    if (!reply.headers.get("content-type")?.startsWith("text/html")) throw new Error(`status ${reply.status}`);
    const holder = document.createElement("div");
    holder.innerHTML = await reply.text();
    const fresh = holder.querySelector(".question");
    if (!fresh) throw new Error("no question in the reply");
    box.replaceWith(fresh);
    fresh.tabIndex = -1;
    fresh.focus({ preventScroll: true });
    const top = fresh.getBoundingClientRect().top;
    if (top < 60 || top > innerHeight * 0.6) fresh.scrollIntoView({ block: "start" });
  } catch {
    delete form.dataset.busy;
    delete form.dataset.sent;
    form.removeAttribute("data-inline"); // let the browser send it itself, error page and all
    form.requestSubmit();
  }
});

const article = document.querySelector("article[data-lesson]");
if (article?.dataset.keep) {
  const headings = [...article.querySelectorAll(".prose h2[id], .prose h3[id]")];
  let last = "", timer = 0;
  const where = () => {
    const rect = article.getBoundingClientRect();
    const percent = Math.max(0, Math.min(100, Math.round((100 * (innerHeight - rect.top)) / Math.max(rect.height, 1))));
    let anchor = "";
    for (const h of headings) if (h.getBoundingClientRect().top < innerHeight * 0.5) anchor = h.id;
    return { anchor, percent };
  };
  const save = (leaving) => {
    const now = where();
    const key = `${now.anchor} ${Math.round(now.percent / 5)}`;
    if (key === last) return;
    last = key;
    postJSON(`/lessons/${article.dataset.lesson}/position`, now, { keepalive: leaving }).catch(() => { last = ""; });
  };
  addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(save, 1200, false); }, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  timer = setTimeout(save, 3000, false);
}

// The entry of the table of contents that one is reading.
const links = new Map([...document.querySelectorAll(".toc a")].map((a) => [a.hash.slice(1), a]));
if (links.size && "IntersectionObserver" in window) {
  const seen = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting) continue;
      for (const a of links.values()) a.removeAttribute("aria-current");
      links.get(e.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "0px 0px -70% 0px" });
  for (const id of links.keys()) { const h = document.getElementById(id); if (h) seen.observe(h); }
}
const toc = document.querySelector(".toc details");
if (toc && matchMedia("(min-width: 64.01rem)").matches) toc.open = true; // beside the text, where opening it moves nothing
