// The exam room. It takes over from the page that the server made: one item after another without a reload, every change saved at once, the
// clock, the list of items, the review, breaks and handing in. Where anything of this fails to load, the server's page works by itself.
import { csrf } from "./net.js";
import { bookDrawer } from "./book.js";
import { countdown, instant, serverClock, written } from "./roomclock.js";
import { fill, itemView, progress } from "./roomitem.js";
import { roomList } from "./roomlist.js";
import { roomSays } from "./roomsay.js";
import { roomStore } from "./roomstore.js";

const root = document.getElementById("room"), app = document.getElementById("room-app");
const at = root.dataset, W = app.dataset;
const base = `/exams/sittings/${at.sitting}`;
const clock = serverClock();
const forward = at.navigation === "forward", each = at.feedback === "each";
const warnAt = (at.warn ?? "").split(/[\s,]+/).map(Number).filter((m) => m > 0);
const $ = (id) => document.getElementById(id);
const keep = { get: (key) => { try { return localStorage.getItem(key); } catch { return null; } }, set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* for this visit only */ } } };

// how the sitting stands, as the server said it last
const how = { started: 0, ends: null, breakSince: null, breakEnds: null, handedIn: null, reached: 0, breaksLeft: Number(at.breaksLeft) || 0 };
let form = null, store = null, view = null, list = null, pos = 0, shown = "", over = false, handing = false, pendingMove = 0;
const report = () => how.report ?? at.report ?? `${base}/report`;

// call is fetch with an error that says that the network is to blame.
async function call(path, options) {
  try { return await fetch(path, options); } catch (error) { throw Object.assign(error, { network: true }); }
}

async function ask(path, body) {
  const sent = performance.now();
  const reply = await call(base + path, body === undefined
    ? { credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20e3) }
    : { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "application/json", "X-Csrf-Token": csrf() }, body: JSON.stringify(body), signal: AbortSignal.timeout(30e3) });
  const said = reply.status === 204 ? {} : await reply.json().catch(() => ({}));
  clock.heard(said.now, sent, performance.now());
  if (!reply.ok) throw Object.assign(new Error(`status ${reply.status}`), { status: reply.status, body: said });
  return said;
}

// learn takes in how the sitting stands.
function learn(s) {
  if (!("started" in s)) return;
  how.started = instant(s.started) ?? how.started;
  for (const key of ["ends", "breakSince", "breakEnds", "handedIn"]) how[key] = instant(s[key]);
  how.reached = Math.max(how.reached, s.reached ?? 0);
  if (s.breaksLeft != null) how.breaksLeft = s.breaksLeft;
  if (s.report) how.report = s.report;
  away = (s.opens ?? 0) - (Number(at.open) || s.opens) > (store?.met() ?? 0);
}

// ---- beginning

let away = false; // opened elsewhere too, perhaps on another device
const trouble = (error) => { console.warn("exam room: the plain page stays", error); };
begin().catch(trouble);

async function begin() {
  const state = await ask("/state");
  learn(state);
  if (how.handedIn) { location.replace(report()); return; }
  if (!how.breakSince) form = await ask("/form");
  root.replaceChildren(app.content.cloneNode(true));
  document.body.classList.add("in-room");
  addEventListener("pagehide", keepTime); // before the store says goodbye
  document.addEventListener("visibilitychange", keepTime);
  store = roomStore({ sitting: at.sitting, base, clock, changed, status: showSaving, closed: onClosed, windows: showWindows, told: onTold });
  wire();
  store.load(state.items, Number(at.open) || 0);
  if (how.breakSince) { showBreak(); return; }
  start();
}

function start() {
  $("room-name").textContent = form.name;
  view = itemView({ W, form, announce, get: store.get, edit, soon: store.retry });
  if (at.book === "open") openBook();
  list = roomList({ W, items: form.items, get: store.get, pos: () => pos, here: () => (shown === "item" ? pos : -1), barred, left: (p) => forward && p < how.reached });
  list.build();
  quiet = false;
  const wanted = forward ? Math.min(how.reached, form.items.length - 1) : Number(at.item ?? 1) - 1;
  pos = Number.isInteger(wanted) && wanted >= 0 && wanted < form.items.length ? wanted : 0;
  if (forward && how.reached >= form.items.length || at.view === "review" || at.view === "handin") showReview(); else go(pos, false);
}

