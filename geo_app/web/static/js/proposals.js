// The question of the coordinate system: what is chosen in the list is shown on the map, and the other way round.
"use strict";
(() => {
  const frame = document.getElementById("places");
  const radios = [...document.querySelectorAll("input[name=crs]")];
  if (!frame) return;
  const post = (type, answer) => frame.contentWindow?.postMessage({ type, answer }, location.origin);
  const chosen = () => radios.find((radio) => radio.checked);
  const show = () => chosen() && post("choose-proposal", chosen().value);

  for (const radio of radios) radio.addEventListener("change", show);
  const other = document.getElementById("crs-code");
  other?.addEventListener("input", () => {
    document.getElementById("crs-other").checked = true;
    show();
  });
  for (const button of document.querySelectorAll("button[data-near]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const radio = radios.find((each) => each.value === button.dataset.near);
      if (radio) radio.checked = true;
      show();
      post("near-proposal", button.dataset.near);
    });
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== frame.contentWindow) return;
    if (event.data?.type === "ready") show();
    const radio = event.data?.type === "proposal" && radios.find((each) => each.value === event.data.answer);
    if (radio) radio.checked = true;
  });
})();
