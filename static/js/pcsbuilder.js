// The ICD-10-PCS builder by keyboard: a typed character takes its value, Backspace gives the last one back, while the focus stands at the
// values. Without this script each value is a link.
const build = document.querySelector("[data-build]");
build?.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
  const to = e.key === "Backspace" ? build.dataset.back : [...build.querySelectorAll("[data-char]")].find((a) => a.dataset.char === e.key.toUpperCase())?.href;
  if (!to) return;
  e.preventDefault();
  location.assign(to);
});
if (build && location.hash === "#next") document.getElementById("next").focus();
