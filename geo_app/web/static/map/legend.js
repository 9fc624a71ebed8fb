/* Sites in view: what each mark means, how many there are, and a switch for each layer. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  const rows = new Map();

  const legend = {
    isNeeded: () => LM.layers.length > 0 || LM.options.withoutPlace > 0,

    add() {
      if (!legend.isNeeded()) return;
      legend.list = LM.el("ul", {}, ...LM.layers.map(row));
      legend.toggle = LM.el("button", { type: "button", class: "lp-link", onclick: () => legend.show(legend.list.hidden) });
      legend.hatched = LM.el("p", { class: "lp-key", hidden: true }, swatch(), LM.text("hatched"));
      legend.notes = LM.el("div", { class: "lp-notes" }, legend.hatched, ...notes());
      legend.panel = LM.el(
        "section",
        { class: "lp-legend lp-float", id: "lp-legend", "aria-label": LM.text("legend") },
        LM.el("h2", {}, LM.text("legend"), legend.toggle),
        legend.list,
        legend.notes,
      );
      LM.over.append(legend.panel);
      legend.show(true);
      if (LM.narrow()) legend.sheet(false);
      LM.map.on("moveend", legend.update);
    },

    /* Fold the panel to its heading, or on a narrow screen close it. */
    show(open) {
      legend.list.hidden = legend.notes.hidden = !open;
      legend.toggle.textContent = LM.text(open ? "hide" : "show");
      legend.toggle.setAttribute("aria-expanded", String(open));
      if (!open && LM.narrow()) legend.sheet(false);
    },

    sheet(open) {
      if (!legend.panel) return;
      legend.panel.classList.toggle("is-closed", !open);
      LM.layersButton?.setAttribute("aria-expanded", String(open));
      if (open) legend.show(true);
      else if (document.activeElement && legend.panel.contains(document.activeElement)) LM.layersButton?.focus();
    },

    update() {
      if (!legend.list) return;
      const bounds = LM.map.getBounds();
      for (const layer of LM.layers) {
        const { item, box, count } = rows.get(layer.id);
        const shown = LM.map.hasLayer(layer);
        const seen = layer.inView(bounds);
        box.checked = shown;
        count.textContent = seen === null ? LM.text("in_all", { count: LM.number(layer.total()) }) : LM.number(seen);
        item.hidden = shown && seen === 0 && !item.contains(document.activeElement);
        item.classList.toggle("is-chosen", layer.id === LM.chosen);
      }
      legend.hatched.hidden = !LM.layers.some((layer) => LM.map.hasLayer(layer) && layer.hasUncounted());
    },
  };

  function row(layer) {
    const box = LM.el("input", { type: "checkbox", onchange: () => turn(layer, box.checked) });
    const url = layer.options.sitesUrl;
    const name = LM.text("sites_of", { layer: layer.title });
    const count = LM.el(url ? "a" : "span", url ? { href: url, target: "_top", title: name, "aria-label": name } : {});
    const item = LM.el("li", {}, LM.el("label", {}, box, LM.mark(layer), LM.el("span", {}, layer.title)), count);
    rows.set(layer.id, { item, box, count });
    return item;
  }

  function turn(layer, on) {
    if (on) LM.map.addLayer(layer);
    else LM.map.removeLayer(layer);
    legend.update();
  }

  function swatch() {
    return LM.svg(
      "svg",
      { class: "lp-mark lp-out", viewBox: "0 0 12 12", "aria-hidden": "true" },
      LM.svg("rect", { x: 1, y: 1, width: 10, height: 10 }),
      LM.svg("path", { d: "M1 8 8 1M4 11 11 4" }),
    );
  }

  function notes() {
    const lines = [];
    if (LM.layers.some((layer) => layer.options.parts)) lines.push(LM.el("p", {}, LM.text("dots")));
    if (LM.options.withoutPlace > 0) {
      const line = LM.el("p", {}, LM.text("no_place", { count: LM.number(LM.options.withoutPlace) }));
      const url = LM.options.withoutPlaceUrl;
      if (url) line.append(" ", LM.el("a", { href: url, target: "_top" }, LM.text("list")));
      lines.push(line);
    }
    return lines;
  }

  LM.legend = legend;
})();
