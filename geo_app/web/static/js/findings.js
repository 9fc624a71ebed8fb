// The list of findings: choose several, and go through them by key.
"use strict";
(() => {
  const bar = document.getElementById("bulk");
  const boxes = [...document.querySelectorAll('input[name="id"][form="bulk"]:not(:disabled)')];
  const links = [...document.querySelectorAll(".row-link")];

  if (bar) {
    const all = document.getElementById("all");
    const told = bar.querySelector("[data-chosen]");
    const whole = told.textContent;
    const show = () => {
      const count = boxes.filter((each) => each.checked).length;
      told.textContent = count ? told.dataset.many.replace("{count}", count) : whole;
      bar.classList.toggle("some", count > 0);
      all.checked = count > 0 && count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
    };
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const each of boxes) each.checked = all.checked;
      show();
    });
    for (const each of boxes) each.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  }

  const isTyping = (event) =>
    event.target.matches("input:not([type=checkbox]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey;
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || !links.length) return;
    const step = { j: 1, J: 1, k: -1, K: -1 }[event.key];
    if (!step) return;
    const row = document.activeElement?.closest("tr") || document.querySelector("tr.sel");
    const at = links.findIndex((each) => row?.contains(each));
    const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
  });
})();
