// The clock of the exam room: the server's time as the page estimates it, what is left, and warnings on the way.

// instant reads a moment of a reply: milliseconds, or a date in words; null for none.
export const instant = (v) => (!v ? null : typeof v === "number" ? v : Date.parse(v));

// serverClock follows the server's clock through its replies. Between them time runs by the browser's steady clock, which nobody can set.
export function serverClock() {
  let base = Date.now(), at = performance.now(), sure = Infinity;
  const now = () => base + (performance.now() - at);
  // heard takes the server's time from a reply to a request that was sent and received at these moments (performance.now). A reply that
  // took long says less than a quick one, unless the clocks have drifted apart by more than it leaves open.
  function heard(told, sent, received) {
    const server = instant(told);
    if (server == null) return;
    const open = (received - sent) / 2, here = server + (performance.now() - (sent + received) / 2);
    if (open <= sure + 20 || Math.abs(here - now()) > open) { base = here; at = performance.now(); sure = open; } else sure += 5;
  }
  return { now, heard };
}

// written is a time left as people read it: 1:23:45, or 4:05.
export function written(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000)), two = (n) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}

// countdown calls tick(left) about every second and warn(minutes) once for each of the minutes that is passed, then over() once. ends()
// gives the end on the server's clock, null for none; standing() says that the clock stands, and until when it was left.
export function countdown({ clock, ends, standing, warnAt, tick, warn, over }) {
  let previous = null, ended = null;
  function beat() {
    const end = ends();
    if (end == null) { tick(null); return; }
    const left = Math.max(0, end - (standing() ?? clock.now()));
    tick(left);
    if (standing() != null) return;
    const passed = warnAt.filter((m) => left <= m * 60e3 && left > 0 && (previous == null || previous > m * 60e3));
    // Coming back late, one hears only the warning that fits.
    if (passed.length) warn(Math.min(...passed), left);
    previous = left;
    if (left === 0 && ended !== end) { ended = end; over(); }
  }
  beat();
  setInterval(beat, 500);
  return { beat };
}
