// What a candidate's room notices and tells the employer as facts: time away from the page, pauses, how much was pasted or copied, a second
// window. Never any text, no key strokes, no picture. The room says so at its foot.
import { csrf } from "./net.js";

const box = document.getElementById("room-told"), sitting = document.getElementById("room").dataset.sitting;
const most = 200; // that one page tells of
let told = 0, queue = [], sending = false;

// resting says whether a break is on, in which one goes away: on the server's page, or once the script has built its own.
const resting = () => { const rest = document.getElementById("room-break"); return rest ? !rest.hidden : document.getElementById("room").dataset.view === "break"; };
const item = () => Number(new URLSearchParams(location.search).get("item")) || Number(document.getElementById("room").dataset.item) || 0;
const key = () => { const b = crypto.getRandomValues(new Uint8Array(12)); return [...b].map((n) => n.toString(16).padStart(2, "0")).join(""); };

function note(kind, more = {}) {
  if (told >= most) return;
  told += 1;
  queue.push({ key: key(), kind, began: performance.now() - 1000 * (more.seconds ?? 0), item: item(), ...more });
}

// send tells what was noticed; what does not arrive is told the next time.
async function send(last = false) {
  if (!queue.length || sending) return;
  const part = queue.slice(0, 50);
  sending = true;
  try {
    const body = JSON.stringify({ events: part.map(({ began, ...e }) => ({ ...e, ago: Math.round(performance.now() - began) })) });
    const reply = await fetch(box.dataset.path, { method: "POST", credentials: "same-origin", keepalive: last, headers: { "Content-Type": "application/json", Accept: "application/json", "X-Csrf-Token": csrf() }, body });
    if (reply.ok || reply.status < 500) queue = queue.filter((e) => !part.includes(e));
  } catch { /* offline: they stay in the queue */ } finally { sending = false; }
}

// Away: the page is out of sight, or another window has the keyboard.
let left = null;
function look() {
  const here = document.visibilityState === "visible" && document.hasFocus();
  if (!here && left == null && !resting()) left = performance.now();
  if (here && left != null) {
    const seconds = Math.round((performance.now() - left) / 1000);
    left = null;
    alive = performance.now();
    if (seconds >= 1) { note("away", { seconds }); send(); }
  }
}

// A pause: in sight, and for over a minute no sign of life.
let alive = performance.now();
function sign() {
  const seconds = Math.round((performance.now() - alive) / 1000);
  alive = performance.now();
  if (seconds > 60 && left == null && !resting()) note("pause", { seconds });
}

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, sign, { passive: true, capture: true });
for (const kind of ["focus", "blur"]) addEventListener(kind, look);
document.addEventListener("visibilitychange", look);
document.addEventListener("paste", (e) => note("paste", { chars: (e.clipboardData?.getData("text") ?? "").length }), true);
for (const kind of ["copy", "cut"]) document.addEventListener(kind, () => note("copy", { chars: String(getSelection()).length }), true);

// A second window of the same sitting in this browser says hello.
if ("BroadcastChannel" in window) {
  const line = new BroadcastChannel(`crosswalk-seat-${sitting}`);
  let seen = false;
  line.onmessage = (e) => {
    if (e.data === "new") line.postMessage("here");
    if (e.data === "here" && !seen) { seen = true; note("window"); send(); }
  };
  line.postMessage("new");
}

look();
setInterval(send, 10e3);
addEventListener("pagehide", () => {
  if (left != null) { note("away", { seconds: Math.round((performance.now() - left) / 1000) }); left = performance.now(); } // the page may come back
  send(true);
});
