// The start page: select a figure, light up its sites on the map, filter without losing the map.
"use strict";
(() => {
  const frame = document.getElementById("map");
  const here = new URL(location.href);
  let selected = here.searchParams.get("figure");
  const site = Number(here.searchParams.get("site")) || null;

  const rows = () => [...document.querySelectorAll(".cl")];
  const row = () => rows().find((each) => each.dataset.layer === selected);
  const post = (message) => frame.contentWindow?.postMessage(message, location.origin);

  const paint = () => {
    for (const each of rows()) {
      each.classList.toggle("sel", each.dataset.layer === selected);
      if (each.dataset.layer === selected) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  };

  const select = (layer, focus) => {
    selected = layer;
    paint();
    const now = row();
    post({ type: "select-layer", layer });
    post({ type: "show-steps", answer: now?.dataset.figure ?? "" });
    if (now && focus) now.focus();
    if (now) now.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((each) => each.dataset.layer === selected);
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    select(all[next].dataset.layer, true);
  };

  const isTyping = (event) =>
    event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey;

  document.addEventListener("click", (event) => {
    const clicked = event.target.closest(".cl");
    if (clicked && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      // the first click selects; on the selected row, the link leads to its page
      if (clicked.dataset.layer === selected || event.detail === 0) return;
      event.preventDefault();
      select(clicked.dataset.layer, true);
      return;
    }
    const filter = event.target.closest("a[data-filter]");
    if (filter && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(filter.href);
    }
  });

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.matches("select[data-send]")) form.requestSubmit();
    if (!event.target.matches("select[data-filter]")) return;
    const wanted = [...new FormData(form)].filter(([, value]) => value !== "");
    show(`${location.pathname}?${new URLSearchParams(wanted)}`);
  });

  document.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    if (event.key === "j" || event.key === "J") move(1);
    else if (event.key === "k" || event.key === "K") move(-1);
    else if (event.key === "Enter" && row() && document.activeElement === document.body) row().click();
    else if (event.key === "Escape" && selected) select(null, false);
  });

  // only the list and the counts are replaced: the map stays as it is
  const show = async (address) => {
    const focused = document.activeElement?.id;
    await htmx.ajax("GET", address, { target: "#figures", select: "#figures", swap: "outerHTML", selectOOB: "#counts" });
    history.replaceState(null, "", address);
    if (focused) document.getElementById(focused)?.focus();
  };
  document.addEventListener("htmx:after:swap", paint);

  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
    if (event.data?.type !== "ready") return;
    if (site) post({ type: "show-site", id: site });
    else if (selected) {
      post({ type: "select-layer", layer: selected });
      post({ type: "show-steps", answer: row()?.dataset.figure ?? "" });
    }
  });
  paint();
})();