function announce(text) {
  const box = $("announce");
  box.textContent = box.textContent === text ? `${text} ` : text;
}

// ---- changes

const stood = new Map(); // pos -> when its answer was given last
const spent = new Map(); // pos -> milliseconds in sight that are not in its state yet
let inSight = null;

// inSightNow counts the time that the item has been in sight.
function countTime() {
  const now = performance.now();
  if (inSight != null && shown === "item") spent.set(pos, (spent.get(pos) ?? 0) + (now - inSight));
  const counts = shown === "item" && document.visibilityState === "visible" && (document.hasFocus() || !store.others());
  inSight = counts ? now : null;
}

function addTime(p, st) {
  countTime();
  const s = Math.floor((spent.get(p) ?? 0) / 1000);
  if (!s) return;
  spent.set(p, spent.get(p) - 1000 * s);
  st.secs = (st.secs ?? 0) + s;
}

// keepTime saves the time of the item that is left, and that it was seen.
function keepTime() {
  if (!store || shown !== "item") return;
  countTime();
  const it = store.get(pos);
  if (it.locked || over || how.breakSince || it.seq && (spent.get(pos) ?? 0) < 1000) return;
  edit(pos, () => {});
}

// edit changes the state of an item and keeps it.
function edit(p, change, { delay = 0 } = {}) {
  const it = store.get(p);
  if (it.locked || forward && p < how.reached) return;
  const st = structuredClone(it.state), now = clock.now();
  const moment = {
    stood: now - (stood.get(p) ?? 0), changed: false,
    leave: (state, answer) => { state.trail = [...(state.trail ?? []), { at: Math.max(0, Math.round(now - how.started)), answer }].slice(-40); },
  };
  change(st, moment);
  if (moment.changed) stood.set(p, now);
  addTime(p, st);
  store.change(p, tidy(st), delay);
}

// tidy leaves out what says nothing.
function tidy(st) {
  for (const key of ["struck", "marks", "trail"]) if (!st[key]?.length) delete st[key];
  for (const key of ["flag", "note", "sheet", "secs"]) if (!st[key]) delete st[key];
  if (!st.answer || !Object.keys(st.answer).length) delete st.answer;
  return st;
}

// changed is told by the store of every state that is another one now.
function changed(p, where) {
  if (!list) return;
  list.paint(p);
  if (where !== "here" && view.touches(p)) view.refresh(); else if (where === "here" && p === pos) view.refresh();
  if (shown === "review") list.review();
  if (where === "server" && !quiet) notice("newer", fill(W.newer, p + 1));
  if (where === "locked") notice("lost", fill(W.lost, p + 1), "warn");
  if (p === pos && shown === "item") showTools();
}
let quiet = true; // the states that come first are no news

// ---- what is said

const { notice, showSaving, askFirst } = roomSays({ W, base, focusHead: () => focusHead() });

const showWindows = () => {
  notice("here", store?.others() ? W.otherHere : "", "", true);
  notice("away", away && !store?.others() ? W.otherAway : "", "", true);
};

// ---- the list of items

// In an exam that goes forward only, one item can be gone to: the first that is not left behind.
const barred = (p) => forward && p !== how.reached;

// ---- going about

function page(name) {
  shown = name;
  for (const [id, on] of [["room-body", "item"], ["room-foot", "item"], ["room-book", at.book === "open" ? "item" : ""], ["room-review", "review"], ["room-break", "break"], ["room-closed", "closed"]]) $(id).hidden = name !== on;
  document.querySelector(".room-palette").hidden = name === "break" || name === "closed";
  document.querySelector(".room-acts").hidden = name === "break" || name === "closed";
}

const focusHead = () => $({ item: "item-head", review: "review-head", break: "break-head", closed: "closed-head" }[shown])?.focus({ preventScroll: true });

