// The case workbench: lines added, removed and moved by mouse and keyboard, type-ahead, and a draft that is saved as one works. The form
// does all of this without script too; this makes it quick.
import { el, postJSON, searcher, setNames } from "./net.js";
import { attach } from "./typeahead.js";

const form = document.getElementById("sheet");
const words = form.dataset;
const lists = { dx: form.querySelector('ol[data-kind="dx"]'), px: form.querySelector('ol[data-kind="px"]') };
const announce = (text) => { document.getElementById("announce").textContent = text; };
const letter = (n) => { let s = ""; for (n++; n > 0; n = Math.floor((n - 1) / 26)) s = String.fromCharCode(65 + ((n - 1) % 26)) + s; return s; };
const rows = (kind) => [...lists[kind].children];
const codeOf = (row) => row.querySelector(".code-input");

// ---- lines

// linesChanged tells the marks of evidence.js that lines came, went or moved.
const linesChanged = () => form.dispatchEvent(new CustomEvent("sheet:lines"));

function renumber(kind) {
  rows(kind).forEach((row, i) => {
    row.id = `${kind}-${i}`;
    const name = kind === "dx" ? letter(i) : String(i + 1);
    row.querySelector(".line-letter").textContent = name;
    for (const field of row.querySelectorAll("input[name], textarea[name], select[name]")) {
      const key = field.name.split(".").pop();
      const label = row.querySelector(`label[for="${field.id}"]`);
      field.name = `${kind}.${i}.${key}`;
      field.id = `${kind}-${i}-${key}`;
      if (label) { label.htmlFor = field.id; label.textContent = label.textContent.replace(/ ([A-Z]{1,2}|\d+)$/, ` ${name}`); }
    }
    for (const button of row.querySelectorAll('button[name="do"]')) {
      button.value = button.value.replace(/\d+$/, String(i));
      button.setAttribute("aria-label", button.getAttribute("aria-label").replace(/ ([A-Z]{1,2}|\d+)$/, ` ${name}`));
    }
  });
}

// pointers holds what each procedure points at as rows, so that letters can be written anew after diagnoses moved.
function pointers() {
  const dx = rows("dx");
  return rows("px").map((row) => {
    const input = row.querySelector('[name$=".ptr"]');
    const typed = input ? input.value.toUpperCase().split(/[\s,;/]+/).filter(Boolean) : [];
    const single = typed.flatMap((w) => (/^[A-L]{2,12}$/.test(w) ? [...w] : [w]));
    return { input, at: single.map((w) => { const i = dx.findIndex((_, n) => letter(n) === w); return i < 0 ? w : dx[i]; }) };
  });
}

function rewrite(held) {
  const dx = rows("dx");
  for (const { input, at } of held) {
    if (!input) continue;
    input.value = at.map((x) => (typeof x === "string" ? x : dx.indexOf(x) < 0 ? "" : letter(dx.indexOf(x)))).filter(Boolean).join(" ");
  }
}

function edit(kind, change) {
  const held = kind === "dx" ? pointers() : [];
  change();
  renumber(kind);
  rewrite(held);
  changed();
  linesChanged();
}

function add(kind, focus = true) {
  if (rows(kind).length >= 50) return null;
  const row = document.getElementById(`${kind}-template`).content.firstElementChild.cloneNode(true);
  edit(kind, () => lists[kind].append(row));
  prepare(row);
  if (focus) codeOf(row).focus();
  return row;
}

function remove(row) {
  const kind = row.dataset.kind, all = rows(kind), i = all.indexOf(row), name = row.querySelector(".line-letter").textContent;
  edit(kind, () => row.remove());
  if (!rows(kind).length) add(kind, false);
  const next = rows(kind)[Math.min(i, rows(kind).length - 1)];
  codeOf(next).focus();
  announce(words.removed.replace("%s", name));
}

function move(row, step, focus = document.activeElement) {
  const kind = row.dataset.kind, all = rows(kind), to = all.indexOf(row) + step;
  if (to < 0 || to >= all.length) return;
  edit(kind, () => (step < 0 ? all[to].before(row) : all[to].after(row)));
  (row.contains(focus) ? focus : codeOf(row)).focus();
  announce(words.moved.replace("%s", row.querySelector(".line-letter").textContent));
}

