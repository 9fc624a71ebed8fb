// The page of a figure: choose a step, see the sites behind it and their ground; J and K to the figures beside it.
"use strict";
(() => {
  const frame = document.getElementById("map");
  const bridge = document.getElementById("bridge");

  const light = () => {
    const { step, page } = document.getElementById("behind").dataset;
    if (step) frame?.contentWindow?.postMessage({ type: "light-step", answer: step, page: Number(page) || 1 }, location.origin);
  };

  const mark = (step) => {
    for (const row of bridge.tBodies[0].rows) {
      if (row.dataset.step === step) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    document.dispatchEvent(new Event("bridge:chosen"));
  };

  /* Only what is said about the step is replaced: the map stays as it is. */
  const show = async (address) => {
    await htmx.ajax("GET", address, { target: "#behind", select: "#behind", swap: "outerHTML", selectOOB: "#behind-head" });
    history.replaceState(null, "", address);
    mark(document.getElementById("behind").dataset.step);
    light();
  };

  document.addEventListener("click", (event) => {
    const near = event.target.closest("button[data-near]");
    if (near) frame.contentWindow?.postMessage({ type: "near-lit", answer: near.dataset.near }, location.origin);
    const link = event.target.closest("a[data-step]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { j: "next", k: "prev" }[event.key.toLowerCase()];
    if (way) document.querySelector(`.crumb a[rel=${way}]`)?.click();
  });

  window.addEventListener("message", (event) => {
    if (event.origin === location.origin && event.source === frame?.contentWindow && event.data?.type === "ready") light();
  });
})();