function go(p, focus = true) {
  if (p < 0 || p >= form.items.length) return;
  keepTime();
  countTime();
  const before = pos;
  pos = p;
  page("item");
  inSight = null;
  countTime();
  view.show(p);
  $("item-head").textContent = fill(W.of, p + 1, form.items.length);
  document.title = document.title.replace(/^(\d+ · )?/, `${p + 1} · `);
  for (const q of new Set([before, p])) list.paint(q);
  history.replaceState(null, "", `${base}?item=${p + 1}&open=${at.open}`);
  $("do-prev").hidden = forward;
  $("do-prev").disabled = p === 0;
  $("do-next").textContent = p === form.items.length - 1 ? `${W.toReview} →` : `${W.next} →`;
  $("foot-hint").textContent = forward ? W.forward : "";
  if (focus) { focusHead(); scrollTo(0, 0); }
  showTools();
  if (!store.get(p).seq) edit(p, () => {}); // seen
}

// showTools shows what can be done with the item as it stands: check it, or see how it was judged.
const verdicts = new Map();
function showTools() {
  const it = store.get(pos), result = $("room-result");
  $("room-check").hidden = !each || it.locked;
  $("room-form").hidden = each && it.locked && verdicts.has(pos); // the verdict shows the answer too
  if (!each || !it.locked) { result.replaceChildren(); result.dataset.pos = ""; return; }
  if (result.dataset.pos === String(pos)) return;
  if (verdicts.has(pos)) { result.dataset.pos = pos; result.innerHTML = verdicts.get(pos); } else { result.replaceChildren(); reveal(false); }
}

async function reveal(focus) {
  const p = pos;
  try {
    const reply = await fetch(`${base}/reveal`, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", Accept: "text/html", "X-Part": "1", "X-Csrf-Token": csrf() }, body: JSON.stringify({ pos: p }), signal: AbortSignal.timeout(20e3) });
    if (!reply.ok) throw Object.assign(new Error(), { status: reply.status });
    verdicts.set(p, await reply.text());
  } catch (error) {
    notice("check", error.status === 422 ? W.checkFirst : W.checkFailed, "warn");
    return;
  }
  if (!store.get(p).locked) { store.lock(p); store.tell("locked"); }
  list.paint(p);
  if (p !== pos) return;
  view.refresh();
  showTools();
  if (focus) { announce(W.checked); $("room-result").focus({ preventScroll: true }); $("room-result").scrollIntoView({ block: "nearest" }); }
}

async function check() {
  if (progress(form.items[pos], store.get(pos).state) === "") { notice("check", W.checkFirst, "warn"); return; }
  $("do-check").disabled = true;
  if (await store.flush()) await reveal(true); else notice("check", W.checkFailed, "warn");
  $("do-check").disabled = false;
}

async function next() {
  if (shown !== "item") return;
  if (forward) {
    if (progress(form.items[pos], store.get(pos).state) !== "answered" &&
      !await askFirst({ title: fill(W.item, pos + 1), text: [fill(W.forwardAsk, pos + 1)], yes: W.forwardGo, no: W.forwardStay })) return;
    keepTime();
    how.reached = pendingMove = pos + 1;
    moveOn();
  }
  if (pos === form.items.length - 1) showReview(); else go(pos + 1);
}
const previous = () => { if (shown === "item" && !forward) go(pos - 1); };

// moveOn tells the server what is left behind, once it has all answers given there.
let moving = false;
async function moveOn() {
  if (moving || !pendingMove) return;
  moving = true;
  try {
    if (await store.flush(60e3)) {
      const to = pendingMove;
      learn(await ask("/move", { reached: to }));
      if (pendingMove === to) pendingMove = 0;
      store.tell("reached");
    }
  } catch (error) { if (error.status === 409) onClosed(); } finally { moving = false; }
}

// ---- review and handing in

function showReview() {
  keepTime();
  page("review");
  countTime();
  list.paint(pos);
  list.review();
  $("review-back").hidden = forward && how.reached >= form.items.length;
  focusHead();
  scrollTo(0, 0);
}

async function handInAsked() {
  keepTime();
  const all = list.groups(), numbers = list.numbers, text = [];
  if (all.open.length) text.push(all.open.length === 1 ? fill(W.handOpenOne, numbers(all.open)) : fill(W.handOpen, all.open.length, numbers(all.open)));
  else if (!all.part.length) text.push(W.handNone);
  if (all.part.length) text.push(fill(W.handPart, numbers(all.part)));
  if (all.flag.length) text.push(fill(W.handFlag, numbers(all.flag)));
  await askFirst({
    title: W.handTitle, text: [...text, W.handLast], yes: W.handDo, no: W.handStay, prepare: async () => {
      if (!await store.flush()) return fill(W.handUnsent, store.unsent().length);
      return (await handIn()) ? null : W.handFailed;
    },
  });
}

// handIn closes the sitting and goes to its report; it says whether the server did.
async function handIn() {
  handing = true;
  try {
    how.report = (await ask("/hand-in", {})).report ?? how.report;
  } catch (error) {
    handing = false;
    if (error.status === 409 || error.status === 404) { onClosed(); return true; }
    return false;
  }
  store.tell("closed");
  finish(false);
  return true;
}

// finish leaves the room. What did not arrive in time is told before.
let finished = false;
function finish(byClock) {
  if (finished) return;
  finished = true;
  const lost = store.stop();
  if (!lost.length && !byClock) { location.replace(report()); return; }
  showClosed(byClock, lost);
}

function showClosed(byClock, lost) {
  if ($("room-ask").open) $("room-ask").close();
  page("closed");
  $("closed-text").textContent = byClock ? W.closedClock : W.closedHand;
  const box = $("closed-lost");
  box.hidden = !lost.length;
  box.textContent = lost.length === 1 ? fill(W.closedLostOne, lost[0] + 1) : fill(W.closedLost, lost.map((p) => p + 1).join(", "));
  const link = $("to-report");
  link.href = report();
  link.addEventListener("click", (e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); location.replace(link.href); } });
  $("room-clock").hidden = true;
  $("room-save").textContent = "";
  focusHead();
}

