// The list of the items of an exam, and the lists of its review: how far each item is, by sign and word, and the way to it.
import { el } from "./net.js";
import { fill, progress } from "./roomitem.js";

const $ = (id) => document.getElementById(id);

// roomList. room: {W words, items, get(pos) state of an item, pos() the item one is at, here() the same while it is shown, barred(pos) says
// that one cannot go there, left(pos) that it was left behind for good}.
export function roomList(room) {
  const { W } = room;
  const signs = { answered: "●", part: "◐", seen: "○", "": "" };
  function placeState(p) {
    const it = room.get(p), how = progress(room.items[p], it.state) || (it.seq ? "seen" : "");
    return { how, flag: !!it.state.flag };
  }
  function placeLink(p, list) {
    const link = el("a", { class: "pal", href: `?item=${p + 1}` }, el("b", { "aria-hidden": "true" }, p + 1), el("span", { class: "pal-sign", "aria-hidden": "true" }), el("span", { class: "pal-flag", "aria-hidden": "true" }), el("span", { class: "visually-hidden" }));
    link.dataset.pos = p;
    list.append(el("li", {}, link));
    dressPlace(link);
  }

  function dressPlace(link) {
    const p = Number(link.dataset.pos), { how: state, flag } = placeState(p);
    link.className = `pal ${state}${flag ? " flagged" : ""}`;
    link.querySelector(".pal-sign").textContent = signs[state];
    link.querySelector(".pal-flag").textContent = flag ? "⚑" : "";
    link.lastElementChild.textContent = [fill(W.item, p + 1), W[state || "unseen"], flag ? W.flagged : "", room.left(p) ? W.locked : ""].filter(Boolean).join(", ");
    if (p === room.here() && link.closest("#pal-items")) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    if (room.barred(p)) { link.removeAttribute("href"); link.setAttribute("aria-disabled", "true"); } else { link.href = `?item=${p + 1}`; link.removeAttribute("aria-disabled"); }
  }

  function build() {
    const list = $("pal-items");
    list.replaceChildren();
    room.items.forEach((_, p) => placeLink(p, list));
    if (matchMedia("(max-width: 62rem)").matches) $("palette").open = false;
    summary();
  }

  function paint(p) {
    for (const link of document.querySelectorAll(`#pal-items .pal[data-pos="${p}"]`)) dressPlace(link);
    summary();
  }

  function summary() {
    let answered = 0, flagged = 0;
    room.items.forEach((_, p) => { const s = placeState(p); answered += s.how === "answered"; flagged += s.flag; });
    $("palette-sum").textContent = fill(W.summary, fill(W.of, room.pos() + 1, room.items.length), answered, flagged);
  }

  const groups = () => {
    const out = { open: [], part: [], flag: [], answered: [] };
    room.items.forEach((_, p) => {
      const s = placeState(p);
      out[s.how === "answered" ? "answered" : s.how === "part" ? "part" : "open"].push(p);
      if (s.flag) out.flag.push(p);
    });
    return out;
  };

  function review() {
    const all = groups(), figure = (words, n) => el("div", { class: "figure" }, el("dt", {}, words), el("dd", {}, n));
    $("review-counts").replaceChildren(figure(W.countAll, room.items.length), figure(W.answered, all.answered.length), figure(W.part, all.part.length), figure(W.flagged, all.flag.length));
    for (const kind of ["open", "part", "flag"]) {
      const list = $(`review-${kind}`), had = document.activeElement?.closest?.(`#review-${kind} .pal`)?.dataset.pos;
      list.replaceChildren();
      if (!all[kind].length) list.append(el("li", { class: "muted" }, W.none));
      for (const p of all[kind]) placeLink(p, list);
      if (had) list.querySelector(`[data-pos="${had}"]`)?.focus();
      list.parentElement.hidden = kind === "part" && !all.part.length;
    }
  }

  const numbers = (list) => {
    const most = 30, words = list.slice(0, most).map((p) => p + 1).join(", ");
    return list.length > most ? `${words} ${fill(W.andMore, list.length - most)}` : words;
  };

  return { build, paint, review, groups, numbers };
}
