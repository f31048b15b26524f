// A graded case: pointing at a line lights its words in the chart, and the other way round.
const marks = [...document.querySelectorAll("mark[data-ev]")];
const lines = [...document.querySelectorAll(".rline[data-ev], .revidence[data-ev]")];

// The answer arrived, so the browser need not keep it any longer.
try {
  const { case: id, key } = document.querySelector(".bench.result").dataset, name = `crosswalk:draft:${id}`;
  if (JSON.parse(localStorage.getItem(name) ?? "null")?.key === key) localStorage.removeItem(name);
} catch { /* nothing kept */ }

// A mark may be of several lines, and one's own words carry the line's id behind an m.
const of = (m) => m.dataset.ev.split(" ").map((id) => id.replace(/^m/, ""));
function light(id) {
  for (const m of marks) m.classList.toggle("lit", id !== "" && of(m).includes(id));
  for (const l of lines) l.classList.toggle("lit", l.dataset.ev === id);
}

for (const line of lines) {
  line.addEventListener("mouseenter", () => light(line.dataset.ev));
  line.addEventListener("focusin", () => light(line.dataset.ev));
  line.addEventListener("mouseleave", () => light(""));
}
const chart = document.querySelector(".chart");
for (const m of marks) {
  m.addEventListener("mouseenter", () => light(of(m)[0]));
  m.addEventListener("mouseleave", () => light(""));
  m.addEventListener("click", () => (document.getElementById(of(m)[0]) ?? document.querySelector(`.revidence[data-ev="${of(m)[0]}"]`))?.scrollIntoView({ block: "nearest", behavior: "smooth" }));
}
document.addEventListener("click", (event) => {
  const a = event.target.closest('a[href^="#ev-"]');
  if (!a) return;
  const target = document.getElementById(a.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  light(a.hash.slice(4));
  if (getComputedStyle(chart).position === "sticky") {
    chart.scrollTo({ top: target.offsetTop - chart.clientHeight / 3, behavior: "smooth" });
  } else {
    target.scrollIntoView({ block: "center", behavior: "smooth" });
  }
});
