// Reviewing by keyboard: space shows the answer, 1 to 4 grade it, u takes the last one back; of a question they choose an option.
const typing = (node) => node instanceof HTMLElement && (node.matches("input:not([type=radio]):not([type=checkbox]), textarea, select") || node.isContentEditable);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const back = document.querySelector(".rv-back");
  if (event.key === " " && event.target instanceof HTMLElement && event.target.closest("button, a, summary, label")) return; // it presses that
  const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  const choice = document.querySelectorAll(".question-form input[name=choice]")[Number(event.key) - 1];
  if (!button && choice) { choice.focus(); choice.click(); return; }
  if (!button || back && !back.open && back.contains(button) && button.tagName !== "SUMMARY") return; // nothing is graded unseen
  event.preventDefault();
  button.click();
});

document.querySelector(".rv-back")?.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.querySelector(".rv-grades button[value='3']")?.scrollIntoView({ block: "nearest" });
});
