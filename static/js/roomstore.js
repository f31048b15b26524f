// What is answered in an exam, until the server has it and after. Each change of an item is a whole state with a number: the greater one
// is the newer, wherever it was made. A change lies in this browser until the server has acknowledged it, is sent again until then, and is
// told to other windows of this browser at once.
import { csrf, renew } from "./net.js";

const waits = [1e3, 2e3, 4e3, 8e3, 15e3];
const giveUp = 20e3; // on a reply
const mostBytes = 200e3, mostItems = 100, mostLeaving = 56e3;

// sameButTime compares two states of an item, the time that it was in sight left aside.
export function sameButTime(a, b) {
  const flat = (x) => JSON.stringify(x ?? {}, (key, value) => (key === "secs" ? undefined : value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([p], [q]) => (p < q ? -1 : 1))) : value));
  return flat(a) === flat(b);
}


// roomStore. options: sitting; base, the address of the sitting; clock; and what is called when things change:
//   changed(pos, where)   an item has another state than before; where is "here", "window" (another one of this browser) or "server"
//   status(state)         {kind: saved|saving|waiting|offline|failed|signedout|gone, unsent, text}
//   closed()              the sitting takes nothing more, or is at a break: ask it
//   windows(n)            so many other windows of this browser have the sitting open
//   told(kind)            another window says that something happened: reached, break, closed, locked
export function roomStore({ sitting, base, clock, changed, status, closed, windows, told }) {
  const items = new Map(); // pos -> {seq, state, locked}
  const unsent = new Map(); // pos -> seq that is to be acknowledged
  const refused = new Map(); // pos -> words of the server, for a state that it will not take
  const prefix = `crosswalk:exam:${sitting}:`;
  let last = 0, timer = 0, due = 0, sending = null, failures = 0, stopped = false, paused = false, kept = true, singly = false, mood = "saved", moodText = "";

  // ---- what lies in the browser

  const heldAt = (pos) => { try { return JSON.parse(localStorage.getItem(prefix + pos) ?? "null"); } catch { return null; } };
  function hold(pos) {
    const it = items.get(pos), old = heldAt(pos);
    if (old && old.seq > it.seq) return;
    try { localStorage.setItem(prefix + pos, JSON.stringify({ seq: it.seq, state: it.state })); kept = true; } catch { kept = false; }
  }
  function letGo(pos, seq) {
    const old = heldAt(pos);
    try { if (old && old.seq <= seq) localStorage.removeItem(prefix + pos); } catch { /* nothing kept */ }
  }
  function heldItems() {
    const out = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(prefix)) continue;
        const pos = Number(key.slice(prefix.length)), it = heldAt(pos);
        if (Number.isInteger(pos) && it?.seq > 0 && it.state) out.push({ pos, ...it });
      }
    } catch { /* nothing kept */ }
    return out;
  }

  // ---- other windows of this browser

  const me = crypto.randomUUID?.() ?? String(Math.random());
  const others = new Map(); // id -> when last heard of
  let met = 0; // windows that opened after this one
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`crosswalk-exam-${sitting}`) : null;
  const tell = (what) => channel?.postMessage({ from: me, ...what });
  const count = () => windows(others.size);
  if (channel) channel.onmessage = ({ data: m }) => {
    if (m.kind === "bye") { if (others.delete(m.from)) count(); pickUp(); return; }
    const fresh = !others.has(m.from);
    others.set(m.from, performance.now());
    if (m.kind === "hello") met++;
    if (fresh) count();
    if (m.kind === "hello") tell({ kind: "here" });
    else if (m.kind === "change") take(m.pos, m.seq, m.state, false, "window");
    else if (m.kind === "acked") acknowledge(m.pos, m.seq);
    else if (m.kind === "told") told(m.what);
  };
  tell({ kind: "hello" });
  setInterval(() => {
    tell({ kind: "here" });
    let gone = false;
    for (const [id, at] of others) if (performance.now() - at > 150e3) gone = others.delete(id) || gone; // a hidden window beats once a minute
    if (gone) count();
    pickUp();
  }, 10e3);

  // pickUp takes charge of changes that another window has left behind unsent.
  function pickUp() {
    for (const h of heldItems()) {
      const it = items.get(h.pos);
      if (it && (it.seq > h.seq || it.locked)) { letGo(h.pos, it.seq); continue; }
      if (it?.seq === h.seq && (unsent.has(h.pos) || others.size)) continue; // its own window sends it
      if (it?.seq !== h.seq) take(h.pos, h.seq, h.state, false, "window");
      unsent.set(h.pos, h.seq);
      schedule(0);
    }
    say();
  }

  // ---- states

  const get = (pos) => items.get(pos) ?? { seq: 0, state: {}, locked: false };

  // take puts a state from elsewhere in place if it is newer.
  function take(pos, seq, state, locked, where) {
    last = Math.max(last, seq);
    const it = items.get(pos);
    if (it && (it.seq > seq || it.seq === seq && it.locked === locked) && !(locked && !it.locked)) return false;
    if (locked && unsent.get(pos) > seq) where = "locked"; // a change that came too late
    items.set(pos, { seq, state: state ?? {}, locked: locked || (it?.locked ?? false) });
    if (unsent.has(pos) && (locked || unsent.get(pos) < seq)) { unsent.delete(pos); refused.delete(pos); }
    if (where !== "window") letGo(pos, locked ? Infinity : seq);
    changed(pos, where);
    return true;
  }

  // Unsent changes of nothing but the time that an item was in sight: nobody misses those.
  const timeOnly = new Set();

  // change puts a new state in place and sends it after so many milliseconds.
  function change(pos, state, delay = 0) {
    const it = get(pos);
    if (it.locked || stopped) return false;
    const seq = last = Math.max(last + 1, Math.floor(clock.now()));
    if (!sameButTime(it.state, state)) timeOnly.delete(pos);
    else if (!unsent.has(pos)) timeOnly.add(pos);
    items.set(pos, { seq, state, locked: false });
    unsent.set(pos, seq);
    refused.delete(pos);
    hold(pos);
    tell({ kind: "change", pos, seq, state });
    changed(pos, "here");
    schedule(delay);
    say();
    return true;
  }

  function acknowledge(pos, seq) {
    if (unsent.has(pos) && unsent.get(pos) <= seq) unsent.delete(pos);
    letGo(pos, seq);
    say();
  }

  // ---- sending

  function say(kind = mood, text = moodText) {
    mood = kind; moodText = text;
    if (refused.size && [...unsent.keys()].every((pos) => refused.has(pos))) { mood = "failed"; moodText = [...refused.values()][0]; }
    if ((mood === "saved" || mood === "saving") && unsent.size) mood = "saving";
    if (mood === "saving" && !unsent.size && !sending) mood = "saved";
    if (!unsent.size && !sending && (mood === "waiting" || mood === "failed" || mood === "offline" && kind !== "offline")) mood = "saved";
    status({ kind: mood, unsent: unsent.size, text: moodText, kept });
  }

  function schedule(delay) {
    if (stopped || paused) return;
    const at = performance.now() + delay;
    if (timer && due <= at) return; // one is on its way sooner: the changes go together
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => { timer = 0; send(); }, delay);
  }

  // batch is what goes into the next request.
  function batch(most) {
    const out = [];
    let size = 20;
    for (const pos of unsent.keys()) {
      if (refused.has(pos)) continue;
      const { seq, state } = items.get(pos), one = { pos, seq, state };
      const length = new Blob([JSON.stringify(one)]).size + 1;
      if (out.length && (size + length > most || out.length >= mostItems || singly)) break;
      if (most === mostLeaving && size + length > most) continue;
      out.push(one);
      size += length;
    }
    return out;
  }

  async function send() {
    if (sending || stopped || paused) return;
    const saves = batch(mostBytes);
    if (!saves.length) { singly = false; say(); return; }
    clearTimeout(timer);
    timer = 0;
    sending = post(saves);
    say();
    let wait = null;
    try { wait = await sending; } finally { sending = null; }
    if (!unsent.size) singly = false;
    say();
    if (wait != null && !stopped) { due = 0; clearTimeout(timer); timer = 0; schedule(wait); } else if (batch(mostBytes).length) schedule(0);
  }

  // post sends one request and takes its reply in. It gives how long to wait before the next one, null for no wait.
  async function post(saves) {
    let reply, body;
    try {
      const sent = performance.now();
      reply = await fetch(`${base}/save`, {
        method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json", "X-Csrf-Token": csrf() },
        body: JSON.stringify({ open, items: saves }), signal: AbortSignal.timeout(giveUp),
      });
      body = await reply.json().catch(() => ({}));
      clock.heard(body.now, sent, performance.now());
    } catch { // no network, or no reply in time: the same is sent again, and counts once
      return again("offline");
    }
    if (reply.ok && Array.isArray(body.items)) {
      failures = 0;
      taken(saves, body);
      mood = "saved";
      return null;
    }
    switch (reply.status) {
      case 409:
        paused = true;
        closed();
        return null;
      case 401:
        paused = true;
        say("signedout");
        return null;
      case 403:
        if (await newToken()) return 0;
        paused = true;
        say("signedout");
        return null;
      case 404:
        paused = true;
        say("gone", body.error);
        return null;
      case 413: case 422:
        if (saves.length > 1) { singly = true; return 0; } // the others are not to suffer from one
        return renumbered(saves[0], body.error);
      default:
        return again(reply.status === 503 || reply.status === 429 ? "waiting" : "offline");
    }
  }

  function again(kind) {
    say(kind);
    return waits[Math.min(failures++, waits.length - 1)];
  }

  // renumbered gives a state that the server would not take a number of its clock, once; what it still does not take is set aside until it
  // is changed.
  const tried = new Map();
  function renumbered({ pos, seq }, text) {
    const it = items.get(pos);
    if (it?.seq === seq && tried.get(pos) !== seq && seq > clock.now()) {
      const anew = Math.floor(clock.now());
      last = Math.max(anew, ...[...items].filter(([p]) => p !== pos).map(([, x]) => x.seq));
      items.set(pos, { ...it, seq: anew });
      unsent.set(pos, anew);
      tried.set(pos, anew);
      try { localStorage.setItem(prefix + pos, JSON.stringify({ seq: anew, state: it.state })); } catch { /* not kept */ }
      return 0;
    }
    refused.set(pos, text ?? "");
    say("failed", text ?? "");
    return null;
  }

  function taken(saves, body) {
    const sent = new Map(saves.map((s) => [s.pos, s]));
    for (const r of body.items) {
      const mine = sent.get(r.pos);
      if (!mine) continue;
      last = Math.max(last, r.seq ?? 0);
      if (r.kept) {
        acknowledge(r.pos, Math.max(r.seq ?? 0, mine.seq));
        tell({ kind: "acked", pos: r.pos, seq: Math.max(r.seq ?? 0, mine.seq) });
      } else if (r.locked || (r.seq ?? 0) >= items.get(r.pos).seq) {
        const lost = r.locked && JSON.stringify(items.get(r.pos).state) !== JSON.stringify(r.state);
        unsent.delete(r.pos);
        take(r.pos, r.seq ?? mine.seq, r.state, !!r.locked, lost ? "locked" : "server");
        letGo(r.pos, Infinity);
      } // else: what stands here is newer still and goes next
    }
    for (const pos of sent.keys()) if (!body.items.some((r) => r.pos === pos)) refused.set(pos, "");
  }

  // newToken looks whether the person is still signed in, perhaps anew, and takes the token of the pages over.
  async function newToken() {
    try {
      const reply = await fetch(document.getElementById("room-told") ? "/sit" : "/exams", { credentials: "same-origin", headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const token = page.querySelector('meta[name="csrf"]')?.content;
      if (!page.querySelector("a.who, main.seat") || !token || token === csrf()) return false;
      renew(token);
      return true;
    } catch { return false; }
  }

  const retry = () => { if (unsent.size && !paused && !stopped) { failures = 0; due = 0; clearTimeout(timer); timer = 0; send(); } };
  addEventListener("online", retry);

  // A page that goes away says what it can on its way out; what does not get through lies here for the next visit.
  function leave() {
    if (stopped || paused) return;
    const saves = batch(mostLeaving);
    if (!saves.length) return;
    try {
      fetch(`${base}/save`, {
        method: "POST", credentials: "same-origin", keepalive: true, headers: { "Content-Type": "application/json", Accept: "application/json", "X-Csrf-Token": csrf() },
        body: JSON.stringify({ open, items: saves }),
      }).then(async (reply) => { if (reply.ok) taken(saves, await reply.json()); say(); }).catch(() => {});
    } catch { /* too large or refused */ }
  }
  addEventListener("pagehide", () => { leave(); tell({ kind: "bye" }); });
  addEventListener("pageshow", (e) => { if (e.persisted) tell({ kind: "hello" }); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });

  let open = 0;
  return {
    get, change, take, tell: (what) => tell({ kind: "told", what }),
    all: () => items,
    unsent: () => [...unsent.keys()].sort((a, b) => a - b),
    others: () => others.size,
    met: () => met,
    // heard and unheard say that the server answered something else, or did not.
    heard() { if (mood === "offline" && !unsent.size) say("saved"); else if (mood === "offline") retry(); },
    unheard() { if (mood === "saved" || mood === "saving") say("offline"); },
    // load takes the states of the server in, and then what this browser still holds.
    load(list, window) {
      open = window;
      for (const it of list ?? []) take(it.pos, it.seq, it.state, !!it.locked, "server");
      for (const h of heldItems()) {
        const it = items.get(h.pos);
        last = Math.max(last, h.seq);
        if (it && (it.seq >= h.seq || it.locked)) { if (!it.locked) letGo(h.pos, it.seq); continue; }
        items.set(h.pos, { seq: h.seq, state: h.state, locked: false });
        unsent.set(h.pos, h.seq);
        changed(h.pos, "window");
      }
      schedule(0);
      say();
    },
    lock(pos) { const it = get(pos); items.set(pos, { ...it, locked: true }); },
    // flush sends what is unsent and waits until all of it is acknowledged, or for so long; it says whether all is.
    async flush(most = 10e3) {
      const until = performance.now() + most;
      retry();
      while (unsent.size && !stopped && !paused && performance.now() < until) {
        if ([...unsent.keys()].every((pos) => refused.has(pos))) break;
        await new Promise((done) => { setTimeout(done, 40); });
      }
      return unsent.size === 0;
    },
    retry,
    pause() { paused = true; },
    resume() { paused = false; retry(); say(); },
    // stop sends nothing more; it gives the items whose changes did not arrive, and forgets them.
    stop() {
      stopped = true;
      clearTimeout(timer);
      const left = [...unsent.keys()].filter((pos) => !timeOnly.has(pos)).sort((a, b) => a - b);
      try { for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key); } catch { /* nothing kept */ }
      return left;
    },
  };
}
