/* The ground behind a step of a figure's bridge. Which figure and step: from the address of the page, or as
   the page around says. On the large map a list of the steps lets one after the other light up. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  const VISIBLE = 7; // pixels
  const NEAREST = 14; // zoom
  const ON_A_PAGE = 20; // sites that bear their number in the list
  const asked = new URLSearchParams(window.location.search);

  /* Stripes in the colour of what falls away. */
  function hatch() {
    const id = "lp-hatch-lit";
    if (!document.getElementById(id)) {
      const pattern = LM.svg(
        "pattern",
        { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        LM.svg("rect", { width: 5, height: 5, class: "lp-lit-ground" }),
        LM.svg("path", { d: "M0 0v5M5 0v5", class: "lp-lit-stripe" }),
      );
      document.body.append(LM.svg("svg", { class: "lp-defs", width: 0, height: 0, "aria-hidden": "true" }, pattern));
    }
    return `url(#${id})`;
  }

  const Lit = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      L.Util.setOptions(this, options);
      this._dots = [];
      this._features = [];
      LM.extras.push(this);
      LM.heard.set("show-steps", ({ answer }) => this.figure(answer));
      LM.heard.set("near-lit", ({ answer }) => this._near((number) => number === Number(answer)));
      LM.heard.set("light-step", ({ answer, page }) => this.light(answer, Number(page) || 1));
    },

    onAdd(map) {
      LM.pane("lit", 540);
      LM.pane("lit-numbers", 570);
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("zoomend", this._dotted, this);
      map.on("zoomanim", () => (this._zooming = true));
      map.on("zoomend", () => (this._zooming = false));
      const [report, figure] = [asked.get("report"), asked.get("figure")];
      this.loaded ??= report && figure ? this.figure(`${report}/${figure}`, asked.get("step")) : undefined;
    },

    /* Take up a figure, given as report/number; "" for none. */
    async figure(which, step = null) {
      if (which === this._which) return;
      this._which = which;
      this._clear();
      this._panel?.remove();
      this._panel = null;
      if (!which) return;
      const base = `/claims/${which.split("/").map(encodeURIComponent).join("/")}`;
      try {
        const found = await LM.fetchJson(`${base}/steps.json`);
        if (this._which !== which) return;
        this._base = base;
        this._steps = found.steps;
        this._layer = found.layer;
        if (!asked.has("bare")) this._list(found, step !== null);
        if (asked.has("bare")) this._choose();
        if (step) await this.light(step);
      } catch (error) {
        console.warn(error);
        LM.notice("steps", LM.text("no_steps"));
      }
    },

    /* Light up the ground behind a step; the sites on a page of its list bear their number. */
    async light(step, page = 1) {
      if (!this._base) return;
      const turn = (this._turn = (this._turn ?? 0) + 1);
      if (step !== this._step) {
        const { features } = await LM.fetchJson(`${this._base}/steps/${encodeURIComponent(step)}.geojson`);
        if (turn !== this._turn) return;
        this._clear();
        this._step = step;
        this._features = features;
        this._draw();
        this._choose();
      }
      this._number(page);
      this._near((number) => Math.ceil(number / ON_A_PAGE) === page);
      this._press();
      LM.notice("lit", this._features.length === 0 ? LM.text("lit_nowhere") : "");
    },

    _choose() {
      if (LM.layers.some(({ id }) => id === this._layer)) LM.choose(this._layer);
    },

    /* Whether the map has gone somewhere already. */
    hasView() {
      return this._features.length > 0;
    },

    _clear() {
      this.clearLayers();
      this._dots = [];
      this._features = [];
      this._step = null;
      this._numbers = null;
      LM.notice("lit", "");
    },

    _draw() {
      const pieces = new Set(this._features.filter(({ properties }) => properties.kind === "piece").map(({ properties }) => properties.id));
      for (const feature of this._features) {
        const { kind, id } = feature.properties;
        const full = kind === "piece" || (kind === "site" && !pieces.has(id));
        const className = `lp-lit lp-lit-${full ? "full" : "outline"}`;
        const style = { pane: "lit", interactive: false, className, ...(full ? { fillColor: hatch() } : {}) };
        const at = L.latLng(feature.dot[1], feature.dot[0]);
        const shape = L.geoJSON(feature.geometry, { ...style, style, pointToLayer: () => L.circleMarker(at, { ...style, radius: 5 }) });
        this.addLayer(shape);
        if (full && !feature.geometry.type.endsWith("Point")) this._dots.push({ at, bounds: shape.getBounds(), style, dot: null });
      }
      this._dotted();
    },

    /* What is too small to be seen is a dot. */
    _dotted() {
      if (!this._map) return;
      for (const each of this._dots) {
        const [a, b] = [each.bounds.getNorthWest(), each.bounds.getSouthEast()].map((at) => this._map.latLngToLayerPoint(at));
        const small = Math.max(b.x - a.x, b.y - a.y) < VISIBLE;
        if (small) this.addLayer((each.dot ??= L.circleMarker(each.at, { ...each.style, radius: 4 })));
        else if (each.dot) this.removeLayer(each.dot);
      }
    },

    /* Features that stand for the sites of a page: the piece where there is one, else the site. */
    _onPage(page) {
      const best = new Map();
      for (const feature of this._features) {
        const { kind, number } = feature.properties;
        if (kind === "other" || Math.ceil(number / ON_A_PAGE) !== page) continue;
        if (kind === "piece" || !best.has(number)) best.set(number, feature);
      }
      return best;
    },

    _number(page) {
      if (this._numbers) this.removeLayer(this._numbers);
      this._numbers = L.layerGroup();
      for (const [number, { dot }] of this._onPage(page)) {
        const icon = L.divIcon({ html: LM.el("span", { class: "lp-lit-number" }, String(number)), className: "lp-label-at", iconSize: [0, 0] });
        this._numbers.addLayer(L.marker([dot[1], dot[0]], { icon, pane: "lit-numbers", interactive: false, keyboard: false }));
      }
      this.addLayer(this._numbers);
    },

    /* Go to where some sites are, by their numbers, with those that take their ground. */
    _near(wanted) {
      if (this._zooming) {
        LM.map.once("zoomend", () => this._near(wanted)); // until then Leaflet goes nowhere else
        return;
      }
      const bounds = L.latLngBounds([]);
      for (const { properties, geometry } of this._features) {
        if (wanted(properties.number)) bounds.extend(L.geoJSON(geometry).getBounds());
      }
      if (!bounds.isValid()) return;
      const furniture = LM.narrow() ? { paddingTopLeft: [12, 12], paddingBottomRight: [56, 44] } : { padding: [60, 60] };
      LM.map.fitBounds(bounds, { ...furniture, maxZoom: NEAREST, animate: false });
    },

    /* The steps of the figure, folded until one is asked for. */
    _list(found, open) {
      if (!found.steps.length) return;
      const steps = found.steps.map(({ step, title, amount }) =>
        LM.el(
          "li",
          {},
          LM.el("button", { type: "button", "data-step": step, "aria-pressed": "false", onclick: () => this._pick(step) }, LM.el("span", {}, title), LM.el("span", {}, amount)),
        ),
      );
      const heading = LM.el("summary", {}, LM.text("steps_of", { layer: found.title }));
      this._panel = LM.el("details", { class: "lp-steps lp-float", open: open && !LM.narrow() }, heading, LM.el("ul", {}, ...steps));
      LM.over.append(this._panel);
    },

    async _pick(step) {
      if (LM.narrow()) this._panel.open = false; // it would lie on what is lit
      try {
        await this.light(step);
      } catch (error) {
        console.warn(error);
        LM.notice("steps", LM.text("no_steps"));
      }
    },

    _press() {
      for (const button of this._panel?.querySelectorAll("[data-step]") ?? []) {
        button.setAttribute("aria-pressed", String(button.dataset.step === this._step));
      }
    },
  });

  LM.lit = (options) => new Lit(options);
})();
