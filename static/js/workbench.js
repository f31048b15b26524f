// The case workbench: lines added, removed and moved by mouse and keyboard, type-ahead, and a draft that is saved as one works. The form
// does all of this without script too; this makes it quick.
import { el, postJSON } from "./net.js";
import { bookDrawer } from "./book.js";
import { answerSheet } from "./sheet.js";

const form = document.getElementById("sheet");
const words = form.dataset;
const lines = answerSheet(form, {
  words, date: () => words.date, changed: () => changed(), announce: (text) => { document.getElementById("announce").textContent = text; },
  blank: (kind) => document.getElementById(`${kind}-template`).content.firstElementChild,
});
const sheet = lines.read;

// ---- the draft

const state = document.getElementById("save-state");
const path = `/cases/${words.case}/draft`, keep = `crosswalk:draft:${words.case}`;
let rev = Number(words.rev), timer = 0, dirty = false, saving = false, stuck = false, sent = false;

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
  lines.fill(old);
  changed();
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

const sets = lines.sets();
bookDrawer({ sets: () => sets, date: () => words.date, words, enter: lines.enter });

document.getElementById("sheet-errors")?.focus();
