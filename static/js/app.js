// What every page needs: the reader's time zone for the study day, and forms that cannot be sent twice by a double click.
try {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `crosswalk_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
} catch { /* a browser without zones: the server falls back to UTC */ }
document.documentElement.classList.add("js");

// What is kept of unsaved answers goes with the one who typed it.
function forget() {
  try { for (const key of Object.keys(localStorage)) if (/^crosswalk:(draft|exam):/.test(key)) localStorage.removeItem(key); } catch { /* nothing kept */ }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (/\/(signout|signout-everywhere|erase)$/.test(form.action)) forget();
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});
window.addEventListener("pageshow", () => { for (const f of document.forms) delete f.dataset.sent; });

for (const form of document.querySelectorAll("form.filters")) {
  form.addEventListener("change", () => form.requestSubmit());
}
