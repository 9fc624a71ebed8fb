// A text beside its figures: go through them by key, and add one by selecting words.
"use strict";
(() => {
  const text = document.getElementById("txt");
  const add = document.getElementById("add");
  const current = document.querySelector(".found > .now");
  const numbers = () => [...document.querySelectorAll(".found [data-claim]")];

  document.querySelector(".hl[aria-current]")?.scrollIntoView({ block: "center" });

  const go = (step) => {
    const all = numbers();
    const at = all.findIndex((each) => current?.contains(each));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    if (next?.href) location.assign(next.href);
  };

  // the select shows at once what it is set to
  const show = document.getElementById("show");
  show?.addEventListener("change", () => show.form.requestSubmit());

  /* Code points of the text before a place in a paragraph; the small numbers are no part of it. */
  const offset = (node, at) => {
    const paragraph = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("p[data-start]");
    if (!paragraph) return null;
    const range = document.createRange();
    range.setStart(paragraph, 0);
    range.setEnd(node, at);
    const before = range.cloneContents();
    for (const skipped of before.querySelectorAll("[data-skip]")) skipped.remove();
    return Number(paragraph.dataset.start) + [...before.textContent].length;
  };

  const take = () => {
    const selection = document.getSelection();
    const field = (name) => add.querySelector(`[name="${name}"]`);
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const inside = range && text.contains(range.commonAncestorContainer);
    if (!inside) return;
    const [start, end] = [offset(range.startContainer, range.startOffset), offset(range.endContainer, range.endOffset)];
    if (start === null || end === null || end <= start) return;
    field("start").value = start;
    field("end").value = end;
    for (const name of ["start", "end"]) field(name).disabled = false;
    const copy = range.cloneContents();
    for (const skipped of copy.querySelectorAll("[data-skip]")) skipped.remove();
    field("words").value = copy.textContent.slice(0, 300);
  };
  if (add && text) {
    document.addEventListener("selectionchange", take);
    document.getElementById("words").addEventListener("input", () => {
      for (const name of ["start", "end"]) add.querySelector(`[name="${name}"]`).disabled = true;
    });
  }

  const press = (id) => document.getElementById(id)?.click();
  const submit = (id) => document.querySelector(`#${id} button:not(:disabled)`)?.click();
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    e: () => document.getElementById("printed")?.focus(),
    d: () => {
      const why = document.getElementById("why");
      if (why && !why.value.trim()) why.focus();
      else press("drop");
    },
    s: () => submit("split"),
    m: () => submit("merge"),
    u: () => press("undo"),
    a: () => (add?.querySelector("#words").value ? submit("add") : add?.querySelector("#words").focus()),
    Enter: () => press("confirm"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      const setsInterval = ["set_low", "set_high"].some((id) => document.getElementById(id)?.value);
      if (event.key === "Enter" && event.target.id === "why" && !setsInterval) {
        event.preventDefault(); // a reason alone is one to drop the figure
        press("drop");
      }
      return;
    }
    if (event.key === "Enter" && event.target.matches("a, button, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(keys, key)) return;
    event.preventDefault();
    keys[key]();
  });
})();
