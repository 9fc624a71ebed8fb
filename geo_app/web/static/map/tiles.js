/* The sites of one big layer, drawn from vector tiles; what was clicked, the server says. */
"use strict";

(() => {
  const LM = window.LandproofMap;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function colourOf(number) {
    const probe = LM.el("i", { class: `lp-l${number}`, hidden: true });
    document.body.append(probe);
    const value = getComputedStyle(probe).getPropertyValue("--c").trim();
    probe.remove();
    return value;
  }

  function stripes(shade) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 6;
    const brush = canvas.getContext("2d");
    brush.strokeStyle = shade;
    brush.lineWidth = 1.2;
    for (const shift of [-6, 0, 6]) {
      brush.moveTo(shift, 6);
      brush.lineTo(shift + 6, 0);
    }
    brush.stroke();
    return canvas;
  }

  /* Draws a feature the way sites.js draws a site. */
  class Symbol {
    constructor(layer) {
      this.layer = layer;
      this.refresh();
    }

    refresh() {
      this.shade = colourOf(this.layer.number);
      this.halo = colour("--m-halo");
      this.stripes = stripes(this.shade);
    }

    draw(brush, rings, zoom, feature) {
      const counts = feature.props.counted;
      if (feature.geomType === 1) {
        for (const { x, y } of rings.flat()) this._dot(brush, x, y, counts);
        return;
      }
      brush.beginPath();
      for (const ring of rings) {
        ring.forEach(({ x, y }, i) => (i ? brush.lineTo(x, y) : brush.moveTo(x, y)));
        if (feature.geomType === 3) brush.closePath();
      }
      brush.strokeStyle = this.shade;
      brush.lineWidth = feature.geomType === 2 ? 3 : 1.4;
      brush.setLineDash(counts ? [] : [4, 3]);
      if (feature.geomType === 3) {
        brush.globalAlpha = counts ? 0.5 : 0.8;
        brush.fillStyle = counts ? this.shade : brush.createPattern(this.stripes, "repeat");
        brush.fill();
      }
      brush.globalAlpha = 1;
      brush.stroke();
      brush.setLineDash([]);
    }

    _dot(brush, x, y, counts) {
      const path = new Path2D(LM.shape(this.layer.icon, x, y, 2.8));
      brush.fillStyle = counts ? this.shade : this.halo;
      brush.strokeStyle = counts ? this.halo : this.shade;
      brush.lineWidth = counts ? 0.7 : 1.3;
      brush.fill(path);
      brush.stroke(path);
    }
  }

  const TileSites = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      Object.assign(this, { id: options.id, number: options.number, icon: options.icon, title: options.title });
      L.Util.setOptions(this, options);
      this.pane = `sites-${options.number}`;
      this.base = 300; // thousands of sites lie under the few
      this.loaded = Promise.resolve();
      LM.layers.push(this);
    },

    onAdd(map) {
      LM.pane(this.pane, this.base + this.number);
      this._symbol ??= new Symbol(this);
      this._tiles ??= this._make();
      map.on("zoomend", this.follow, this);
      L.LayerGroup.prototype.onAdd.call(this, map);
      this.follow();
    },

    onRemove(map) {
      map.off("zoomend", this.follow, this);
      LM.notice(`zoom-${this.id}`, "");
      L.LayerGroup.prototype.onRemove.call(this, map);
    },

    _make() {
      return protomapsL.leafletLayer({
        url: new URL(this.options.url, window.location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}"),
        pane: this.pane,
        attribution: "",
        minZoom: this.options.zoom,
        levelDiff: 0,
        maxDataZoom: this.options.lastZoom,
        paintRules: [{ dataLayer: this.options.tileLayer, symbolizer: this._symbol }],
      });
    },

    /* Tiles from their first zoom on; below it a notice instead. */
    follow() {
      if (!this._map) return;
      const near = this._map.getZoom() >= this.options.zoom;
      if (near) this.addLayer(this._tiles);
      else this.removeLayer(this._tiles);
      const says = { count: LM.number(this.options.count), layer: this.title };
      if (LM.options) LM.notice(`zoom-${this.id}`, near ? "" : LM.text("zoom", says));
    },

    /* Give the id of the site at a place, or null. */
    async ask(latlng) {
      if (this._map.getZoom() < this.options.zoom) return null;
      const place = { lon: latlng.lng.toFixed(7), lat: latlng.lat.toFixed(7), z: Math.round(this._map.getZoom()), layer: this.id };
      try {
        const { site } = await LM.fetchJson(`/map/at?${new URLSearchParams(place)}`);
        return site ?? null;
      } catch (error) {
        console.warn(error);
        LM.notice(`failed-${this.id}`, LM.text("failed", { layer: this.title }));
        return null;
      }
    },

    repaint() {
      this._symbol?.refresh();
      if (this._map && this.hasLayer(this._tiles)) this._tiles.rerenderTiles();
    },

    total() {
      return this.options.count;
    },

    inView() {
      return null;
    },

    hasUncounted() {
      return false;
    },
  });

  LM.tileSites = (options) => new TileSites(options);
})();
