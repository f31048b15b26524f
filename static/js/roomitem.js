// One item of the exam room: its question, chart and answer as they are seen and changed. What is changed goes to edit(), which keeps it.
import { el } from "./net.js";
import { answerSheet } from "./sheet.js";
import * as marks from "./roommarks.js";

export const letterOf = (i) => String.fromCharCode(65 + i);
export const fill = (text, ...values) => values.reduce((t, v) => t.replace(/%[sd]/, () => String(v)), text).replace("%%", "%");

const notBlank = (line) => Object.entries(line).some(([key, value]) => key !== "at" && String(value ?? "").trim());
const sheetEmpty = (s) => !s || !(s.dx ?? []).some(notBlank) && !(s.px ?? []).some(notBlank) &&
  !Object.entries(s).some(([key, value]) => key !== "dx" && key !== "px" && key !== "query_at" && String(value ?? "").trim());

// progress says how far the answer of an item is: "answered", "part" (begun, not complete) or "".
export function progress(item, st) {
  const a = st?.answer ?? {}, n = (list) => (list ?? []).filter((x) => x >= 0).length;
  const of = (have, want) => (have === 0 ? "" : have === want ? "answered" : "part");
  switch (item.kind) {
    case "single": return of(n(a.options), 1);
    case "multiple": return of(n(a.options), item.choose);
    case "order": return of(n(a.order), item.entries.length);
    case "match": return of(n(a.match), item.left.length);
    case "codes": return (a.codes ?? []).length ? "answered" : "";
    case "case": return sheetEmpty(st?.sheet) ? "" : "answered";
    default: return a.value ? "answered" : "";
  }
}