function prepare(row) {
  const input = codeOf(row), title = row.querySelector(".line-title");
  attach(input, {
    sets: input.dataset.sets, date: words.date, billable: true, words: { nothing: words.nothing, header: words.header, results: words.results },
    chosen: (hit, typed) => {
      title.textContent = hit.title;
      changed();
      if (typed) return;
      const next = row.querySelector(".line-poa select, .line-fields input") ?? input;
      next.focus();
    },
  });
  const lookUp = searcher();
  input.addEventListener("change", async () => {
    const q = input.value.trim().toUpperCase();
    title.textContent = "";
    if (!q) return;
    const hits = await lookUp({ q, sets: input.dataset.sets, date: words.date, limit: "3" }).catch(() => null);
    const hit = hits?.find((h) => h.code.replace(".", "") === q.replace(".", ""));
    if (hit) { input.value = hit.code; title.textContent = hit.billable ? hit.title : `${hit.title} (${words.header})`; changed(); }
  });
  const grip = row.querySelector(".grip");
  grip.addEventListener("dragstart", (e) => {
    row.classList.add("dragged");
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", row.id);
    e.dataTransfer.setDragImage(row, 10, 10);
  });
  grip.addEventListener("dragend", () => row.classList.remove("dragged"));
}

for (const kind of ["dx", "px"]) {
  lists[kind].addEventListener("dragover", (e) => {
    const row = lists[kind].querySelector(".dragged");
    if (!row) return;
    e.preventDefault();
    const over = e.target.closest(".line");
    if (!over || over === row) return;
    const box = over.getBoundingClientRect();
    edit(kind, () => (e.clientY < box.top + box.height / 2 ? over.before(row) : over.after(row)));
  });
  lists[kind].addEventListener("drop", (e) => e.preventDefault());
  rows(kind).forEach(prepare);
}

form.addEventListener("click", (e) => {
  const button = e.target.closest('button[name="do"]');
  if (!button) return;
  const [verb, kind] = button.value.split("-");
  if (verb === "submit" || verb === "save") return;
  e.preventDefault();
  const row = button.closest(".line");
  if (verb === "add") add(kind);
  else if (verb === "remove") remove(row);
  else if (verb === "up") move(row, -1, button);
  else if (verb === "down") move(row, 1, button);
});

form.addEventListener("keydown", (e) => {
  const row = e.target.closest(".line");
  if (!row) return;
  if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) { e.preventDefault(); move(row, e.key === "ArrowUp" ? -1 : 1, e.target); }
  else if (e.altKey && (e.key === "Delete" || e.key === "Backspace")) { e.preventDefault(); remove(row); }
  else if (e.key === "Enter" && e.target.tagName === "INPUT" && !e.defaultPrevented) {
    e.preventDefault(); // Enter goes on to the next line and never hands in
    const all = rows(row.dataset.kind), next = all[all.indexOf(row) + 1];
    if (next) codeOf(next).focus(); else if (codeOf(row).value.trim()) add(row.dataset.kind);
  }
});

// A browser hands a form in on the keypress of Enter: not this one.
form.addEventListener("keypress", (e) => { if (e.key === "Enter" && e.target.tagName === "INPUT") e.preventDefault(); });

// ---- the draft

const state = document.getElementById("save-state");
const path = `/cases/${words.case}/draft`, keep = `crosswalk:draft:${words.case}`;
let rev = Number(words.rev), timer = 0, dirty = false, saving = false, stuck = false, sent = false;

function sheet() {
  const value = (row, key) => row.querySelector(`[name$=".${key}"]`)?.value ?? "";
  const field = (name) => {
    const f = form.elements[name];
    return f?.value ?? "";
  };
  return {
    dx: rows("dx").map((r) => ({ code: value(r, "code"), poa: value(r, "poa"), ev: value(r, "ev"), at: value(r, "at") })),
    px: rows("px").map((r) => ({ code: value(r, "code"), mods: value(r, "mods"), units: value(r, "units"), minutes: value(r, "minutes"), ptr: value(r, "ptr"), ev: value(r, "ev"), at: value(r, "at") })),
    drg: field("drg"), disposition: field("disposition"),
    problems: field("em.problems"), data: field("em.data"), risk: field("em.risk"), em_minutes: field("em.minutes"),
    query_ask: field("query.ask"), query_reason: field("query.reason"), query_indicators: field("query.indicators"), query_at: field("query.at"), query_option: field("query.option"),
  };
}

