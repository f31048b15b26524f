// Suggestions under the codebook's search field, and the page of a code on choosing one. Without this script the form is an ordinary
// search.
import { attach } from "./typeahead.js";

for (const form of document.querySelectorAll("form[data-code-search]")) {
  const input = form.elements.q;
  const status = form.querySelector("[data-combo-status]");
  const { none, one, many, nothing, header, ended, list } = form.dataset;
  attach(input, {
    get sets() { return form.elements.sets.value; },
    get date() { return form.elements.date?.value ?? ""; },
    get billable() { return form.elements.billable?.checked ?? false; },
    words: { nothing, header, ended, results: list },
    listAlways: true, // no page opens before it is chosen
    shown(n) { status.textContent = n === 0 ? none : n === 1 ? one : many.replace("{n}", n); },
    chosen(hit) {
      const query = this.date ? `?date=${encodeURIComponent(this.date)}` : "";
      location.assign(`/codebook/${hit.set}/${encodeURIComponent(hit.code)}${query}`);
    },
  });
}