// itemView shows items in the room. room: {W words, form, get(pos) state and locked, edit(pos, change, options), announce, soon()}.
export function itemView(room) {
  const { W, form, announce } = room;
  const $ = (id) => document.getElementById(id);
  const stem = $("room-stem"), chart = $("room-chart"), fields = $("room-form"), question = $("room-question"), note = $("note-text");
  let pos = -1, item = null, chartShown = null, sheet = null, mode = null, strikeNext = false, typedFrom = null;

  const html = (source) => { const t = document.createElement("template"); t.innerHTML = source ?? ""; return t.content; };
  const state = () => room.get(pos).state;
  const locked = () => room.get(pos).locked;
  const date = () => item?.date ?? "";

  // ---- the answer

  const same = (a, b) => JSON.stringify(a ?? {}) === JSON.stringify(b ?? {});

  // setAnswer keeps an answer. One that stood complete for a while goes into the trail when another takes its place.
  function setAnswer(answer, { typed = false } = {}) {
    room.edit(pos, (st, moment) => {
      const old = st.answer;
      if (!typed && progress(item, st) === "answered" && !same(old, answer) && moment.stood >= 2000) moment.leave(st, old);
      st.answer = answer;
      moment.changed = !same(old, answer);
    }, { delay: typed ? 400 : 0 });
  }

  // leaveTyped does the same for what was typed: the answer before is the one that stood when the field was entered.
  function leaveTyped() {
    const from = typedFrom;
    typedFrom = null;
    room.soon();
    if (!from || from.pos !== pos || progress(item, { answer: from.answer }) !== "answered" || same(from.answer, state().answer)) return;
    room.edit(pos, (st, moment) => moment.leave(st, from.answer));
  }

  function options() {
    const many = item.kind === "multiple", type = many ? "checkbox" : "radio";
    const box = el("fieldset", { class: "choices" }, el("legend", { class: "small muted", id: "choose-hint" }));
    item.options.forEach((source, i) => {
      const input = el("input", { type, name: "choice", value: i, id: `choice-${i}` });
      const label = el("label", { class: "choice" }, input, el("b", { class: "choice-letter" }, letterOf(i)), el("span", { class: "choice-text" }, html(source)), el("span", { class: "tag struck-word", hidden: true }, W.struck));
      const strike = el("button", { type: "button", class: "icon quiet strike", "aria-pressed": "false", "aria-label": fill(W.strike, letterOf(i)), title: fill(W.strike, letterOf(i)) }, el("s", { "aria-hidden": "true" }, letterOf(i)));
      strike.addEventListener("click", () => toggleStrike(i));
      input.addEventListener("change", () => choose(i, input.checked));
      box.append(el("div", { class: "room-choice" }, label, strike));
    });
    return box;
  }

  function choose(i, on) {
    if (locked()) { show(); return; }
    const had = (state().answer?.options ?? []).filter((x) => x >= 0 && x < item.options.length);
    let now = on ? [i] : [];
    if (item.kind === "multiple") {
      now = on ? [...had.filter((x) => x !== i), i].sort((a, b) => a - b) : had.filter((x) => x !== i);
      if (on && now.length > item.choose) { announce(fill(W.chosen, item.choose, had.length)); refresh(); return; }
    }
    if (now.includes(i) && state().struck?.includes(i)) room.edit(pos, (st) => { st.struck = st.struck.filter((x) => x !== i); });
    setAnswer(now.length ? { options: now } : {});
  }

  function toggleStrike(i) {
    if (locked() || !item.options?.[i]) return;
    const on = !state().struck?.includes(i), chosen = state().answer?.options?.includes(i);
    if (on && chosen) setAnswer(state().answer.options.length > 1 ? { options: state().answer.options.filter((x) => x !== i) } : {});
    room.edit(pos, (st) => { st.struck = on ? [...(st.struck ?? []), i].sort((a, b) => a - b) : st.struck.filter((x) => x !== i); });
    announce(fill(on ? (chosen ? W.strikeChosen : W.strikeOn) : W.strikeOff, letterOf(i)));
  }

  function typed() {
    const input = el("input", { id: "value", name: "value", autocomplete: "off", spellcheck: "false", maxlength: 200, inputmode: item.kind === "number" ? "decimal" : null, class: item.kind === "number" ? "short" : null });
    input.addEventListener("focus", () => { typedFrom = { pos, answer: state().answer }; });
    input.addEventListener("input", () => setAnswer(input.value.trim() ? { value: input.value } : {}, { typed: true }));
    input.addEventListener("blur", leaveTyped);
    return el("div", { class: "field" }, el("label", { for: "value" }, item.kind === "number" ? W.number : W.text), input);
  }

  // places are the lists beside entries (order) or left sides (match).
  function places() {
    const order = item.kind === "order", rowsOf = order ? item.entries : item.left, n = item.entries.length;
    const box = el("fieldset", { class: "choices" }, el("legend", { class: "small muted" }, order ? fill(W.order, n) : W.match));
    if (!order) box.append(el("ol", { class: "match-rights" }, ...item.entries.map((source, i) => el("li", {}, el("b", {}, letterOf(i)), " ", el("span", {}, html(source))))));
    rowsOf.forEach((source, i) => {
      const select = el("select", { name: `place.${i}`, "aria-label": order ? W.place : W.partner, "aria-describedby": `place-of-${i}` }, el("option", { value: "" }, "–"),
        ...item.entries.map((_, k) => el("option", { value: k + 1 }, order ? k + 1 : letterOf(k))));
      select.addEventListener("change", () => put(i, Number(select.value) - 1));
      box.append(el("div", { class: "choice place" }, select, el("span", { id: `place-of-${i}` }, html(source))));
    });
    box.append(el("p", { class: "small muted", id: "places-left", role: "status" }));
    return box;
  }

  function put(i, at) {
    if (locked()) { show(); return; }
    if (item.kind === "order") { // two entries change places
      const n = item.entries.length, order = Array.from({ length: n }, (_, k) => state().answer?.order?.[k] ?? -1), from = order.indexOf(i);
      if (from >= 0) order[from] = -1;
      if (at >= 0) { if (order[at] >= 0 && from >= 0) order[from] = order[at]; order[at] = i; }
      setAnswer(order.some((x) => x >= 0) ? { order } : {});
      return;
    }
    const match = Array.from({ length: item.left.length }, (_, k) => state().answer?.match?.[k] ?? -1);
    match[i] = at;
    setAnswer(match.some((x) => x >= 0) ? { match } : {});
  }

  // codes and cases are answered on the sheet; of codes only the lines count.
  function sheetFields() {
    const box = el("div", { class: "sheet", "data-sheet": "" });
    box.append(html(item.sheet));
    sheet = answerSheet(box, { words: W, date, announce, changed: readSheet, blank: (kind) => blankLine(kind, box) });
    box.addEventListener("input", (e) => { if (e.target.name) readSheet(); });
    box.addEventListener("focusin", () => { typedFrom ??= { pos, answer: state().answer }; });
    box.addEventListener("focusout", (e) => { if (!box.contains(e.relatedTarget)) leaveTyped(); });
    box.addEventListener("click", (e) => {
      const button = e.target.closest(".ev-mark");
      if (button) takeWords(button.closest(".line-ev"));
    });
    for (const button of box.querySelectorAll(".ev-mark")) wordsButton(button);
    box.addEventListener("sheet:lines", () => { for (const button of box.querySelectorAll(".ev-mark")) wordsButton(button); });
    return box;
  }

  const blankLine = (kind, box) => (box.querySelector(`template[id="${kind}-template"]`)?.content.firstElementChild ?? null);

  function wordsButton(button) {
    button.textContent = W.takeWords;
    button.removeAttribute("aria-pressed");
    button.onpointerdown = (e) => e.preventDefault(); // a press must not take the selection away
  }

  // takeWords puts the words selected in the chart into a line's field for them.
  function takeWords(home) {
    const got = chartText() && marks.selected(chartText()), area = home.querySelector("textarea");
    home.querySelector("details").open = true;
    if (!got) { area.focus(); return; }
    area.value = [area.value.trimEnd(), got.text].filter(Boolean).join("\n");
    announce(fill(W.taken, got.text));
    readSheet();
  }

  function readSheet() {
    if (locked() || !sheet) return;
    const typed = sheet.read();
    if (item.kind === "case") {
      room.edit(pos, (st) => { st.sheet = sheetEmpty(typed) ? undefined : typed; }, { delay: 400 });
      return;
    }
    const codes = [...typed.dx, ...typed.px].map((l) => {
      const code = l.code.trim().toUpperCase(), mods = (l.mods ?? "").toUpperCase().split(/[\s,;/-]+/).filter(Boolean);
      return code && [code, ...mods].join("-");
    }).filter(Boolean);
    setAnswer(codes.length ? { codes } : {}, { typed: true });
  }

  // lines lays codes out on the sheet again.
  function lines(codes) {
    const out = { dx: [], px: [] }, sets = item.codeSets ?? [], cm = sets.includes("icd10cm"), other = sets.some((s) => s !== "icd10cm");
    for (const typed of codes ?? []) {
      const [code, ...mods] = typed.split("-");
      const diagnosis = cm && (!other || /^[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?$/i.test(code) && !(sets.includes("hcpcs") && /^[A-V]\d{4}$/i.test(code)));
      if (diagnosis) out.dx.push({ code: typed }); else out.px.push({ code, mods: mods.join(" ") });
    }
    return out;
  }

  const sameSheet = (a, b) => {
    const bare = (s) => JSON.stringify(s ?? {}, (_, v) => (v === "" || v == null ? undefined : Array.isArray(v) ? v.filter((l) => typeof l !== "object" || notBlank(l)) : v));
    return bare(a) === bare(b);
  };

  // ---- what is seen

  function show() {
    if (mode) mode.leave();
    item = form.items[pos];
    sheet = null;
    typedFrom = null;
    stem.replaceChildren(html(item.stem));
    const chartKey = item.chart ?? "";
    if (chartShown !== chartKey) {
      chartShown = chartKey;
      chart.replaceChildren(html(chartKey ? form.charts[chartKey] : ""));
      for (const node of chart.querySelectorAll("[id]")) node.removeAttribute("id");
      for (const h of chart.querySelectorAll("h1")) { const h2 = el("h2"); h2.append(...h.childNodes); h.replaceWith(h2); } // the page has its own
      chart.scrollTop = 0;
    }
    chart.hidden = !chartKey;
    question.hidden = !!chartKey;
    (chartKey ? $("stem-home") : question).append(stem);
    $("room-body").classList.toggle("with-chart", !!chartKey);
    fields.replaceChildren({ single: options, multiple: options, number: typed, text: typed, order: places, match: places, codes: sheetFields, case: sheetFields }[item.kind]());
    question.scrollTop = $("room-body").scrollTop = 0;
    $("room-right").scrollTop = 0;
    note.value = state().note ?? "";
    $("room-note").hidden = !state().note;
    strikeNext = false;
    refresh();
  }

  // refresh brings what is seen in step with the state. What is being typed stays, unless another answer came from elsewhere.
  function refresh() {
    if (!item) return;
    const st = state(), a = st.answer ?? {}, off = locked();
    switch (item.kind) {
      case "single": case "multiple": {
        const chosen = (a.options ?? []).length;
        item.options.forEach((_, i) => {
          const input = $(`choice-${i}`), box = input.closest(".room-choice"), struck = !!st.struck?.includes(i);
          input.checked = !!a.options?.includes(i);
          box.classList.toggle("struck", struck);
          box.querySelector(".struck-word").hidden = !struck;
          box.querySelector(".strike").setAttribute("aria-pressed", String(struck));
        });
        $("choose-hint").textContent = item.kind === "single" ? W.chooseOne : chosen ? fill(W.chosen, item.choose, chosen) : fill(W.chooseN, item.choose);
        break;
      }
      case "number": case "text": if ($("value").value.trim() !== (a.value ?? "").trim()) $("value").value = a.value ?? ""; break;
      case "order": case "match": {
        const rowsOf = item.kind === "order" ? item.entries : item.left;
        rowsOf.forEach((_, i) => {
          const at = item.kind === "order" ? (a.order ?? []).indexOf(i) : a.match?.[i] ?? -1;
          fields.querySelector(`select[name="place.${i}"]`).value = at < 0 ? "" : String(at + 1);
        });
        const open = rowsOf.length - (item.kind === "order" ? a.order ?? [] : a.match ?? []).filter((x) => x >= 0).length;
        $("places-left").textContent = open && open < rowsOf.length ? fill(W.placesLeft, open) : "";
        break;
      }
      case "case": if (!sameSheet(sheet.read(), st.sheet)) sheet.fill(st.sheet ?? {}, (kind) => (kind === "dx" ? 3 : 1)); break;
      case "codes": {
        const there = lines(a.codes), flat = (s) => [...s.dx, ...s.px].filter((l) => l.code?.trim()).map((l) => [l.code.trim().toUpperCase(), ...(l.mods ?? "").toUpperCase().split(/[\s,;/-]+/).filter(Boolean)].join("-")).join();
        if (flat(sheet.read()) !== flat(there)) sheet.fill(there, () => (item.codeSets?.length > 1 ? 1 : 2));
        break;
      }
      default:
    }
    for (const f of fields.querySelectorAll("input, select, textarea, button")) f.disabled = off;
    note.disabled = off;
    if (document.activeElement !== note && note.value !== (st.note ?? "")) { note.value = st.note ?? ""; if (st.note) $("room-note").hidden = false; }
    $("do-note").setAttribute("aria-expanded", String(!$("room-note").hidden));
    $("do-flag").setAttribute("aria-pressed", String(!!st.flag));
    $("do-flag").disabled = $("do-mark").disabled = off;
    paint();
  }

  // ---- highlights

  const chartText = () => (chart.hidden ? null : chart.querySelector(".chart-body"));
  // A highlight of the chart is seen at every question about it.
  const sharing = () => (chartShown ? form.items.flatMap((it, i) => (it.chart === chartShown ? [i] : [])) : [pos]);
  let painted = "";
  function paint() {
    const own = (state().marks ?? []).filter((m) => m.part === "stem"), all = sharing().flatMap((p) => (room.get(p).state.marks ?? []).filter((m) => m.part === "chart"));
    const print = JSON.stringify([pos, own, all]);
    if (print === painted && stem.querySelectorAll("mark.hl").length >= own.length) return;
    painted = print;
    marks.paint(stem, own);
    if (chartText()) marks.paint(chartText(), all);
  }

  function mark(part, { from, to }) {
    if (locked()) return;
    if ((state().marks ?? []).length >= 190) { announce(W.markFull); return; }
    room.edit(pos, (st) => { st.marks = marks.merge(st.marks ?? [], part, from, to); });
    announce(fill(W.markOn, (part === "stem" ? stem : chartText()).textContent.slice(from, to).replace(/\s+/g, " ")));
  }

  function unmark(part, { from, to }) {
    for (const p of part === "chart" ? sharing() : [pos]) {
      const had = room.get(p).state.marks ?? [], left = marks.cut(had, part, from, to);
      if (left.length !== had.length && !room.get(p).locked) room.edit(p, (st) => { st.marks = marks.cut(st.marks ?? [], part, from, to); });
    }
    announce(fill(W.markOff, (part === "stem" ? stem : chartText()).textContent.slice(from, to).replace(/\s+/g, " ")));
  }

  const marked = (part, { from, to }) => (part === "chart" ? sharing() : [pos]).some((p) => (room.get(p).state.marks ?? []).some((m) => m.part === part && m.from <= from && m.to >= to));

  const toggle = (part, where) => (marked(part, where) ? unmark(part, where) : mark(part, where));

  // highlight takes what is selected; where nothing is, the words are stepped through by keyboard.
  function highlight() {
    if (locked()) return;
    for (const [part, root] of [["stem", stem], ["chart", chartText()]]) {
      const where = root && marks.selected(root);
      if (!where) continue;
      toggle(part, where);
      getSelection().removeAllRanges();
      return;
    }
    const back = document.activeElement, roots = [{ part: "stem", node: stem, name: W.markStem }];
    if (chartText()) roots.push({ part: "chart", node: chartText(), name: W.markChart });
    announce(W.markMode);
    const hint = $("foot-hint"), before = hint.textContent;
    hint.textContent = W.markMode;
    mode = marks.wordCursor(roots, { toggle, remove: unmark, say: announce, end: () => { mode = null; hint.textContent = before; announce(W.markLeft); back?.focus?.({ preventScroll: true }); } });
  }
  for (const root of [stem, chart]) {
    root.addEventListener("click", (e) => {
      const part = root === stem ? "stem" : "chart", where = marks.clickedMark(part === "stem" ? stem : chartText() ?? chart, e);
      if (where && !locked()) unmark(part, where);
    });
  }
  $("do-mark").addEventListener("pointerdown", (e) => e.preventDefault());
  $("do-mark").addEventListener("click", highlight);

  // ---- note

  note.addEventListener("input", () => {
    const text = note.value;
    room.edit(pos, (st) => { st.note = text.trim() ? text : undefined; }, { delay: 400 });
  });
  note.addEventListener("blur", () => room.soon());
  function openNote(focus = true) {
    const box = $("room-note"), hide = !box.hidden && (!focus || document.activeElement === note || !note.value);
    box.hidden = hide;
    $("do-note").setAttribute("aria-expanded", String(!hide));
    if (!hide) note.focus();
  }
  $("do-note").addEventListener("click", () => openNote());
  note.addEventListener("keydown", (e) => { if (e.key === "Escape") { e.preventDefault(); $("do-note").focus(); } });

  // ---- keys of the answer

  // key takes a single key; it says whether it was one of the answer's.
  function key(e) {
    const at = e.key >= "1" && e.key <= "9" ? Number(e.key) - 1 : /^[a-e]$/i.test(e.key) ? e.key.toUpperCase().charCodeAt(0) - 65 : -1;
    if (item.options && at >= 0 && at < item.options.length && !e.shiftKey) {
      if (strikeNext) { strikeNext = false; toggleStrike(at); return true; }
      if (locked()) return true;
      const input = $(`choice-${at}`);
      input.focus({ preventScroll: true });
      input.scrollIntoView({ block: "nearest" });
      choose(at, !input.checked);
      return true;
    }
    if (e.key === "x" && item.options) {
      const on = e.target.closest?.(".room-choice");
      if (on && !strikeNext) toggleStrike([...on.parentElement.querySelectorAll(".room-choice")].indexOf(on)); else { strikeNext = true; announce(W.strikeWhich); }
      return true;
    }
    strikeNext = false;
    if (e.key === "h") { highlight(); return true; }
    if (e.key === "m") { $("room-note").hidden = true; openNote(); return true; }
    if (e.key === "s") { (fields.querySelector("input:checked") ?? fields.querySelector("input:not([disabled]), select, textarea"))?.focus(); return true; }
    return false;
  }

  return {
    show(p) { pos = p; show(); },
    refresh, key, date,
    touches: (p) => p === pos || (item?.chart && form.items[p]?.chart === item.chart),
    enter: (hit) => sheet?.enter(hit),
    takes: (hit) => hit.billable && !!sheet && !locked() && sheet.sets().split(",").includes(hit.set),
    busy: () => mode != null,
  };
}
