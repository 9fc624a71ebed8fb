// Sending a file with a progress bar; without this the form works as any other.
"use strict";
(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const file = form.elements.file;
  const drop = form.querySelector("[data-drop]");
  const sending = form.querySelector(".sending");
  const bar = sending.querySelector("progress");
  const told = sending.querySelector("[role=status]");
  const problem = document.getElementById("problem");
  const button = form.querySelector(".btn-primary");
  const stop = form.querySelector("[data-stop]");

  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });

  const show = (isSending) => {
    sending.hidden = stop.hidden = !isSending;
    button.disabled = isSending;
  };

  const fail = (sentence) => {
    problem.textContent = sentence;
    problem.hidden = false;
    show(false);
    button.focus();
    problem.scrollIntoView({ block: "nearest" });
  };

  const finish = (request) => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer = {};
    }
    const address = answer.location ? new URL(answer.location, location.href) : null;
    if (request.status < 400 && address && address.origin === location.origin) location.assign(address.href);
    else fail(answer.error || form.dataset.broken);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      const share = Math.round((100 * step.loaded) / step.total);
      bar.value = share;
      told.textContent = share < 100 ? form.dataset.sending.replace("{share}", share) : form.dataset.checking;
    });
    request.addEventListener("load", () => finish(request));
    request.addEventListener("error", () => fail(form.dataset.broken));
    request.addEventListener("abort", () => fail(form.dataset.stopped));
    stop.onclick = () => request.abort();
    bar.value = 0;
    told.textContent = form.dataset.sending.replace("{share}", 0);
    problem.hidden = true;
    show(true);
    stop.focus();
    request.send(new FormData(form));
  });
})();
