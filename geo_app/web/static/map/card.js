/* The card of the selected site: text from the server, put in as text. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  let before = null; // what had the focus
  let asked = 0;

  const card = {
    add() {
      card.box = LM.el("article", { class: "lp-card lp-float", hidden: true, tabindex: "-1" });
      LM.over.append(card.box);
      card.ring = L.layerGroup();
      LM.pane("selected", 560);
      card.ring.addTo(LM.map);
      LM.map.on("zoomend", () => mark(card.now));
      document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !card.box.hidden) card.close();
      });
    },

    async open(layer, id, { site = null, at = null, focus = false } = {}) {
      if (card.box.hidden) before = document.activeElement;
      const turn = (asked += 1);
      mark((card.now = { site, at }));
      fill(layer, { code: site?.code ?? "", title: "", facts: [] }, site, LM.text("loading"));
      if (focus) card.box.focus();
      const one = LM.options.upload === null ? "" : `?upload=${encodeURIComponent(LM.options.upload)}`;
      try {
        const data = await LM.fetchJson(`/map/sites/${encodeURIComponent(id)}.json${one}`);
        if (turn !== asked) return;
        if (!at && Array.isArray(data.dot)) {
          const place = L.latLng(data.dot[1], data.dot[0]);
          LM.map.setView(place, Math.max(LM.map.getZoom(), 11));
          mark((card.now = { site, at: place }));
        }
        fill(layer ?? LM.layers.find((each) => each.id === data.layer) ?? null, data, site);
        uncover(card.now?.at);
      } catch (error) {
        console.warn(error);
        if (turn === asked) fill(layer, { code: site?.code ?? "", title: "", facts: [] }, site, LM.text("no_site"));
      }
      if (focus && turn === asked && !card.box.contains(document.activeElement)) card.box.focus();
    },

    close() {
      asked += 1;
      const inside = card.box.contains(document.activeElement);
      card.box.hidden = true;
      LM.over.classList.remove("has-card");
      mark((card.now = null));
      if (inside) (before && document.contains(before) && before !== document.body ? before : LM.map.getContainer()).focus();
    },
  };

  /* An accent ring on a white one, or the outline of a shape that can be seen. */
  function mark(now) {
    card.ring.clearLayers();
    if (!now?.at) return;
    const shape = now.site?.drawn?.kind === "shape" && !now.site.geometry.type.endsWith("Point");
    for (const className of ["lp-ring-under", "lp-ring"]) {
      const style = { pane: "selected", interactive: false, className };
      card.ring.addLayer(shape ? L.geoJSON(now.site.geometry, { ...style, style }) : L.circleMarker(now.at, { ...style, radius: 8.5 }));
    }
  }

  /* Move the map when the card would lie on its own site. */
  function uncover(at) {
    if (!at) return;
    const point = LM.map.latLngToContainerPoint(at);
    const { left, top, right, bottom } = card.box.getBoundingClientRect();
    const margin = 16;
    if (point.x < left - margin || point.x > right || point.y < top - margin || point.y > bottom) return;
    LM.map.panBy([0, point.y - top + 2 * margin]);
  }

  function fill(layer, data, site, message = "") {
    const title = layer?.title ?? LM.options.titles[data.layer] ?? data.layer ?? "";
    const heading = LM.el("h2", { id: "lp-card-code" }, String(data.code ?? ""));
    const sub = [title, data.title].filter(Boolean).join(" · ");
    const symbol = layer ? LM.mark(layer) : null;
    const close = LM.el(
      "button",
      { type: "button", class: "lp-plain", "aria-label": LM.text("close"), title: `${LM.text("close")} (Esc)`, onclick: card.close },
      LM.icon("M4 4l8 8M12 4l-8 8"),
    );
    const facts = (Array.isArray(data.facts) ? data.facts : []).map(([label, value]) =>
      LM.el("div", {}, LM.el("dt", {}, String(label)), LM.el("dd", {}, String(value ?? ""))),
    );
    const hadFocus = card.box.contains(document.activeElement) && document.activeElement !== card.box;
    const thumb = outline(layer, site, data);
    card.box.replaceChildren(
      LM.el("header", {}, ...(symbol ? [symbol] : []), LM.el("div", {}, heading, LM.el("p", {}, sub)), close),
      LM.el(
        "div",
        { class: thumb ? "lp-body has-thumb" : "lp-body" },
        ...(thumb ? [thumb] : []),
        message ? LM.el("p", { class: "lp-message", role: "status" }, message) : LM.el("dl", {}, ...facts),
      ),
      ...footer(data.url),
    );
    card.box.setAttribute("aria-labelledby", "lp-card-code");
    card.box.hidden = false;
    LM.over.classList.add("has-card");
    if (hadFocus) close.focus();
  }

  function footer(url) {
    // only a page of our own: an address from elsewhere could hold a script
    if (typeof url !== "string" || !/^\/(?!\/)/.test(url)) return [];
    return [LM.el("footer", {}, LM.el("a", { class: "lp-button", href: url, target: "_top" }, LM.text("open")))];
  }

  /* A small drawing of the site, north up, as wide as it is on the ground. */
  function outline(layer, site, data) {
    const rings = polygonRings(site?.geometry);
    if (!rings.length || !layer) return null;
    const squeeze = Math.cos((site.at.lat * Math.PI) / 180);
    const points = rings.map((ring) => ring.map(([lon, lat]) => [(lon - site.at.lng) * squeeze, site.at.lat - lat]));
    const [xs, ys] = [0, 1].map((axis) => points.flatMap((ring) => ring.map((point) => point[axis])));
    const range = (list) => list.reduce(([low, high], each) => [Math.min(low, each), Math.max(high, each)], [Infinity, -Infinity]);
    const [[left, right], [top, bottom]] = [range(xs), range(ys)];
    const scale = 84 / (Math.max(right - left, bottom - top) || 1);
    const place = ([x, y]) => `${((x - (left + right) / 2) * scale).toFixed(1)} ${((y - (top + bottom) / 2) * scale).toFixed(1)}`;
    const d = points.map((ring) => `M${ring.map(place).join("L")}z`).join("");
    const state = site.counts ? "" : " is-out";
    return LM.svg(
      "svg",
      { class: `lp-thumb lp-l${layer.number}`, viewBox: "-59 -52 118 104", role: "img", "aria-label": LM.text("outline", { code: data.code ?? "" }) },
      LM.svg("path", { d, class: `lp-thumb-shape${state}`, "fill-rule": "evenodd" }),
    );
  }

  function polygonRings(geometry) {
    if (geometry?.type === "Polygon") return geometry.coordinates;
    return geometry?.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
  }

  LM.card = card;
})();
