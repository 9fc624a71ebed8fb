/* The map's core: what its other scripts share. Text from files goes into the page as text, never as HTML. */
"use strict";

window.LandproofMap = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const NEAR = 10; // pixels
  const AROUND = 10; // zoom: nearer, the backdrop shows hardly anything
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still) {
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
  }

  const LM = {
    map: null,
    options: null, // of start(): strings, titles, home …
    layers: [], // drawn layers, in list order
    extras: [], // what is drawn besides, each with its promise `loaded`
    heard: new Map(), // further messages of the page around: type to what is done
    chosen: null, // id of the layer that a figure lights up
    narrow: () => window.matchMedia("(max-width: 599px)").matches,
    framed: window.parent !== window,
  };

  /* Make an element: attributes, listeners as functions under "on…", children as nodes or text. */
  function build(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }
  LM.el = (tag, attributes = {}, ...children) => build(document.createElement(tag), attributes, children);
  LM.svg = (tag, attributes = {}, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

  LM.number = (value) => Number(value).toLocaleString("en-US");
  LM.text = (key, values = {}) =>
    LM.options.strings[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  /* The outline of a mark: its shape says what the layer is measured by. */
  LM.shape = (icon, x, y, r) => {
    const at = (...points) => `M${points.map(([dx, dy]) => `${x + dx * r} ${y + dy * r}`).join("L")}z`;
    switch (icon) {
      case "square":
        return at([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
      case "diamond":
        return at([0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]);
      case "hexagon":
        return at([-0.55, -1], [0.55, -1], [1.1, 0], [0.55, 1], [-0.55, 1], [-1.1, 0]);
      case "triangle":
        return at([0, -1.15], [1.15, 0.95], [-1.15, 0.95]);
      case "line":
        return at([-1.3, 0.55], [0.9, -0.95], [1.3, -0.55], [-0.9, 0.95]);
      default:
        return `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
    }
  };

  LM.mark = (layer) =>
    LM.svg(
      "svg",
      { class: `lp-mark lp-l${layer.number}`, viewBox: "0 0 12 12", "aria-hidden": "true" },
      LM.svg("path", { d: LM.shape(layer.icon, 6, 6, 4.6) }),
    );

  LM.icon = (...paths) =>
    LM.svg(
      "svg",
      { class: "lp-icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
      ...paths.map((d) => LM.svg("path", { d })),
    );

  LM.fetchJson = async (url) => {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response.json();
  };

  /* Notices above the map, one a key. */
  const notices = new Map();
  LM.notice = (key, text) => {
    notices.get(key)?.remove();
    notices.delete(key);
    if (!text) return;
    const line = LM.el("p", { class: "lp-notice lp-float" }, text);
    notices.set(key, line);
    LM.noticeList.append(line);
  };

  /* One pane a layer, so that a layer is lit, dimmed and stacked as a whole. */
  LM.pane = (name, zIndex) => {
    const pane = LM.map.getPane(name) ?? LM.map.createPane(name);
    pane.style.zIndex = zIndex;
    return pane;
  };

  LM.choose = (id) => {
    LM.chosen = id;
    for (const layer of LM.layers) {
      const pane = LM.map.getPane(layer.pane);
      pane.classList.toggle("is-dim", id !== null && layer.id !== id);
      pane.style.zIndex = layer.base + layer.number + (layer.id === id ? 100 : 0);
      if (layer.id === id && !LM.map.hasLayer(layer)) LM.map.addLayer(layer);
    }
    const drawn = id === null || LM.layers.some((layer) => layer.id === id);
    LM.notice("nowhere", drawn ? "" : LM.text("nowhere", { layer: LM.options.titles[id] ?? id }));
    LM.legend.update();
  };

  /* A dot is smaller than a finger: take the nearest one; where there is none, ask the big layers. */
  LM.pick = async ({ latlng }) => {
    const point = LM.map.latLngToContainerPoint(latlng);
    let best = { gap: NEAR };
    for (const layer of LM.layers.filter((each) => LM.map.hasLayer(each))) {
      for (const site of layer.near?.(latlng, NEAR) ?? []) {
        const gap = LM.map.latLngToContainerPoint(site.at).distanceTo(point);
        if (gap < best.gap) best = { gap, layer, site };
      }
    }
    if (best.site) {
      LM.open(best.layer, best.site.id, best.site, best.site.at);
      return;
    }
    for (const layer of LM.layers.filter((each) => each.ask && LM.map.hasLayer(each)).reverse()) {
      const id = await layer.ask(latlng);
      if (id !== null) {
        LM.open(layer, id, null, latlng);
        return;
      }
    }
  };

  LM.open = (layer, id, site, at) => {
    LM.card.open(layer, id, { site, at, focus: true });
    LM.tell({ type: "site", id });
  };

  LM.home = (options = {}) => {
    const home = LM.options.home;
    if (!home) return;
    const [west, south, east, north] = home;
    const { x: width, y: height } = LM.map.getSize();
    // the legend and the card lie below: where there is room, the land lies above them
    const below = LM.legend.isNeeded() && height >= 480 && width > 600 ? Math.round(height * 0.3) : 12;
    LM.map.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: [8, 12],
      paddingBottomRight: [width > 600 ? 44 : 8, below],
      ...options,
    });
  };

  /* A low frame starts where most sites are, not on the whole area. */
  function firstView() {
    if (LM.extras.some((each) => each.hasView?.())) return;
    const dots = LM.layers.flatMap((layer) => layer.dots?.() ?? []);
    if (LM.options.upload !== null) {
      if (!LM.options.extent || !LM.layers.length) return;
      const [west, south, east, north] = LM.options.extent;
      // of many sites, which are drawn only near, at least where they all lie
      if (!dots.length) L.rectangle([[south, west], [north, east]], { className: "lp-proposed lp-box is-chosen", interactive: false }).addTo(LM.map);
      const padding = { paddingTopLeft: [12, 12], paddingBottomRight: [56, 52] }; // tools and scale
      LM.map.fitBounds([[south, west], [north, east]], { ...padding, animate: false });
      // with what lies around, where a wrong place is seen; the tool "Whole area" goes near
      LM.map.setZoom(Math.min(LM.map.getZoom() - 1.5, AROUND), { animate: false });
    } else if (dots.length && LM.narrow()) {
      const middle = (pick) => dots.map(pick).sort((a, b) => a - b)[dots.length >> 1];
      LM.map.setView([middle((dot) => dot.lat), middle((dot) => dot.lng)], LM.map.getZoom() + 1);
    }
  }

  LM.tell = (message) => {
    if (LM.framed) window.parent.postMessage(message, window.location.origin);
  };

  function listen(event) {
    const message = event.data;
    if (event.origin !== window.location.origin || event.source !== window.parent) return;
    if (typeof message !== "object" || message === null) return;
    const isId = (value) => ["string", "number"].includes(typeof value);
    if (message.type === "select-layer" && (message.layer === null || typeof message.layer === "string")) {
      LM.choose(message.layer);
    } else if (message.type === "show-site" && isId(message.id)) LM.show(message.id);
    else if (message.type === "home") LM.home();
    else if (LM.heard.has(message.type) && typeof message.answer === "string") LM.heard.get(message.type)(message);
  }

  /* Show a site that was asked for by its id, wherever it is. */
  LM.show = (id) => {
    for (const layer of LM.layers) {
      const site = layer.find?.(id);
      if (!site) continue;
      if (!LM.map.hasLayer(layer)) LM.map.addLayer(layer);
      if (!LM.map.getBounds().contains(site.at)) LM.map.setView(site.at, Math.max(LM.map.getZoom(), 11));
      LM.card.open(layer, id, { site, at: site.at });
      LM.legend.update();
      return;
    }
    LM.card.open(null, id);
  };

  /* The page around the map may have been told light or dark; the frame follows it. */
  function followTheme() {
    const root = document.documentElement;
    const outer = LM.framed ? window.parent.document.documentElement : null;
    const take = () => {
      if (outer?.dataset.theme) root.dataset.theme = outer.dataset.theme;
      else delete root.dataset.theme;
      LM.layers.forEach((layer) => layer.repaint?.());
    };
    if (outer) {
      take();
      new MutationObserver(take).observe(outer, { attributes: true, attributeFilter: ["data-theme"] });
    }
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", take);
  }

  LM.start = async (map, options) => {
    LM.options = options;
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", options.strings.map);
    LM.over = LM.el("div", { class: "lp-over" });
    LM.noticeList = LM.el("div", { class: "lp-notices", role: "status" });
    LM.over.append(LM.noticeList);
    box.after(LM.over);
    followTheme();
    LM.home({ animate: false });
    LM.addTools();
    LM.legend.add();
    LM.card.add();
    LM.layers.forEach((layer) => layer.follow?.());
    map.on("click", LM.pick);
    window.addEventListener("message", listen);
    await Promise.all([...LM.layers, ...LM.extras].map((each) => each.loaded));
    firstView();
    LM.legend.update();
    document.documentElement.dataset.ready = "yes";
    const counts = Object.fromEntries(LM.layers.map((layer) => [layer.id, layer.total()]));
    LM.tell({ type: "ready", layers: counts });
  };

  return LM;
})();
