// The answer sheet of a chart: lines added, removed and moved by mouse and keyboard, with type-ahead. The workbench and the exam room use
// it; each keeps what is typed in its own way.
import { searcher } from "./net.js";
import { attach } from "./typeahead.js";

const letter = (n) => { let s = ""; for (n++; n > 0; n = Math.floor((n - 1) / 26)) s = String.fromCharCode(65 + ((n - 1) % 26)) + s; return s; };
const codeOf = (row) => row.querySelector(".code-input");
const most = 50;

// The fields beside the lines: their key in a kept sheet and their name on the page.
const single = {
  drg: "drg", disposition: "disposition", problems: "em.problems", data: "em.data", risk: "em.risk", em_minutes: "em.minutes",
  query_ask: "query.ask", query_reason: "query.reason", query_indicators: "query.indicators", query_at: "query.at", query_option: "query.option",
};
const lineKeys = { dx: ["code", "poa", "ev", "at"], px: ["code", "mods", "units", "minutes", "ptr", "ev", "at"] };

// answerSheet makes a sheet of the fields in root. options: date() for look-ups; words {nothing, header, results, removed, moved};
// announce(text); changed(), called after each edit that no input event tells; blank(kind) for an empty line, else a copy of the first.
export function answerSheet(root, options) {
  const { words, announce, changed } = options;
  const lists = {};
  for (const list of root.querySelectorAll("ol[data-kind]")) lists[list.dataset.kind] = list;
  const kinds = Object.keys(lists);
  const rows = (kind) => (lists[kind] ? [...lists[kind].children] : []);
  const blanks = Object.fromEntries(kinds.map((kind) => [kind, options.blank?.(kind) ?? emptied(lists[kind].firstElementChild)]));

  // linesChanged tells the marks of evidence.js that lines came, went or moved.
  const linesChanged = () => root.dispatchEvent(new CustomEvent("sheet:lines"));

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
      const apart = typed.flatMap((w) => (/^[A-L]{2,12}$/.test(w) ? [...w] : [w]));
      return { input, at: apart.map((w) => { const i = dx.findIndex((_, n) => letter(n) === w); return i < 0 ? w : dx[i]; }) };
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

  function append(kind) {
    if (!lists[kind] || rows(kind).length >= most) return null;
    const row = blanks[kind].cloneNode(true);
    lists[kind].append(row);
    prepare(row);
    return row;
  }

  function add(kind, focus = true) {
    let row = null;
    edit(kind, () => { row = append(kind); });
    if (row && focus) codeOf(row).focus();
    return row;
  }

  function remove(row) {
    const kind = row.dataset.kind, all = rows(kind), i = all.indexOf(row), name = row.querySelector(".line-letter").textContent;
    edit(kind, () => { row.remove(); if (!rows(kind).length) append(kind); });
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
      sets: input.dataset.sets, get date() { return options.date(); }, billable: true, words,
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
      const hits = await lookUp({ q, sets: input.dataset.sets, date: options.date(), limit: "3" }).catch(() => null);
      const hit = hits?.find((h) => h.code.replace(".", "") === q.replace(".", ""));
      if (!hit || !row.isConnected || input.value.trim().toUpperCase() !== q) return;
      title.textContent = hit.billable ? hit.title : `${hit.title} (${words.header})`;
      if (input.value !== hit.code) { input.value = hit.code; changed(); }
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

  for (const kind of kinds) {
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

  root.addEventListener("click", (e) => {
    const button = e.target.closest('button[name="do"]');
    if (!button) return;
    const [verb, kind] = button.value.split("-");
    if (!lists[kind]) return;
    e.preventDefault();
    const row = button.closest(".line");
    if (verb === "add") add(kind);
    else if (verb === "remove") remove(row);
    else if (verb === "up") move(row, -1, button);
    else if (verb === "down") move(row, 1, button);
  });

  root.addEventListener("keydown", (e) => {
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
  root.addEventListener("keypress", (e) => { if (e.key === "Enter" && e.target.tagName === "INPUT") e.preventDefault(); });

  const fields = (name) => [...root.querySelectorAll(`[name="${name}"]`)];

  // read is what is typed, in the form in which it is kept.
  function read() {
    const out = {};
    for (const kind of ["dx", "px"]) {
      out[kind] = rows(kind).map((row) => Object.fromEntries(lineKeys[kind].map((key) => [key, row.querySelector(`[name$=".${key}"]`)?.value ?? ""])));
    }
    for (const [key, name] of Object.entries(single)) {
      const all = fields(name);
      out[key] = (all[0]?.type === "radio" ? all.find((f) => f.checked) : all[0])?.value ?? "";
    }
    return out;
  }

  // fill puts a kept sheet on the page. least gives how many lines of a kind there are at least.
  function fill(old, least = () => 1) {
    for (const kind of kinds) {
      const lines = old[kind] ?? [], count = Math.max(least(kind), lines.length);
      while (rows(kind).length < count && append(kind));
      for (const row of rows(kind).slice(count)) row.remove();
      renumber(kind);
      rows(kind).forEach((row, i) => {
        for (const key of lineKeys[kind]) {
          const field = row.querySelector(`[name$=".${key}"]`);
          if (field && (lines[i] || field.value)) field.value = lines[i]?.[key] ?? "";
        }
        if (codeOf(row).value || row.querySelector(".line-title").textContent) codeOf(row).dispatchEvent(new Event("change"));
      });
    }
    for (const [key, name] of Object.entries(single)) {
      if (old[key] == null) continue;
      for (const field of fields(name)) {
        if (field.type === "radio") field.checked = field.value === old[key]; else field.value = old[key];
      }
    }
    linesChanged();
  }

  // enter puts a code of the book into the first line of its kind that is free.
  function enter(hit) {
    const kind = hit.set === "icd10cm" ? "dx" : "px";
    const row = rows(kind).find((r) => !codeOf(r).value.trim()) ?? (lists[kind] ? add(kind, false) : null);
    if (!row) return;
    codeOf(row).value = hit.code;
    row.querySelector(".line-title").textContent = hit.title;
    changed();
    announce(`${hit.code} ${hit.title}`);
  }

  // sets are the code sets that lines take.
  const sets = () => [...new Set([...root.querySelectorAll(".code-input")].flatMap((i) => i.dataset.sets.split(",")))].join(",");

  return { rows, add, read, fill, enter, sets };
}

// emptied is a copy of a line without what was typed in it.
function emptied(row) {
  const copy = row.cloneNode(true);
  for (const field of copy.querySelectorAll("input, textarea, select")) {
    if (field.tagName === "SELECT") field.selectedIndex = 0; else { field.value = ""; field.removeAttribute("value"); field.removeAttribute("aria-invalid"); }
  }
  for (const option of copy.querySelectorAll("option[selected]")) option.removeAttribute("selected");
  for (const area of copy.querySelectorAll("textarea")) area.textContent = "";
  copy.querySelector(".line-title").textContent = "";
  for (const gone of copy.querySelectorAll(".error-text, .ta-list")) gone.remove();
  return copy;
}
