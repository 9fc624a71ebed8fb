/* What lies under the sites. Colours are classes of map.css, so they follow the theme by themselves. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  // name of the file, pane, class
  const LINES = [
    ["neighbours", 201, "lp-neighbours"],
    ["land", 202, "lp-land"],
    ["rivers", 210, "lp-river"],
    ["lakes", 211, "lp-lake"],
    ["districts", 220, "lp-district"],
    ["land", 221, "lp-border"],
  ];
  const RELIEF_ZOOM = 10; // its cells are 20 km: nearer it shows nothing but blur

  const Relief = L.ImageOverlay.extend({
    /* Keep the picture inside the land: its own shape, in its own pixels. */
    _reset() {
      L.ImageOverlay.prototype._reset.call(this);
      const image = this.getElement();
      image.style.display = this._map.getZoom() > RELIEF_ZOOM ? "none" : "";
      const corner = this._map.latLngToLayerPoint(this.getBounds().getNorthWest());
      const path = this.options.rings
        .map((ring) => `M${ring.map((at) => this._map.latLngToLayerPoint(at).subtract(corner)).map((p) => `${p.x} ${p.y}`).join("L")}z`)
        .join("");
      image.style.clipPath = path ? `path("${path}")` : "none";
    },
  });

  function ringsOf(geojson) {
    const polygons = geojson.features.flatMap(({ geometry }) =>
      geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [],
    );
    return polygons.flat().map((ring) => ring.map(([lng, lat]) => L.latLng(lat, lng)));
  }

  function label(at, name, kind, rank) {
    const text = LM.el("span", { class: `lp-label ${kind}` }, name);
    const icon = L.divIcon({ html: text, className: "lp-label-at", iconSize: [0, 0] });
    const marker = L.marker(at, { icon, pane: "labels", interactive: false, keyboard: false });
    return { marker, text, rank };
  }

  const Backdrop = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      L.Util.setOptions(this, options);
      this._labels = [];
    },

    onAdd(map) {
      LM.map = map;
      LM.pane("labels", 580).classList.add("lp-labels");
      this._renderers = new Map();
      for (const [name, zIndex] of LINES) LM.pane(`${name}-${zIndex}`, zIndex);
      LM.pane("relief", 205).classList.add("lp-relief");
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("zoomend", this._declutter, this);
      this._load();
    },

    onRemove(map) {
      map.off("zoomend", this._declutter, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },

    async _load() {
      const names = [...new Set([...LINES.map(([name]) => name), "places"])].filter((name) => name in this.options.files);
      // what cannot be loaded is not drawn: the sites matter, the backdrop does not
      const loaded = await Promise.allSettled(names.map((name) => LM.fetchJson(this.options.files[name])));
      const files = new Map(names.map((name, i) => [name, loaded[i].value]).filter(([, value]) => value));
      for (const [name, zIndex, className] of LINES) this._lines(files.get(name), `${name}-${zIndex}`, className);
      this._relief(files.get("land"));
      this._name(files.get("districts"), "is-district", (p) => (p.lon ? L.latLng(p.lat, p.lon) : null), 1e9);
      this._name(files.get("places"), "is-seat", () => null, 1e6);
      this._name(files.get("lakes"), "is-water", () => null, 0);
      this._labels.sort((a, b) => b.rank - a.rank);
      this._declutter();
    },

    _lines(geojson, pane, className) {
      if (!geojson) return;
      const renderer = L.svg({ pane, padding: 0.2 });
      this.addLayer(L.geoJSON(geojson, { pane, renderer, interactive: false, style: { className } }));
    },

    _relief(land) {
      if (!this.options.relief || !this.options.files.relief) return;
      const [south, west, north, east] = this.options.relief;
      const rings = land ? ringsOf(land) : [];
      this.addLayer(new Relief(this.options.files.relief, [[south, west], [north, east]], { pane: "relief", rings, alt: "" }));
    },

    _name(geojson, kind, place, rank) {
      for (const { properties, geometry } of geojson?.features ?? []) {
        const name = this._named(properties);
        if (!name) continue;
        if (kind === "is-seat") this._seat(L.latLng(geometry.coordinates[1], geometry.coordinates[0]));
        if (kind === "is-seat" && this._labels.some((other) => other.text.textContent.startsWith(name))) continue;
        const at = place(properties) ?? L.geoJSON(geometry).getBounds().getCenter();
        const each = label(at, name, kind, rank + (properties.area_km2 ?? 0));
        this._labels.push(each);
        this.addLayer(each.marker);
      }
    },

    _seat(at) {
      this.addLayer(L.circleMarker(at, { radius: 2.2, pane: "labels", interactive: false, className: "lp-seat" }));
    },

    _named(properties) {
      const zh = properties.name_zh ?? properties.name;
      if (this.options.locale === "zh") return zh;
      // an English page without an English name says nothing rather than mixing scripts
      return properties.name_en?.replace(/ Adm\. Committee$/, "").replace(/ Lake$/, " L.");
    },

    /* Of labels that would overlap, the one of higher rank stays. */
    _declutter() {
      const taken = [];
      for (const { marker, text, rank } of this._labels) {
        const small = rank < 1e6 && rank * 4 ** (this._map.getZoom() - 7) < 60;
        text.hidden = false;
        const { x, y } = this._map.latLngToLayerPoint(marker.getLatLng());
        const seat = text.classList.contains("is-seat");
        const [w, h] = [text.offsetWidth + 4, text.offsetHeight + 2];
        const left = seat ? x + 4 : x - w / 2;
        const box = [left, y - h / 2, left + w, y + h / 2];
        const hit = taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]);
        text.hidden = small || hit;
        if (!text.hidden) taken.push(box);
      }
    },
  });

  LM.backdrop = (options) => new Backdrop(options);
})();
