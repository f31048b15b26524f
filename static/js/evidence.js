// Marking words of the chart for a line of the answer sheet: by mouse, by touch and by keyboard. What is marked stands in the line's text
// field, a phrase to a row, and in a hidden field beside it the places, because the same words may stand in a note twice; the sheet saves
// both with the draft. Without script one types or pastes into the text field.
import { el } from "./net.js";

const form = document.getElementById("sheet");
const chart = document.getElementById("chart"), said = chart.dataset;
const bar = document.getElementById("mark-bar"), chooser = document.getElementById("mark-for");
const doMark = document.getElementById("mark-do"), doUnmark = document.getElementById("mark-undo");
const announce = (text) => { document.getElementById("announce").textContent = text; };

// ---- the chart, word by word

const blocks = "p, li, h1, h2, h3, h4, h5, h6, td, th, tr, pre, blockquote, dt, dd, div, br";
const words = []; // {node, space: the blank before it, text, gap: a blank or a new block before it, start: of a sentence}

(function cut() {
  const texts = [];
  const walk = document.createTreeWalker(chart, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) texts.push(walk.currentNode);
  let gap = true, block = null, space = null;
  for (const text of texts) {
    const home = text.parentElement.closest(blocks);
    const fresh = home !== block;
    if (text.data.trim()) { if (fresh) gap = true; block = home; }
    const parts = text.data.match(/\s+|\S+/g) ?? [];
    const out = document.createDocumentFragment();
    for (const part of parts) {
      if (/^\s/.test(part)) {
        space = el("span", { class: "g" }, part);
        out.append(fresh && !out.children.length && !part.trim() ? part : space);
        gap = true;
        continue;
      }
      const node = el("span", { class: "w" }, part);
      node.dataset.i = words.length;
      const before = words.at(-1);
      words.push({ node, space: space?.parentNode === out ? space : null, text: part, gap, start: !before || before.home !== home || (gap && /[.!?;:]["')]*$/.test(before.text)), home });
      out.append(node);
      gap = false;
      space = null;
    }
    text.replaceWith(out);
  }
})();

const bare = (s) => s.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const keys = words.map((w) => bare(w.text));
const phrase = ([from, to]) => words.slice(from, to + 1).map((w, i) => (i && w.gap ? " " : "") + w.text).join("").replace(/^[("'“‘]+|[.,;:)"'”’]+$/g, "");
const bareWords = (s) => s.split(/\s+/).map(bare).filter(Boolean);

function same(from, to, want) {
  const have = keys.slice(from, to + 1).filter(Boolean);
  return have.join(" ") === want.join(" ") || have.join("") === want.join("");
}

// locate finds a phrase in the chart, the first time that is not taken.
function locate(text, taken) {
  const want = bareWords(text);
  if (!want.length) return null;
  const all = want.join("");
  for (let from = 0; from < words.length; from++) {
    if (!keys[from] || !all.startsWith(keys[from])) continue;
    let got = "";
    for (let to = from; to < words.length && got.length < all.length; to++) {
      got += keys[to];
      if (got === all && !taken.some((t) => t[0] <= to && from <= t[1])) return [from, to];
      if (!all.startsWith(got)) break;
    }
  }
  return null;
}

// ---- what words are marked for: a line, or the query

// targets are the text fields that hold marks, in the order of the page, each with its hidden field of places.
function targets() {
  return [...form.querySelectorAll("fieldset:not([hidden]) .line-ev")].map((box) => {
    const row = box.closest(".line"), field = box.querySelector("textarea"), at = box.querySelector('input[type="hidden"]');
    const letter = row ? row.querySelector(".line-letter").textContent : "Q";
    const code = row ? row.querySelector(".code-input").value.trim().toUpperCase() : said.query;
    return { box, row, field, at, letter, code, name: row ? `${letter} · ${code || said.none}` : said.query };
  });
}

// marksOf reads a target's phrases with their places; where is null for one that is not in the note.
function marksOf(target) {
  const places = target.at.value.split(" ");
  const taken = [];
  return target.field.value.split("\n").map((s) => s.trim()).filter(Boolean).map((text, i) => {
    const m = /^(\d+)-(\d+)$/.exec(places[i] ?? "");
    let where = m ? [Number(m[1]), Number(m[2])] : null;
    if (!where || where[1] >= words.length || !same(where[0], where[1], bareWords(text))) where = locate(text, taken);
    if (where) taken.push(where);
    return { text, where };
  });
}

function write(target, marks) {
  target.field.value = marks.map((m) => m.text).join("\n");
  target.at.value = marks.map((m) => (m.where ? m.where.join("-") : "?")).join(" ");
  target.field.dispatchEvent(new Event("input", { bubbles: true })); // the sheet saves its draft
}

let current = null; // the text field that marks go to

function target() {
  const all = targets();
  return all.find((t) => t.field === current) ?? null;
}

function choose(field, loud = false) {
  if (current === field) return;
  current = field;
  paint();
  const t = target();
  if (loud && t) announce(said.choose.replace("%s", t.name));
}

// ---- marking

function mark(from, to) {
  const t = target();
  if (!t || from == null) return;
  if (from > to) [from, to] = [to, from];
  while (from < to && !keys[from]) from++; // a dash of a list is no word
  while (to > from && !keys[to]) to--;
  if (!keys[from]) return;
  let where = [from, to];
  const rest = [];
  for (const m of marksOf(t)) { // what touches it becomes one with it
    if (m.where && m.where[0] <= where[1] && where[0] <= m.where[1]) where = [Math.min(where[0], m.where[0]), Math.max(where[1], m.where[1])];
    else rest.push(m);
  }
  const text = phrase(where);
  write(t, [...rest, { text, where }].sort((a, b) => (a.where?.[0] ?? 1e9) - (b.where?.[0] ?? 1e9)));
  announce(said.marked.replace("%s", t.name).replace("%s", text));
}

function unmark(from, to) {
  const t = target();
  if (!t || from == null) return;
  if (from > to) [from, to] = [to, from];
  const all = marksOf(t), gone = all.filter((m) => m.where && m.where[0] <= to && from <= m.where[1]);
  if (gone.length) drop(t, all, gone);
}

function drop(t, all, gone) {
  write(t, all.filter((m) => !gone.includes(m)));
  announce(said.unmarked.replace("%s", t.name).replace("%s", gone.map((m) => m.text).join(", ")));
}

// ---- what is seen

const shown = new WeakSet();

function paint() {
  for (const w of words) { w.node.className = "w"; if (w.space) w.space.className = "g"; delete w.node.dataset.mk; }
  const all = targets(), t = all.find((x) => x.field === current) ?? null;
  const ends = new Map();
  for (const one of all) {
    for (const { where } of marksOf(one).filter((m) => m.where)) {
      const look = ["mk", ...(one === t ? ["mine"] : [])];
      for (let i = where[0]; i <= where[1]; i++) {
        words[i].node.classList.add(...look);
        if (i > where[0]) words[i].space?.classList.add(...look); // so that a mark is one line
      }
      ends.set(where[1], [...(ends.get(where[1]) ?? []), one.letter]);
    }
    list(one, one === t);
  }
  for (const [i, letters] of ends) words[i].node.dataset.mk = letters.join(" ");
  options(all, t);
  showCursor(false);
}

// list shows a line's marks below it, each with a button to take it back.
function list(t, active) {
  const ul = t.box.querySelector(".ev-list"), button = t.box.querySelector(".ev-mark"), typed = t.box.querySelector(".ev-type");
  if (!shown.has(t.box)) { shown.add(t.box); typed.open = false; }
  button.setAttribute("aria-pressed", String(active));
  button.setAttribute("aria-label", said.markfor.replace("%s", t.name));
  t.row?.classList.toggle("marking", active);
  const marks = marksOf(t);
  const print = JSON.stringify(marks);
  if (ul.dataset.print === print) return;
  ul.dataset.print = print;
  ul.hidden = !marks.length;
  ul.replaceChildren(...marks.map((m, i) => {
    const off = el("button", { type: "button", class: "icon quiet", "aria-label": said.remove.replace("%s", m.text) }, "×");
    off.addEventListener("click", () => {
      const now = marksOf(t);
      drop(t, now, [now[i]]);
      (t.box.querySelectorAll(".ev-list button")[Math.min(i, now.length - 2)] ?? button).focus();
    });
    return el("li", {}, el("q", {}, m.text), m.where ? null : el("span", { class: "tag warn" }, said.absent), off);
  }));
}

function options(all, t) {
  chooser.replaceChildren(...all.map((one, i) => el("option", { value: i, selected: one === t }, one.name)));
  if (t) chooser.selectedIndex = all.indexOf(t);
}

// ---- the cursor: one word, or from one to another

let cursor = null, anchor = null, byHand = false; // byHand: a selection of the browser's own is there

function showCursor(scroll = true) {
  for (const w of chart.querySelectorAll(".cur, .sel")) w.classList.remove("cur", "sel");
  const ready = cursor != null || byHand;
  doMark.disabled = doUnmark.disabled = !ready || !target();
  if (cursor == null) return;
  const [from, to] = [Math.min(anchor, cursor), Math.max(anchor, cursor)];
  for (let i = from; i <= to; i++) words[i].node.classList.add("sel");
  words[cursor].node.classList.add("cur");
  if (scroll) words[cursor].node.scrollIntoView({ block: "nearest" });
}

function put(at, extend, spoken) {
  cursor = Math.max(0, Math.min(words.length - 1, at));
  if (!extend || anchor == null) anchor = cursor;
  showCursor();
  if (spoken) announce(spoken === "sentence" && !extend ? phrase([cursor, sentenceEnd(cursor)]) : extend ? phrase([Math.min(anchor, cursor), Math.max(anchor, cursor)]) : words[cursor].text);
}

function clear() { cursor = anchor = null; byHand = false; showCursor(false); }

const sentenceStart = (i) => { while (i > 0 && !words[i].start) i--; return i; };
const sentenceEnd = (i) => { while (i + 1 < words.length && !words[i + 1].start) i++; return i; };

// selected is what the browser has selected in the chart, as words.
function selected() {
  const sel = getSelection();
  if (!sel.rangeCount || sel.isCollapsed) return null;
  const range = sel.getRangeAt(0);
  if (!range.intersectsNode(chart)) return null;
  let from = -1, to = -1;
  for (let i = 0; i < words.length; i++) {
    const text = words[i].node.firstChild;
    if (!range.intersectsNode(text)) continue;
    // A range that only touches the edge of a word does not hold it.
    if (range.startContainer === text && range.startOffset >= text.length) continue;
    if (range.endContainer === text && range.endOffset === 0) continue;
    if (from < 0) from = i;
    to = i;
  }
  return from < 0 ? null : [from, to];
}

const wordAt = (node) => { const w = node?.closest?.(".w"); return w && chart.contains(w) ? Number(w.dataset.i) : null; };

// Mouse: what is dragged over is marked at once. Touch: a tap begins, a second one ends, the button marks; or the selection of a long press.
let pressed = false, spanning = false;
chart.addEventListener("pointerdown", (e) => { pressed = e.pointerType !== "touch"; });
document.addEventListener("pointerup", (e) => {
  if (e.pointerType === "touch") {
    const i = chart.contains(e.target) ? wordAt(e.target) : null;
    if (i == null || selected()) return;
    if (spanning && cursor != null && i !== anchor) { spanning = false; put(i, true, "word"); } else { spanning = true; put(i, false, "word"); }
    return;
  }
  if (!pressed) return;
  pressed = false;
  const where = selected();
  if (where && target()) {
    getSelection().removeAllRanges();
    [anchor, cursor] = where;
    mark(...where);
  } else if (!where) {
    const i = wordAt(e.target);
    if (i != null) put(i, e.shiftKey);
  }
});
document.addEventListener("selectionchange", () => {
  const has = selected() != null;
  if (has !== byHand) { byHand = has; doMark.disabled = doUnmark.disabled = !(has || cursor != null) || !target(); }
});

for (const button of [doMark, doUnmark]) {
  button.addEventListener("pointerdown", (e) => e.preventDefault()); // a press must not take the selection away
  button.addEventListener("click", () => {
    const [from, to] = selected() ?? [anchor, cursor];
    (button === doMark ? mark : unmark)(from, to);
    getSelection().removeAllRanges();
    spanning = false;
    if (button === doMark) clear();
  });
}

// ---- keyboard

document.querySelector(".chart").removeAttribute("tabindex"); // its text is the stop now, and scrolls
chart.tabIndex = 0;
chart.setAttribute("role", "application");
chart.setAttribute("aria-label", said.text);

chart.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || !words.length) return;
  const at = cursor ?? firstSeen();
  const go = (to, what = "word") => { e.preventDefault(); put(cursor == null && !e.shiftKey ? at : to, e.shiftKey, what); };
  switch (e.key) {
    case "ArrowRight": go(at + 1); break;
    case "ArrowLeft": go(at - 1); break;
    case "ArrowDown": {
      const end = sentenceEnd(at);
      go(e.shiftKey ? (at === end ? sentenceEnd(Math.min(end + 1, words.length - 1)) : end) : Math.min(end + 1, words.length - 1), "sentence");
      break;
    }
    case "ArrowUp": { const start = sentenceStart(at); go(at === start ? sentenceStart(Math.max(0, start - 1)) : start, "sentence"); break; }
    case "Home": go(sentenceStart(at)); break;
    case "End": go(sentenceEnd(at)); break;
    case "Enter": e.preventDefault(); if (cursor != null) { mark(anchor, cursor); anchor = cursor; showCursor(); } break;
    case "Delete": case "Backspace": e.preventDefault(); if (cursor != null) unmark(anchor, cursor); break;
    case "Escape": { e.preventDefault(); clear(); const t = target(); (t?.row?.querySelector(".code-input") ?? t?.box.querySelector(".ev-mark"))?.focus(); break; }
    default:
  }
});
chart.addEventListener("blur", () => { if (cursor != null && !chart.matches(":hover")) showCursor(false); });

// firstSeen is the first word that is in view.
function firstSeen() {
  const top = chart.closest(".chart").getBoundingClientRect().top + (document.querySelector(".chart-head")?.offsetHeight ?? 0);
  return Math.max(0, words.findIndex((w) => w.node.getBoundingClientRect().top >= top));
}

function toChart(field) {
  choose(field, true);
  const t = target(), first = t && marksOf(t).find((m) => m.where)?.where;
  chart.focus({ preventScroll: true });
  const box = chart.closest(".chart");
  if (getComputedStyle(box.parentElement).display === "contents") box.scrollIntoView(); // on a phone the chart lies above the sheet
  put(first ? first[0] : cursor ?? firstSeen(), false);
}

form.addEventListener("click", (e) => {
  const button = e.target.closest(".ev-mark");
  if (button) toChart(button.closest(".line-ev").querySelector("textarea"));
});
form.addEventListener("keydown", (e) => {
  if (!e.altKey || e.ctrlKey || e.metaKey || e.code !== "KeyM") return;
  const home = e.target.closest(".line, .query-indicators, .query");
  const field = home?.querySelector(".line-ev textarea");
  if (field) { e.preventDefault(); toChart(field); }
});
form.addEventListener("focusin", (e) => {
  const field = e.target.closest(".line, .query-more")?.querySelector(".line-ev textarea");
  if (field) choose(field);
});
chooser.addEventListener("change", () => choose(targets()[chooser.selectedIndex]?.field ?? null, true));

// The lines change by typing, by moving, and when a kept draft comes back.
form.addEventListener("input", paint);
form.addEventListener("change", paint);
form.addEventListener("sheet:lines", paint);

current = targets()[0]?.field ?? null;
paint();
bar.hidden = false;
