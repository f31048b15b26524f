// The codebook in a drawer, one key away: search, read a code with its notes, enter it. The workbench and the exam room use it.
import { el, searcher, setNames } from "./net.js";

const plain = (e) => e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;

// bookDrawer brings the drawer of the page to life. options: sets() that the search goes over, date() for look-ups, words {nothing,
// header}, enter(hit) to put a code on the sheet and canEnter(hit), left out where codes are only read; slash() says whether "/" opens it
// now.
export function bookDrawer({ sets, date, words, enter = null, canEnter = (hit) => hit.billable, slash = () => true }) {
  const book = document.getElementById("book"), query = document.getElementById("book-q"), results = document.getElementById("book-results");
  const reader = document.getElementById("book-page"), text = document.getElementById("book-text"), use = document.getElementById("book-use");
  const search = searcher();
  let timer = 0, cameFrom = null;

  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const q = query.value.trim();
      showReader(false);
      if (q.length < 2) { results.replaceChildren(); return; }
      const hits = await search({ q, sets: sets(), date: date(), limit: "15" }).catch(() => []);
      if (!hits) return;
      results.replaceChildren(...(hits.length ? hits.map(hitRow) : [el("li", { class: "muted small" }, words.nothing.replace("%s", q))]));
    }, 120);
  });

  function showReader(on) {
    reader.hidden = !on;
    results.hidden = on;
  }

  const taken = (hit) => enter && canEnter(hit);

  function hitRow(hit) {
    let plus = null;
    if (enter) {
      plus = el("button", { type: "button", class: "quiet" }, "+");
      plus.setAttribute("aria-label", book.dataset.add.replace("%s", hit.code));
      plus.disabled = !taken(hit);
      plus.addEventListener("click", () => enter(hit));
    }
    const link = el("a", { class: `code code-${hit.set}`, href: `/codebook/${hit.set}/${hit.code}?date=${date()}` }, el("span", { class: "code-set" }, setNames[hit.set]), " ", el("b", {}, hit.code));
    link.addEventListener("click", (e) => { if (plain(e)) { e.preventDefault(); read(link.href, hit); } });
    return el("li", { class: "row" }, plus, link, el("span", { class: "small" }, hit.title), hit.billable ? null : el("span", { class: "tag" }, words.header));
  }

  // read shows a page of the codebook in the drawer: its main part, without its forms and its ids, which are the page's own.
  async function read(href, hit = null) {
    showReader(true);
    use.hidden = !hit || !taken(hit);
    if (!use.hidden) {
      use.textContent = `+ ${hit.code}`;
      use.setAttribute("aria-label", book.dataset.add.replace("%s", hit.code));
      use.onclick = () => enter(hit);
    }
    document.getElementById("book-open").href = href;
    try {
      const reply = await fetch(href, { credentials: "same-origin", headers: { Accept: "text/html" } });
      if (!reply.ok && reply.status !== 404) throw new Error(`status ${reply.status}`);
      const main = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("main");
      for (const gone of main.querySelectorAll("form, script, .no-print")) gone.remove();
      for (const node of main.querySelectorAll("[id], [aria-labelledby]")) { node.removeAttribute("id"); node.removeAttribute("aria-labelledby"); }
      for (const h of main.querySelectorAll("h1")) { const h2 = document.createElement("h2"); h2.append(...h.childNodes); h.replaceWith(h2); }
      text.replaceChildren(...main.childNodes);
    } catch {
      text.replaceChildren(el("p", { class: "muted" }, book.dataset.failed));
    }
    reader.closest("aside").scrollTop = 0;
    text.focus({ preventScroll: true });
  }

  text.addEventListener("click", (e) => {
    const a = e.target.closest("a[href]");
    if (!a || !plain(e)) return;
    e.preventDefault();
    if (a.pathname.startsWith("/codebook/")) read(a.href);
    else open(a.href, "_blank", "noopener"); // the sheet stays
  });
  document.getElementById("book-back").addEventListener("click", () => { showReader(false); query.focus(); });

  query.addEventListener("keydown", (e) => {
    if (e.key === "Enter") { e.preventDefault(); results.querySelector("a")?.click(); }
    else if (e.key === "ArrowDown") { e.preventDefault(); results.querySelector("a")?.focus(); }
  });
  results.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const links = [...results.querySelectorAll("a")], to = links.indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1);
    if (!links.includes(e.target)) return;
    e.preventDefault();
    (links[to] ?? (to < 0 ? query : e.target)).focus();
  });
  book.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    e.preventDefault();
    if (!reader.hidden) { showReader(false); query.focus(); return; }
    book.open = false;
    (cameFrom?.isConnected ? cameFrom : book.querySelector("summary")).focus();
  });

  function show() {
    cameFrom = document.activeElement?.matches?.("input, button, a, select, textarea, h2") ? document.activeElement : null;
    book.open = true;
    query.focus();
    query.select();
  }

  // "/" opens the book from anywhere but a text; in a code field, which has no use for it, while that is still empty.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || !slash()) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) && !/^(radio|checkbox)$/.test(e.target.type) && !(e.target.matches(".code-input") && !e.target.value)) return;
    e.preventDefault();
    show();
  });

  return { show };
}
