/* Where each proposed coordinate system would put a file: a box, the outlines in it, and a label.
   The page around the map tells which one is chosen, and is told which one was clicked. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  const NEAREST = 13; // zoom

  const boundsOf = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

  /* A collection of outlines is a group of groups. */
  const leaves = (layer) => (layer.getLayers ? layer.getLayers().flatMap(leaves) : [layer]);

  const Proposals = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      L.Util.setOptions(this, options);
      this._drawn = new Map();
      LM.extras.push(this);
      LM.heard.set("choose-proposal", ({ answer }) => this.choose(answer));
      LM.heard.set("near-proposal", ({ answer }) => this.near(answer));
    },

    onAdd(map) {
      LM.pane("proposals", 450);
      LM.pane("proposal-labels", 590);
      L.LayerGroup.prototype.onAdd.call(this, map);
      this.loaded = this._load();
    },

    async _load() {
      try {
        const { features } = await LM.fetchJson(this.options.url);
        for (const feature of features) this._draw(feature);
        if (features.length === 1) this.choose(features[0].properties.answer);
      } catch (error) {
        console.warn(error);
        LM.notice("proposals", LM.text("no_proposals"));
      }
    },

    _draw({ properties, geometry }) {
      const { answer, box } = properties;
      const style = { pane: "proposals", className: "lp-proposed", interactive: false };
      const bounds = boundsOf(box);
      const frame = L.rectangle(bounds, { ...style, className: "lp-proposed lp-box", interactive: true });
      const outlines = L.geoJSON(geometry, { ...style, style, pointToLayer: (_, at) => L.circleMarker(at, { ...style, radius: 2 }) });
      const names = [LM.el("b", { class: "lp-code" }, answer), properties.meridian ? LM.el("b", {}, properties.meridian) : null];
      const text = LM.el("span", { class: "lp-proposal", title: properties.reason }, LM.el("span", {}, ...names), LM.el("small", {}, properties.place));
      const icon = L.divIcon({ html: text, className: "lp-label-at", iconSize: [0, 0] });
      const label = L.marker([box[3], (box[0] + box[2]) / 2], { icon, pane: "proposal-labels", keyboard: false });
      for (const each of [frame, label]) each.on("click", () => this._clicked(answer));
      for (const each of [outlines, frame, label]) this.addLayer(each);
      this._drawn.set(answer, { bounds, shapes: [...leaves(outlines), frame], text });
    },

    /* The first click chooses; on the chosen one, the map goes near. */
    _clicked(answer) {
      if (this._chosen === answer) this.near(answer);
      else {
        this.choose(answer);
        LM.tell({ type: "proposal", answer });
      }
    },

    choose(answer) {
      this._chosen = answer;
      for (const [each, { shapes, text }] of this._drawn) {
        const on = each === answer;
        text.classList.toggle("is-chosen", on);
        for (const shape of shapes) shape.getElement()?.classList.toggle("is-chosen", on);
      }
      const bounds = this._drawn.get(answer)?.bounds;
      if (bounds && !LM.map.getBounds().contains(bounds)) LM.home();
    },

    near(answer) {
      const bounds = this._drawn.get(answer)?.bounds;
      if (bounds) LM.map.fitBounds(bounds, { padding: [48, 48], maxZoom: NEAREST });
    },
  });

  LM.proposals = (options) => new Proposals(options);
})();
