// Type-ahead for a code input: a combobox with a list below it (WAI-ARIA 1.2 pattern). Earlier searches are given up.
import { el, searcher, setNames } from "./net.js";

let count = 0;

// attach gives the input a list. options: sets, date, words {nothing, header, ended, results}, chosen(hit, typed), where typed says that
// the code was typed in full and not picked; billable, shown(count) and listAlways, which offers also a code typed in full, where wanted.
export function attach(input, options) {
  const id = `ta-${++count}`;
  const list = el("ul", { class: "ta-list plain", role: "listbox", id, hidden: true, "aria-label": options.words.results });
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);
  input.setAttribute("aria-autocomplete", "list");
  const search = searcher();
  let hits = [], at = -1, timer = 0;

  const close = () => {
    list.hidden = true; at = -1; hits = [];
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (n) => {
    at = n;
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === n)));
    if (n >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${n}`);
      list.children[n].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const choose = (hit) => {
    input.value = hit.code;
    close();
    options.chosen(hit);
  };
  const show = (result, q) => {
    hits = result;
    list.replaceChildren(...hits.map((h, i) => {
      const li = el("li", { role: "option", id: `${id}-${i}`, "aria-selected": "false", class: h.billable ? "" : "not-billable" },
        el("span", { class: `code code-${h.set}` }, el("span", { class: "code-set" }, setNames[h.set] ?? h.set), " ", el("b", {}, h.code)), " ",
        el("span", { class: "ta-title" }, h.title),
        h.billable ? null : el("span", { class: "tag" }, h.set.startsWith("icd") ? options.words.header : options.words.ended ?? options.words.header));
      li.addEventListener("pointerdown", (e) => { e.preventDefault(); choose(h); });
      return li;
    }));
    if (!hits.length) list.replaceChildren(el("li", { class: "ta-none", role: "option", "aria-disabled": "true" }, options.words.nothing.replace("%s", q)));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    at = -1;
    options.shown?.(hits.length);
  };
  const ask = async () => {
    const q = input.value.trim();
    if (q.length < 2) { close(); return; }
    let result = null;
    try { result = await search({ q, sets: options.sets, date: options.date ?? "", billable: options.billable ? "1" : "", limit: "12" }); } catch { close(); return; }
    if (!result || document.activeElement !== input) return;
    const bare = (code) => code.toUpperCase().replace(".", "");
    if (!options.listAlways && result.length === 1 && result[0].billable && bare(result[0].code) === bare(q)) { // typed to the end: nothing is left to choose
      close();
      options.chosen(result[0], true);
      return;
    }
    show(result, q);
  };

  // An answer to what no longer stands in the field is never shown.
  input.addEventListener("input", () => { search.cancel(); clearTimeout(timer); timer = setTimeout(ask, 90); });
  input.addEventListener("keydown", (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey) return;
    const open = !list.hidden && hits.length;
    if (e.key === "ArrowDown") {
      if (!open) { ask(); e.preventDefault(); return; }
      mark((at + 1) % hits.length); e.preventDefault();
    } else if (e.key === "ArrowUp" && open) { mark((at - 1 + hits.length) % hits.length); e.preventDefault(); }
    else if (e.key === "Enter" && open && at >= 0) { choose(hits[at]); e.preventDefault(); e.stopPropagation(); }
    else if (e.key === "Escape" && !list.hidden) { close(); e.stopPropagation(); }
    else if (e.key === "Tab") close();
  });
  input.addEventListener("blur", () => { search.cancel(); clearTimeout(timer); close(); });
}