// grace is how long after the end the server takes a save that was on its way, in milliseconds.
const grace = 10e3;

// timeUp hands in what was answered when the clock has run out. The server takes the last saves for some seconds longer.
async function timeUp() {
  if (over || finished) return;
  keepTime();
  over = true;
  store.tell("over");
  notice("over", W.over, "warn", true);
  announce(W.over);
  for (let n = 0; !finished; n++) {
    await store.flush(n ? 4e3 : 8e3);
    // Another window may still have a last save on its way: it has until the server takes no more.
    const left = how.opens > 1 && how.ends != null ? how.ends + grace - clock.now() : 0;
    if (left > 0) await new Promise((wake) => { setTimeout(wake, Math.min(left, grace)); });
    if (finished) return;
    try {
      how.report = (await ask("/hand-in", {})).report ?? how.report;
      store.tell("closed");
      finish(true);
    } catch (error) {
      if (error.status === 409 || error.status === 404) { onClosed(); return; }
      notice("over", W.overOffline, "warn", true);
      await new Promise((wake) => { setTimeout(wake, 3e3); addEventListener("online", wake, { once: true }); });
    }
  }
}

// onClosed finds out what it is that takes nothing more: a break, or the end.
let finding = false;
async function onClosed() {
  if (finding || finished) return;
  finding = true;
  store.pause();
  while (!finished) {
    try {
      learn(await ask("/pulse"));
      if (how.handedIn) finish(how.ends != null && how.handedIn >= how.ends);
      else if (how.breakSince) showBreak();
      else if (how.ends != null && clock.now() > how.ends) { await new Promise((wake) => { setTimeout(wake, 1500); }); continue; }
      else store.resume();
      break;
    } catch (error) {
      if (error.status && error.status < 500) { showSaving({ kind: "signedout", unsent: store.unsent().length, text: "", kept: true }); break; }
      await new Promise((wake) => { setTimeout(wake, 3e3); });
    }
  }
  finding = false;
}

// ---- breaks

async function breakAsked() {
  const minutes = Number(at.breakMinutes) || 0, text = [fill(W.breakAsk, minutes)];
  if (at.breakLock === "true") text.push(W.breakLock);
  keepTime();
  await askFirst({
    title: W.breakTitle, text, yes: W.breakDo, no: W.breakStay, prepare: async () => {
      if (!await store.flush()) return W.breakUnsent;
      try { learn(await ask("/break", {})); } catch (error) { if (error.status === 409) onClosed(); else return W.handFailed; }
      store.tell("break");
      return null;
    },
  });
  if (how.breakSince) showBreak();
}

function showBreak() {
  keepTime();
  store.pause();
  page("break");
  countTime();
  $("room-name").textContent ||= document.title.split(" · ")[0];
  list?.paint(pos);
  focusHead();
}

