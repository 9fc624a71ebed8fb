// Filters that send themselves, and the parts of the preview that need a hand.
"use strict";
(() => {
  for (const form of document.querySelectorAll("form[data-send]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select")) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
    });
  }
  // coming back by the browser's history: the fields that were left out are usable again
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[data-send] :disabled")) field.disabled = false;
  });

  // column choices are sent only when a person has changed one, so that a new encoding may rename columns
  const theirs = [...document.querySelectorAll('input[name^="theirs-"]')];
  const columns = [...document.querySelectorAll("select[data-column]")];
  const changed = document.querySelector("[data-changed]");
  if (changed) {
    for (const input of theirs) input.disabled = true;
    for (const select of columns) {
      select.addEventListener("change", () => {
        for (const input of theirs) input.disabled = false;
        for (const other of columns) {
          if (other !== select && select.value && other.value === select.value) other.value = "";
        }
        changed.hidden = false;
      });
    }
    for (const select of document.querySelectorAll("select[data-unit]")) {
      select.addEventListener("change", () => {
        changed.hidden = false;
      });
    }
  }
  for (const link of document.querySelectorAll("[data-open]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault(); // going to the fragment would take the focus away again
      const details = document.getElementById(link.dataset.open);
      details.open = true;
      const wanted = link.dataset.focus && document.getElementById(link.dataset.focus);
      (wanted || details.querySelector("input:not([type=hidden]), select")).focus();
    });
  }
})();
