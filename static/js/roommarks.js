// Words highlighted in the stem and the chart of an item: by mouse or touch from a selection, by keyboard with a cursor that steps from word
// to word. A mark is a stretch of the text of its part, counted in characters from its beginning.

const textNodes = (root) => {
  const out = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) out.push(walk.currentNode);
  return out;
};

// place turns an offset in the text of root into a node and an offset in it. before says that an offset between two nodes belongs to the end
// of the first.
function place(root, offset, before) {
  let left = offset, last = null;
  for (const node of textNodes(root)) {
    if (left < node.length || (before && left === node.length)) return [node, left];
    left -= node.length;
    last = node;
  }
  return last ? [last, last.length] : null;
}

function offsetOf(root, node, at) {
  const range = document.createRange();
  range.setStart(root, 0);
  try { range.setEnd(node, at); } catch { return 0; }
  return range.toString().length;
}

// paint shows marks [{from, to}] in root, and takes away those that are not among them.
export function paint(root, marks) {
  for (const m of root.querySelectorAll("mark.hl")) m.replaceWith(...m.childNodes);
  root.normalize();
  const length = root.textContent.length;
  for (const { from, to } of marks) {
    if (!(from >= 0 && from < to && from < length)) continue;
    let at = 0;
    for (const node of textNodes(root)) {
      const end = at + node.length, a = Math.max(from, at), b = Math.min(to, end);
      if (a < b && node.data.slice(a - at, b - at).trim()) {
        const range = document.createRange(), mark = document.createElement("mark");
        range.setStart(node, a - at);
        range.setEnd(node, b - at);
        mark.className = "hl";
        range.surroundContents(mark);
      }
      at = end;
    }
  }
}

// merge adds a stretch to marks of a part; what touches becomes one.
export function merge(marks, part, from, to) {
  const rest = [];
  for (const m of marks) {
    if (m.part === part && m.from <= to && from <= m.to) { from = Math.min(from, m.from); to = Math.max(to, m.to); } else rest.push(m);
  }
  return [...rest, { part, from, to }];
}

// cut takes a stretch off marks of a part: marks that it touches go as a whole.
export const cut = (marks, part, from, to) => marks.filter((m) => m.part !== part || m.to <= from || to <= m.from);

// selected is the stretch that is selected in root, to the borders of words; null for none.
export function selected(root) {
  const sel = getSelection();
  if (!sel.rangeCount || sel.isCollapsed) return null;
  const range = sel.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer) && !range.intersectsNode(root)) return null;
  let from = root.contains(range.startContainer) ? offsetOf(root, range.startContainer, range.startOffset) : 0;
  let to = root.contains(range.endContainer) ? offsetOf(root, range.endContainer, range.endOffset) : root.textContent.length;
  const text = root.textContent, blank = /\s/;
  while (from < to && blank.test(text[from])) from++;
  while (to > from && blank.test(text[to - 1])) to--;
  if (from >= to) return null;
  while (from > 0 && !blank.test(text[from - 1])) from--;
  while (to < text.length && !blank.test(text[to])) to++;
  return { from, to, text: text.slice(from, to).replace(/\s+/g, " ") };
}

// clickedMark is the stretch of the mark that was clicked, where nothing was selected.
export function clickedMark(root, event) {
  const mark = event.target.closest?.("mark.hl");
  if (!mark || !root.contains(mark) || !getSelection().isCollapsed) return null;
  const range = document.createRange();
  range.selectNodeContents(mark);
  const from = offsetOf(root, range.startContainer, range.startOffset);
  return { from, to: from + mark.textContent.length, text: mark.textContent };
}

// wordCursor steps through the words of a part by keyboard; what it is on is the browser's own selection. end() is called when it is left.
export function wordCursor(roots, { toggle, remove, say, end }) {
  let at = 0, words = [], cursor = 0, anchor = 0;
  const root = () => roots[at].node;
  function read() { words = [...root().textContent.matchAll(/\S+/g)].map((m) => [m.index, m.index + m[0].length]); }
  const stretch = () => ({ from: words[Math.min(anchor, cursor)][0], to: words[Math.max(anchor, cursor)][1] });
  function show(spoken = true) {
    if (!words.length) return;
    const { from, to } = stretch(), a = place(root(), from, false), b = place(root(), to, true);
    getSelection().setBaseAndExtent(...a, ...b);
    place(root(), words[cursor][0], false)[0].parentElement.scrollIntoView({ block: "nearest" });
    if (spoken) say(root().textContent.slice(from, to).replace(/\s+/g, " "));
  }
  function go(to, extend) {
    cursor = Math.max(0, Math.min(words.length - 1, to));
    if (!extend) anchor = cursor;
    show();
  }
  // line is the word above or below: the one whose middle is nearest on the next line of the page.
  function line(step) {
    const boxOf = (i) => { const r = document.createRange(); r.setStart(...place(root(), words[i][0], false)); r.setEnd(...place(root(), words[i][1], true)); return r.getClientRects()[0] ?? r.getBoundingClientRect(); };
    const here = boxOf(cursor), middle = (here.left + here.right) / 2;
    let best = cursor, row = null;
    for (let i = cursor + step; i >= 0 && i < words.length; i += step) {
      const box = boxOf(i);
      if (row == null) { if (Math.abs(box.top - here.top) < here.height / 2) continue; row = box.top; }
      if (Math.abs(box.top - row) > here.height / 2) break;
      const was = best === cursor ? Infinity : Math.abs((boxOf(best).left + boxOf(best).right) / 2 - middle);
      if (Math.abs((box.left + box.right) / 2 - middle) < was) best = i;
    }
    return best;
  }
  function key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const stop = () => { e.preventDefault(); e.stopPropagation(); };
    switch (e.key) {
      case "ArrowRight": stop(); go(cursor + 1, e.shiftKey); break;
      case "ArrowLeft": stop(); go(cursor - 1, e.shiftKey); break;
      case "ArrowDown": stop(); go(line(1), e.shiftKey); break;
      case "ArrowUp": stop(); go(line(-1), e.shiftKey); break;
      case "Home": stop(); go(0, e.shiftKey); break;
      case "End": stop(); go(words.length - 1, e.shiftKey); break;
      case "h": case "H": case "Enter": stop(); if (words.length) { toggle(roots[at].part, stretch()); show(false); } break;
      case "Delete": case "Backspace": stop(); if (words.length) { remove(roots[at].part, stretch()); show(false); } break;
      case "Tab": stop(); at = (at + 1) % roots.length; read(); cursor = anchor = 0; say(roots[at].name); show(false); break;
      case "Escape": stop(); leave(); break;
      default: if (e.key.length === 1) stop();
    }
  }
  function leave() {
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("pointerdown", leave, true);
    getSelection().removeAllRanges();
    end();
  }
  read();
  document.addEventListener("keydown", key, true);
  document.addEventListener("pointerdown", leave, true);
  show(false);
  return { leave };
}
