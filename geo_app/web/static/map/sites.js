/* The sites of one layer, fetched as GeoJSON and drawn one by one: as their shape where that can be seen, else as a dot. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  const DRAWABLE = 7; // pixels
  const LARGE_DOT_M2 = 1.5e6;

  const Dot = L.CircleMarker.extend({
    _updatePath() {
      const { x, y } = this._point;
      this._renderer._setPath(this, this._empty() ? "M0 0" : LM.shape(this.options.icon, x, y, this._radius));
    },
  });

  /* Stripes in a layer's colour, for what does not count. */
  function hatch(number) {
    const id = `lp-hatch-${number}`;
    if (document.getElementById(id)) return `url(#${id})`;
    const pattern = LM.svg(
      "pattern",
      { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)", class: `lp-l${number}` },
      LM.svg("path", { d: "M0 0v5M5 0v5", class: "lp-stripe" }),
    );
    document.body.append(LM.svg("svg", { class: "lp-defs", width: 0, height: 0, "aria-hidden": "true" }, pattern));
    return `url(#${id})`;
  }

  const Sites = L.FeatureGroup.extend({
    initialize(options) {
      L.FeatureGroup.prototype.initialize.call(this);
      Object.assign(this, { id: options.id, number: options.number, icon: options.icon, title: options.title });
      L.Util.setOptions(this, options);
      this.pane = `sites-${options.number}`;
      this.base = 400;
      this._sites = [];
      LM.layers.push(this);
    },

    onAdd(map) {
      LM.pane(this.pane, this.base + this.number);
      this._renderer ??= L.svg({ pane: this.pane, padding: 0.2 });
      L.FeatureGroup.prototype.onAdd.call(this, map);
      map.on("zoomend", this._draw, this);
      this.loaded ??= this._load();
      this._draw();
    },

    onRemove(map) {
      map.off("zoomend", this._draw, this);
      L.FeatureGroup.prototype.onRemove.call(this, map);
    },

    async _load() {
      try {
        const { features } = await LM.fetchJson(this.options.url);
        this._sites = features.map((feature) => this._read(feature));
      } catch (error) {
        console.warn(error);
        LM.notice(`failed-${this.id}`, LM.text("failed", { layer: this.title }));
      }
      this._draw();
    },

    _read(feature) {
      const { properties, dot, geometry } = feature;
      const bounds = L.geoJSON(geometry).getBounds();
      const size = LM.map.project(bounds.getSouthEast(), 0).subtract(LM.map.project(bounds.getNorthWest(), 0));
      return {
        id: properties.id,
        code: properties.code ?? "",
        at: L.latLng(dot[1], dot[0]),
        geometry,
        point: geometry.type.endsWith("Point"),
        size: Math.max(size.x, size.y),
        counts: properties.counted === true || Number(properties.counted) > 0,
        partly: typeof properties.counted === "number" && properties.counted > 0 && properties.counted < properties.amount,
        amount: properties.amount,
        drawn: null,
      };
    },

    /* Swap shapes and dots as the zoom asks for. */
    _draw() {
      if (!this._map) return;
      const scale = 2 ** this._map.getZoom();
      for (const site of this._sites) {
        const kind = site.point || site.size * scale < DRAWABLE ? "dot" : "shape";
        if (site.drawn?.kind === kind) continue;
        if (site.drawn) this.removeLayer(site.drawn);
        site[kind] ??= kind === "dot" ? this._dot(site) : this._shape(site);
        site.drawn = site[kind];
        this.addLayer(site.drawn);
      }
    },

    _style(site, kind) {
      const state = site.counts ? (site.partly ? "is-partly" : "is-counted") : "is-out";
      return { pane: this.pane, renderer: this._renderer, className: `lp-site lp-${kind} lp-l${this.number} ${state}` };
    },

    _dot(site) {
      let radius = 3.6;
      if (this.options.parts) {
        const m2 = Math.max(0, Number(site.amount ?? 0)) / this.options.parts;
        radius = 2.2 + 2.8 * Math.min(1.2, Math.sqrt(m2 / LARGE_DOT_M2));
      }
      return this._ready(new Dot(site.at, { ...this._style(site, "dot"), radius, icon: this.icon }), site, "dot");
    },

    _shape(site) {
      const line = site.geometry.type.endsWith("LineString");
      const style = this._style(site, line ? "line" : "shape");
      if (!site.counts && !line) style.fillColor = hatch(this.number);
      const pointToLayer = () => this._dot(site); // of a collection
      return this._ready(L.geoJSON(site.geometry, { ...style, style, pointToLayer }), site, "shape");
    },

    _ready(drawing, site, kind) {
      drawing.kind = kind;
      drawing.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        LM.open(this, site.id, site, site.at);
      });
      return drawing;
    },

    find(id) {
      return this._sites.find((site) => String(site.id) === String(id));
    },

    /* Dots within so many pixels, roughly: within the square around them. */
    near(latlng, pixels) {
      const point = this._map.latLngToContainerPoint(latlng);
      const corners = [-pixels, pixels].map((shift) => this._map.containerPointToLatLng(point.add([shift, shift])));
      const around = L.latLngBounds(corners);
      return this._sites.filter((site) => site.drawn?.kind === "dot" && around.contains(site.at));
    },

    dots() {
      return this._sites.map((site) => site.at);
    },

    total() {
      return this._sites.length;
    },

    inView(bounds) {
      return this._sites.filter((site) => bounds.contains(site.at)).length;
    },

    hasUncounted() {
      return this._sites.some((site) => !site.counts || site.partly);
    },
  });

  LM.sites = (options) => new Sites(options);
})();
