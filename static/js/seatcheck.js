// The system check of a candidate: cookies, saving, the clock, and that script runs. The same can be done by the form without script.
import { postJSON } from "./net.js";

const list = document.getElementById("checks"), W = list.dataset;
const tag = (name, ok, text) => {
  const node = document.createElement("span");
  node.className = `tag ${ok ? "good" : "bad"}`;
  node.textContent = `${ok ? "✓" : "✗"} ${text ?? (ok ? W.ok : W.no)}`;
  list.querySelector(`[data-check="${name}"]`).replaceChildren(node);
};

tag("script", true);
tag("cookies", navigator.cookieEnabled);
try {
  const sent = Date.now(), reply = await postJSON(W.path, {}), got = Date.now();
  tag("saving", true);
  const off = Math.round((reply.now - (sent + got) / 2) / 1000);
  tag("clock", true, Math.abs(off) > 60 ? W.clock.replace("%d", String(Math.abs(off))) : W.ok); // the server's counts, so a wrong one does no harm
  if (!list.querySelector(".tag.bad")) { // what comes next is the practice
    for (const b of document.querySelectorAll("#checks ~ form :is(button, .button)")) b.classList.toggle("primary", b.matches("a"));
  }
} catch { tag("saving", false); }
