// Audit drills: a chosen line unfolds the claim to be mended, buttons that edit it swap only that part, and n leads to the next drill. The
// form does all of it without script too.
import { attach } from "./typeahead.js";

const form = document.getElementById("audit");
const next = document.getElementById("next");

document.addEventListener("keydown", (event) => {
  if (!next || event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea")) return;
  event.preventDefault();
  next.click();
});

if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.name !== "line") return;
    document.getElementById("audit-mend").open = event.target.value !== "none";
  });
  // A line may have been chosen before this script was there.
  if (!["", "none"].includes(form.elements.line.value)) document.getElementById("audit-mend").open = true;
  // Enter in a field hands nothing in: an audit counts once.
  form.addEventListener("keypress", (event) => { if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault(); });
  document.getElementById("audit-errors")?.focus();
  typeAhead();

  // Add, remove and move lines without leaving the page. Where the server cannot be reached the form is sent as it is.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || button.name !== "do" || button.value === "submit") return;
    event.preventDefault();
    delete form.dataset.sent;
    const body = new URLSearchParams(new FormData(form, button));
    try {
      const reply = await fetch(form.action, { method: "POST", credentials: "same-origin", headers: { "X-Part": "1" }, body });
      if (!reply.ok || reply.redirected) throw new Error(`status ${reply.status}`);
      const parsed = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("audit-mend");
      if (!parsed) throw new Error("no part");
      document.getElementById("audit-mend").replaceWith(parsed);
      typeAhead();
      after(button.value);
    } catch {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: "do", value: button.value });
      form.append(hidden);
      form.submit();
    }
  });
}

// typeAhead offers codes in each line that is mended, and shows the title of the one that was chosen.
function typeAhead() {
  const { date, nothing, header, results } = form.dataset;
  for (const input of document.querySelectorAll("#audit-mend .code-input")) {
    const title = input.closest(".line").querySelector(".line-title");
    let known = input.value;
    attach(input, { sets: input.dataset.sets, date, billable: true, words: { nothing, header, results }, chosen: (hit) => { known = hit.code; title.textContent = hit.title; } });
    input.addEventListener("change", () => { if (input.value.trim().toUpperCase() !== known) title.textContent = ""; });
  }
}

// after puts the focus where one goes on: at a line that was added or moved, else at the button to add one.
function after(did) {
  const [verb, kind, at] = did.split("-");
  const rows = [...document.querySelectorAll(`#audit-mend ol[data-kind="${kind}"] > li`)];
  const n = Number(at) + (verb === "up" ? -1 : verb === "down" ? 1 : 0);
  const row = verb === "add" ? rows.at(-1) : rows[Math.max(0, Math.min(n, rows.length - 1))];
  (row?.querySelector(".code-input") ?? document.querySelector(`#audit-mend button[value="add-${kind}"]`))?.focus();
}