// What is typed lies in the browser until the server has it: the draft in its order, the answer once its result is shown. Each page
// load keeps under its own key, so that one tab does not throw away what another holds.
const ownKey = form.elements.client_key.value;
const held = () => { try { return JSON.parse(localStorage.getItem(keep) ?? "null"); } catch { return null; } };
const hold = () => { try { localStorage.setItem(keep, JSON.stringify({ rev, key: ownKey, at: Date.now(), sheet: sheet() })); } catch { /* private window: the server still saves */ } };
const letGo = () => { try { if (held()?.key === ownKey) localStorage.removeItem(keep); } catch { /* nothing kept */ } };

function changed() {
  if (sent) return;
  dirty = true;
  hold();
  clearTimeout(timer);
  if (!stuck) timer = setTimeout(save, 700);
}

async function save(leaving = false) {
  if (!dirty || saving || stuck || sent) return;
  saving = true; dirty = false;
  let again = false;
  say(words.saving);
  try {
    const reply = await postJSON(path, { rev, sheet: sheet() }, { keepalive: leaving });
    rev = reply.rev;
    form.elements.rev.value = rev;
    say(words.saved.replace("%s", reply.saved));
    again = dirty; // typed while the save was under way
    if (again) hold(); else letGo();
  } catch (error) {
    dirty = true;
    if (error.status === 409) {
      stuck = true;
      say("");
      choose(words.stale, words.keep, () => { rev = error.body.rev ?? rev; form.elements.rev.value = rev; save(); }, words.other, () => { sent = true; letGo(); location.reload(); });
    } else if (error.status === 401 || error.status === 403) {
      stuck = true;
      say(words.signedout, true);
      state.append(" ", el("a", { href: `/start?next=${encodeURIComponent(`/cases/${words.case}`)}` }, words.signin));
    } else if (error.status >= 400 && error.status < 500) {
      say(error.body.error, true); // no use trying the same again: the next change does
    } else {
      say(words.offline);
      clearTimeout(timer);
      timer = setTimeout(save, 5000);
    }
  } finally {
    saving = false;
  }
  if (again) { clearTimeout(timer); timer = setTimeout(save, 700); }
}

function say(text, bad = false) {
  state.textContent = text;
  state.classList.toggle("bad", bad);
}

// choose asks which of two answers to go on with.
function choose(text, yes, onYes, no, onNo) {
  const box = document.getElementById("draft-choice"), [first, second] = box.querySelectorAll("button");
  box.querySelector("p").textContent = text;
  first.textContent = yes;
  second.textContent = no;
  first.onclick = () => { box.hidden = true; stuck = false; onYes(); };
  second.onclick = () => { box.hidden = true; stuck = false; onNo(); };
  box.hidden = false;
}

form.addEventListener("input", (e) => { if (e.target.name) changed(); });
addEventListener("online", () => save());
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });

// What was typed while the server was away comes back on the next visit; where the draft went on meanwhile, the learner decides.
const before = held();
if (before && words.errors === "0" && before.key !== ownKey) {
  if (Date.now() - before.at > 14 * 86400e3 || JSON.stringify(before.sheet) === JSON.stringify(sheet())) localStorage.removeItem(keep);
  else if (before.rev === rev) restore(before.sheet);
  else choose(words.held, words.use, () => restore(before.sheet), words.drop, () => localStorage.removeItem(keep));
}

function restore(old) {
  for (const kind of ["dx", "px"]) {
    while (rows(kind).length < old[kind].length) add(kind, false);
    for (const row of rows(kind).slice(Math.max(1, old[kind].length))) row.remove();
    old[kind].forEach((line, i) => {
      for (const [key, value] of Object.entries(line)) {
        const f = rows(kind)[i].querySelector(`[name$=".${key}"]`);
        if (f) f.value = value;
      }
      codeOf(rows(kind)[i]).dispatchEvent(new Event("change"));
    });
  }
  const names = {
    drg: "drg", disposition: "disposition", problems: "em.problems", data: "em.data", risk: "em.risk", em_minutes: "em.minutes",
    query_ask: "query.ask", query_reason: "query.reason", query_indicators: "query.indicators", query_at: "query.at", query_option: "query.option",
  };
  for (const [key, name] of Object.entries(names)) {
    if (form.elements[name] && old[key] != null) form.elements[name].value = old[key];
  }
  changed();
  linesChanged();
  say(words.restored);
}

