// What the exam room says and asks: notices, how saving goes, and questions before something that cannot be undone.
import { el } from "./net.js";
import { fill } from "./roomitem.js";

const $ = (id) => document.getElementById(id);

// roomSays. W are the words, base is the address of the sitting, focusHead() takes the focus to the head of what is shown.
export function roomSays({ W, base, focusHead }) {
  function notice(kind, text, tone = "", lasting = false) {
    let box = $("room-notices").querySelector(`[data-kind="${kind}"]`);
    if (!text) { box?.remove(); return; }
    if (!box) {
      const off = el("button", { type: "button", class: "quiet small" }, W.dismiss);
      box = el("div", { class: `notice ${tone}`, role: "status", "data-kind": kind }, el("span"), off);
      off.addEventListener("click", () => { box.remove(); focusHead(); });
      $("room-notices").append(box);
      if (!lasting) setTimeout(() => box.remove(), 20e3);
    }
    box.firstElementChild.textContent = text;
  }

  let savingShown = 0;
  function showSaving({ kind, unsent, text, kept }) {
    const box = $("room-save");
    if (!box) return;
    const one = (many, single) => (unsent === 1 ? single : fill(many, unsent));
    const words = {
      saved: W.saved, saving: W.saving, waiting: one(W.waiting, W.waitingOne), offline: unsent ? one(W.offline, W.offlineOne) : W.offlineNone,
      failed: fill(W.failed, text), signedout: W.signedout, gone: W.gone,
    }[kind];
    clearTimeout(savingShown);
    const put = () => {
      box.className = `room-save small ${kind}`;
      if (box.dataset.words === words) return;
      box.dataset.words = words;
      box.dataset.unsent = unsent;
      box.replaceChildren(words);
      if (kind === "signedout") box.append(" ", el("a", { href: document.getElementById("room-told") ? "/sit" : `/signin?next=${encodeURIComponent(base)}` }, W.signin));
    };
    if (kind === "saving") savingShown = setTimeout(put, 250); else put(); // a save that is quick is not spoken of
    if (!kept && unsent) notice("notheld", W.notheld, "warn", true);
  }

  // askFirst asks a yes-or-no question in a dialog. prepare, where given, is run on yes and may say in words why it cannot be.
  function askFirst({ title, text, yes, no, prepare = null }) {
    const box = $("room-ask");
    $("ask-head").textContent = title;
    $("ask-text").replaceChildren(...text.map((t) => el("p", {}, t)));
    $("ask-yes").textContent = yes;
    $("ask-no").textContent = no;
    $("ask-bad").hidden = true;
    $("ask-yes").disabled = false;
    return new Promise((done) => {
      let answer = false;
      $("ask-no").onclick = () => box.close();
      $("ask-yes").onclick = async () => {
        if (prepare) {
          $("ask-yes").disabled = true;
          const bad = await prepare();
          $("ask-yes").disabled = false;
          if (!box.open) return;
          $("ask-bad").hidden = !bad;
          $("ask-bad").textContent = bad ?? "";
          if (bad) return;
        }
        answer = true;
        box.close();
      };
      box.onclose = () => done(answer);
      box.showModal();
      $("ask-no").focus();
    });
  }

  return { notice, showSaving, askFirst };
}
