// Changes of answers that lay in this browser when the exam ended and never got to the server are named on its report, once.
import { sameButTime } from "./roomstore.js";

const base = location.pathname.split("/").slice(0, 4).join("/"), prefix = `crosswalk:exam:${base.split("/")[3]}:`;
try {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  if (keys.length) {
    const reply = await fetch(`${base}/state`, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (reply.ok) {
      const there = new Map((await reply.json()).items.map((it) => [it.pos, it]));
      const pos = (key) => Number(key.slice(prefix.length));
      // One that the server took, and whose acknowledgement did not arrive, is not lost, and nobody misses seconds.
      const lost = (here, it) => here.seq > (it?.seq ?? 0) && !sameButTime(here.state, it?.state);
      const items = keys.filter((key) => lost(JSON.parse(localStorage.getItem(key)), there.get(pos(key)))).map((key) => pos(key) + 1).sort((a, b) => a - b);
      const box = document.getElementById("left-behind");
      box.textContent = (items.length === 1 ? box.dataset.single : box.dataset.several).replace("%s", items.join(", "));
      box.hidden = !items.length;
      for (const key of keys) localStorage.removeItem(key);
    }
  }
} catch { /* nothing kept, or no network: the next visit says it */ }