form.addEventListener("submit", (e) => {
  if (!navigator.onLine) { // the browser's error page would take the sheet's place
    e.preventDefault();
    say(words.notsent, true);
    return;
  }
  clearTimeout(timer);
  hold();
  sent = true; // what is handed in is the answer; no draft may follow it
});
addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });

// ---- the codebook, one key away: search, read a code with its notes, enter it

const book = document.getElementById("book"), bookQuery = document.getElementById("book-q"), results = document.getElementById("book-results");
const reader = document.getElementById("book-page"), text = document.getElementById("book-text"), use = document.getElementById("book-use");
const bookSearch = searcher();
let bookTimer = 0, cameFrom = null;
const sets = [...new Set([...form.querySelectorAll(".code-input")].flatMap((i) => i.dataset.sets.split(",")))].join(",");

bookQuery.addEventListener("input", () => {
  clearTimeout(bookTimer);
  bookTimer = setTimeout(async () => {
    const q = bookQuery.value.trim();
    showReader(false);
    if (q.length < 2) { results.replaceChildren(); return; }
    const hits = await bookSearch({ q, sets, date: words.date, limit: "15" }).catch(() => []);
    if (!hits) return;
    results.replaceChildren(...(hits.length ? hits.map(bookRow) : [el("li", { class: "muted small" }, words.nothing.replace("%s", q))]));
  }, 120);
});

function showReader(on) {
  reader.hidden = !on;
  results.hidden = on;
}

function enter(hit) {
  const kind = hit.set === "icd10cm" ? "dx" : "px";
  const row = rows(kind).find((r) => !codeOf(r).value.trim()) ?? add(kind, false);
  if (!row) return;
  codeOf(row).value = hit.code;
  row.querySelector(".line-title").textContent = hit.title;
  changed();
  announce(`${hit.code} ${hit.title}`);
}

function bookRow(hit) {
  const plus = el("button", { type: "button", class: "quiet" }, "+");
  plus.setAttribute("aria-label", book.dataset.add.replace("%s", hit.code));
  plus.disabled = !hit.billable;
  plus.addEventListener("click", () => enter(hit));
  const link = el("a", { class: `code code-${hit.set}`, href: `/codebook/${hit.set}/${hit.code}?date=${words.date}` }, el("span", { class: "code-set" }, setNames[hit.set]), " ", el("b", {}, hit.code));
  link.addEventListener("click", (e) => { if (plain(e)) { e.preventDefault(); read(link.href, hit); } });
  return el("li", { class: "row" }, plus, link, el("span", { class: "small" }, hit.title), hit.billable ? null : el("span", { class: "tag" }, words.header));
}

const plain = (e) => e.button === 0 && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey;

// read shows a page of the codebook in the drawer: its main part, without its forms and its ids, which are the workbench's own.
async function read(href, hit = null) {
  showReader(true);
  use.hidden = !hit?.billable;
  if (hit) {
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
document.getElementById("book-back").addEventListener("click", () => { showReader(false); bookQuery.focus(); });

bookQuery.addEventListener("keydown", (e) => {
  if (e.key === "Enter") { e.preventDefault(); results.querySelector("a")?.click(); }
  else if (e.key === "ArrowDown") { e.preventDefault(); results.querySelector("a")?.focus(); }
});
results.addEventListener("keydown", (e) => {
  if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
  const links = [...results.querySelectorAll("a")], to = links.indexOf(e.target) + (e.key === "ArrowDown" ? 1 : -1);
  if (!links.includes(e.target)) return;
  e.preventDefault();
  (links[to] ?? (to < 0 ? bookQuery : e.target)).focus();
});
book.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  e.preventDefault();
  if (!reader.hidden) { showReader(false); bookQuery.focus(); return; }
  book.open = false;
  (cameFrom?.isConnected ? cameFrom : book.querySelector("summary")).focus();
});

// "/" opens the book from anywhere but a text; in a code field, which has no use for it, while that is still empty.
document.addEventListener("keydown", (e) => {
  if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) && !(e.target.matches(".code-input") && !e.target.value)) return;
  e.preventDefault();
  cameFrom = e.target.matches("input, button, a") ? e.target : null;
  book.open = true;
  bookQuery.focus();
  bookQuery.select();
});

document.getElementById("sheet-errors")?.focus();