async function endBreak() {
  $("end-break").disabled = true;
  try {
    await ask("/resume", {});
    store.tell("break");
    await refresh(true);
  } catch { notice("break", W.handFailed, "warn"); }
  $("end-break").disabled = false;
}

async function afterBreak() {
  if (!form) {
    form = await ask("/form");
    start();
  } else if (forward && how.reached >= form.items.length) showReview(); else go(forward ? how.reached : pos);
  store.resume();
  notice("break", W.breakBack);
}

// ---- the clock

let hidden = keep.get("crosswalk:room-clock") === "hidden";
function showClock(left) {
  const none = left == null || shown === "closed";
  $("room-clock").hidden = none;
  if (!none) {
    $("room-left").textContent = hidden ? W.clockHidden : written(left);
    $("clock-toggle").textContent = hidden ? W.clockShow : W.clockHide;
    $("clock-toggle").setAttribute("aria-pressed", String(hidden));
    const first = warnAt.length ? Math.min(...warnAt) : 0;
    $("room-clock").classList.toggle("short", left <= first * 60e3);
  }
  if (shown === "break" && how.breakEnds != null) {
    const rest = how.breakEnds - clock.now();
    $("break-left").textContent = fill(W.breakLeft, written(rest));
    if (rest < -300 && performance.now() - lookedAt > 2000) { lookedAt = performance.now(); refresh(true); }
  }
  $("do-break").hidden = !(how.breaksLeft > 0) || how.breakSince != null;
}

function toggleClock(on = !hidden) {
  hidden = on;
  keep.set("crosswalk:room-clock", hidden ? "hidden" : "shown");
  beat?.beat();
}

function warn(minutes, left) {
  hidden = false;
  const text = fill(W.minutesLeft, Math.max(minutes, Math.ceil(left / 60e3)) === minutes ? minutes : Math.ceil(left / 60e3));
  notice("warn", text, "warn");
  announce(text);
}
let beat = null, lookedAt = 0;

// ---- staying in step with the server

let asking = null;
async function refresh(full) {
  if (finished || finding) return;
  asking ??= (async () => {
    try {
      const was = how.breakSince, s = await ask(full ? "/state" : "/pulse");
      learn(s);
      if (how.handedIn) { finish(how.ends != null && how.handedIn >= how.ends); return; }
      for (const it of s.items ?? []) if (store.take(it.pos, it.seq, it.state, !!it.locked, "server") && it.locked) list?.paint(it.pos);
      if (how.breakSince && shown !== "break") showBreak();
      if (!how.breakSince && was != null) await afterBreak();
      else if (forward && form && shown === "item" && pos < how.reached && !pendingMove) { if (how.reached >= form.items.length) showReview(); else go(how.reached); }
      showWindows();
      store.heard();
    } catch (error) {
      if (error.network) store.unheard();
      else if (!error.status) console.error(error);
      else if (error.status === 401) showSaving({ kind: "signedout", unsent: store.unsent().length, text: "", kept: true });
    } finally { asking = null; }
  })();
  return asking;
}

function onTold(what) {
  if (what === "closed" || what === "over" || what === "break" || what === "reached" || what === "locked") setTimeout(() => refresh(true), what === "over" ? 2000 : 50);
}

// ---- text size

const sizes = [100, 110, 125, 150, 175, 200];
function zoom(step) {
  const now = sizes.indexOf(Number(root.dataset.zoom)), to = Math.max(0, Math.min(sizes.length - 1, (now < 0 ? 0 : now) + step));
  root.dataset.zoom = sizes[to];
  $("zoom-now").textContent = `${sizes[to]} %`;
  $("zoom-out").disabled = to === 0;
  $("zoom-in").disabled = to === sizes.length - 1;
  if (step) { keep.set("crosswalk:room-zoom", sizes[to]); announce(fill(W.zoomed, sizes[to])); }
}

// ---- wiring

