/* Where findings lie: a mark each, whose shape says how severe it is. Which ones: the filters in the address. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  const NEAREST = 13; // zoom
  const MARKS = { severe: "M6 1l5 5-5 5-5-5z", check: "M6 2l4 4-4 4-4-4z", note: "M2 6h8" };

  const Found = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      L.Util.setOptions(this, options);
      LM.extras.push(this);
    },

    onAdd(map) {
      LM.pane("found", 580);
      L.LayerGroup.prototype.onAdd.call(this, map);
      this.loaded = this._load();
    },

    hasView() {
      return this.getLayers().length > 0;
    },

    async _load() {
      try {
        const { features, total } = await LM.fetchJson(this.options.url + window.location.search);
        for (const feature of [...features].reverse()) this._draw(feature);
        if (total > features.length) LM.notice("found", LM.text("found_of", { count: LM.number(features.length), all: LM.number(total) }));
        if (!features.length) LM.notice("found", LM.text("found_nowhere"));
        else this._near(features);
      } catch (error) {
        console.warn(error);
        LM.notice("found", LM.text("no_found"));
      }
    },

    _draw({ properties, geometry }) {
      const { severity, title, url } = properties;
      const mark = LM.svg("svg", { class: `lp-found lp-found-${severity}`, viewBox: "0 0 12 12", "aria-hidden": "true" }, LM.svg("path", { d: MARKS[severity] ?? MARKS.note }));
      const icon = L.divIcon({ html: mark, className: "lp-found-at", iconSize: [24, 24] });
      const [lon, lat] = geometry.coordinates;
      const marker = L.marker([lat, lon], { icon, pane: "found", title, alt: title });
      marker.on("click keypress", ({ originalEvent }) => {
        if (originalEvent?.type === "keypress" && originalEvent.key !== "Enter") return;
        window.top.location.assign(url);
      });
      this.addLayer(marker);
    },

    _near(features) {
      const bounds = L.latLngBounds(features.map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]));
      LM.map.fitBounds(bounds, { padding: [28, 28], maxZoom: NEAREST, animate: false });
    },
  });

  LM.found = (options) => new Found(options);
})();
