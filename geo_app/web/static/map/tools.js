/* Zoom, home, layers; scale, CRS and north; credits. */
"use strict";

(() => {
  const LM = window.LandproofMap;
  const SCALE_PX = 97;

  function tool(key, hint, paths, act, attributes = {}) {
    const name = LM.text(key);
    return LM.el(
      "button",
      { type: "button", "aria-label": name, title: hint ? `${name} (${hint})` : name, onclick: act, ...attributes },
      LM.icon(...paths),
    );
  }

  function tools() {
    LM.layersButton = tool("layers", "", ["M8 2 14 5.5 8 9 2 5.5zM2 8.5 8 12l6-3.5M2 11 8 14.5 14 11"], () => {
      LM.card.close();
      LM.legend.sheet(LM.legend.panel.classList.contains("is-closed"));
    });
    LM.layersButton.setAttribute("aria-expanded", "false");
    LM.layersButton.setAttribute("aria-controls", "lp-legend");
    const group = LM.el(
      "div",
      { class: "lp-tools lp-float", role: "group", "aria-label": LM.text("title") },
      tool("zoom_in", "+", ["M8 3v10M3 8h10"], () => LM.map.zoomIn()),
      tool("zoom_out", "−", ["M3 8h10"], () => LM.map.zoomOut()),
      tool("home", "H", ["M2.5 7.5 8 3l5.5 4.5V13.5h-11z"], () => LM.home()),
    );
    return LM.el("div", { class: "lp-side" }, group, LM.el("div", { class: "lp-tools lp-float is-narrow" }, LM.legend.isNeeded() ? LM.layersButton : null, alone()));
  }

  /* On a small screen the map can have the whole of it, and give it back. */
  function alone() {
    if (LM.options.upload !== null) return null;
    const [key, href] = LM.framed ? ["whole", `/map${window.location.search}`] : ["back", "/"];
    const path = LM.framed ? "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" : "M9.5 3.5 5 8l4.5 4.5";
    return LM.el("a", { href, target: "_top", "aria-label": LM.text(key), title: LM.text(key) }, LM.icon(path));
  }

  function scale() {
    const text = LM.el("span", {});
    const bar = LM.el("span", { class: "lp-bar" });
    const north = LM.svg(
      "svg",
      { viewBox: "0 0 12 20", class: "lp-north", role: "img", "aria-label": LM.text("north") },
      LM.svg("path", { d: "M6 1 11 12 6 9.5 1 12z" }),
      LM.svg("text", { x: 6, y: 20, "text-anchor": "middle" }, "N"),
    );
    const box = LM.el(
      "div",
      { class: "lp-scale lp-float", role: "group", "aria-label": LM.text("scale") },
      LM.el("span", {}, text, bar),
      LM.el("span", {}, LM.options.crs),
      north,
    );
    const draw = () => {
      const middle = LM.map.getSize().y / 2;
      const metres = LM.map.distance(LM.map.containerPointToLatLng([0, middle]), LM.map.containerPointToLatLng([SCALE_PX, middle]));
      const power = 10 ** Math.floor(Math.log10(metres));
      const round = power * [5, 2, 1].find((step) => step * power <= metres);
      text.textContent = round >= 1000 ? `${LM.number(round / 1000)}\u202fkm` : `${LM.number(round)}\u202fm`;
      bar.style.width = `${Math.round((SCALE_PX * round) / metres)}px`;
    };
    LM.map.on("moveend", draw);
    draw();
    return box;
  }

  function credits() {
    const parts = ["Leaflet", ...LM.options.credits];
    const list = LM.el("div", { class: "lp-credits-list", id: "lp-credits" });
    if (LM.options.demonstration) list.append(LM.el("b", {}, LM.text("synthetic")), " | ");
    list.append(parts.join(" | "));
    list.title = list.textContent;
    const unfold = () => button.setAttribute("aria-expanded", String(box.classList.toggle("is-open")));
    const says = { "aria-label": LM.text("credits"), "aria-expanded": "false", "aria-controls": "lp-credits" };
    const button = LM.el("button", { type: "button", ...says, onclick: unfold }, "©");
    const box = LM.el("div", { class: "lp-credits" }, list, button);
    return box;
  }

  /* + and − are Leaflet's own where the map has the focus. */
  function keys(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.("input, textarea, select")) return;
    if (key === "h" || key === "H") LM.home();
    else if (document.activeElement === LM.map.getContainer()) return;
    else if (key === "+" || key === "=") LM.map.zoomIn();
    else if (key === "-" || key === "−") LM.map.zoomOut();
  }

  LM.addTools = () => {
    LM.over.append(tools(), scale(), credits());
    if (LM.options.demonstration && !LM.framed) LM.noticeList.append(LM.el("p", { class: "lp-synthetic" }, LM.text("synthetic")));
    document.addEventListener("keydown", keys);
  };
})();