function openBook() {
  const drawer = $("room-book"), narrow = matchMedia("(max-width: 62rem)");
  const home = () => { if (narrow.matches) $("room-foot").before(drawer); else $("room-left-pane").append(drawer); };
  drawer.hidden = false;
  narrow.addEventListener("change", home);
  home();
  const sets = () => "icd10cm,icd10pcs,cpt,hcpcs";
  bookDrawer({ sets, date: view.date, words: W, enter: view.enter, canEnter: view.takes, slash: () => keysOn && shown === "item" && !document.querySelector("dialog[open]") });
}

let keysOn = keep.get("crosswalk:room-keys") !== "off";

function wire() {
  root.addEventListener("click", (e) => {
    const link = e.target.closest("a.pal");
    if (!link) return;
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    if (!barred(Number(link.dataset.pos))) {
      if (matchMedia("(max-width: 62rem)").matches) $("palette").open = false;
      go(Number(link.dataset.pos));
    }
  });
  $("room-form").addEventListener("submit", (e) => e.preventDefault());
  $("do-next").addEventListener("click", next);
  $("do-prev").addEventListener("click", previous);
  $("do-review").addEventListener("click", showReview);
  $("review-back").addEventListener("click", () => go(forward ? how.reached : pos));
  $("do-hand-in").addEventListener("click", handInAsked);
  $("do-flag").addEventListener("click", flag);
  $("do-check").addEventListener("click", check);
  $("do-break").addEventListener("click", breakAsked);
  $("end-break").addEventListener("click", endBreak);
  $("do-help").addEventListener("click", help);
  $("clock-toggle").addEventListener("click", () => toggleClock());
  $("zoom-in").addEventListener("click", () => zoom(1));
  $("zoom-out").addEventListener("click", () => zoom(-1));
  root.dataset.zoom = keep.get("crosswalk:room-zoom") ?? "100";
  zoom(0);
  $("keys-on").checked = keysOn;
  $("keys-on").addEventListener("change", () => { keysOn = $("keys-on").checked; keep.set("crosswalk:room-keys", keysOn ? "on" : "off"); });
  $("key-book").hidden = at.book !== "open";
  for (const dialog of root.querySelectorAll("dialog")) dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
  document.addEventListener("keydown", onKey);
  addEventListener("focus", () => { countTime(); refresh(true); });
  addEventListener("blur", countTime);
  document.addEventListener("visibilitychange", () => { countTime(); if (document.visibilityState === "visible") refresh(true); });
  addEventListener("online", () => refresh(true));
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  setInterval(() => { refresh(away || store.others() > 0); if (pendingMove) moveOn(); }, 30e3);
  beat = countdown({ clock, ends: () => (finished ? null : how.ends), standing: () => (how.breakSince == null ? null : how.breakEnds ?? how.breakSince), warnAt, tick: showClock, warn, over: timeUp });
}

function flag() {
  if (store.get(pos).locked) return;
  const on = !store.get(pos).state.flag;
  edit(pos, (st) => { st.flag = on; });
  announce(fill(on ? W.flagOn : W.flagOff, pos + 1));
}

function help() {
  $("room-help").showModal();
}

function onKey(e) {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]") || view?.busy()) return;
  const typing = e.target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");
  if (typing) { if (e.key === "Escape" && e.target.closest("#room-form")) { e.preventDefault(); focusHead(); } return; }
  if (e.key === "?" ) { e.preventDefault(); help(); return; }
  if (!keysOn || shown === "break" || shown === "closed" || !view || e.target.closest?.("#room-book")) return;
  const keys = { r: showReview, g: () => { $("palette").open = true; ($("pal-items").querySelector("[aria-current]") ?? $("pal-items").querySelector("a")).focus(); }, t: () => toggleClock() };
  if (shown === "item") {
    Object.assign(keys, { n: next, p: previous, f: flag, "+": () => zoom(1), "-": () => zoom(-1) });
    const radio = e.target.matches?.("input[type=radio]"), scrolls = e.target.matches?.("#room-chart, #room-question") && e.target.scrollWidth > e.target.clientWidth;
    if (!radio && !scrolls) Object.assign(keys, { ArrowRight: next, ArrowLeft: previous });
  } else Object.assign(keys, { n: () => {}, p: () => go(forward ? how.reached : pos) });
  if (shown === "item" && !e.repeat && view.key(e)) { e.preventDefault(); return; }
  if (e.repeat && e.key.length === 1) return;
  if (keys[e.key]) { e.preventDefault(); keys[e.key](); }
}
