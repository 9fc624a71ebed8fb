// The chart of a bridge. It lies in the rows of the table and draws their numbers: chart and table are one.
"use strict";
(() => {
  const box = document.getElementById("chart");
  const table = document.getElementById("bridge");
  if (!box || !table || !window.echarts) return;
  const rows = [...table.tBodies[0].rows];
  const axis = Object.fromEntries(["low", "high", "from", "to"].map((name) => [name, Number(box.dataset[name])]));
  const NOTHING = "rgba(0,0,0,0)";
  let strips = []; // where each row's strip lies in the chart
  let colours = {};

  /* Colours are the tokens of the moment: light, dark or print. */
  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const token = (name) => style.getPropertyValue(name).trim();
    const verdict = box.dataset.verdict;
    colours = {
      net: token(`--v-${verdict}-m`),
      text: token(`--v-${verdict}-t`),
      ink: token("--ink"),
      added: token("--ink-3"),
      join: token("--line-strong"),
      band: token("--accent-soft"),
      accent: token("--accent"),
      font: getComputedStyle(box).fontFamily,
    };
    colours.taken = hatch(verdict === "short" ? colours.net : token("--ink-3"), token("--panel"));
  }

  function hatch(colour, ground) {
    const ratio = Math.max(1, Math.round(window.devicePixelRatio));
    const tile = document.createElement("canvas");
    tile.width = tile.height = 6 * ratio;
    const pen = tile.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = ground;
    pen.fillRect(0, 0, 6, 6);
    pen.globalAlpha = 0.6;
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 6, 6);
    pen.globalAlpha = 1;
    pen.strokeStyle = colour;
    pen.lineWidth = 2.4;
    for (const shift of [-6, 0, 6]) {
      pen.beginPath();
      pen.moveTo(shift - 1, 7);
      pen.lineTo(shift + 7, -1);
      pen.stroke();
    }
    return { image: tile, repeat: "repeat", scaleX: 1 / ratio, scaleY: 1 / ratio };
  }

  /* Lay the chart over the cells of its column. */
  function place() {
    const around = box.parentElement.getBoundingClientRect();
    const cells = rows.map((row) => row.querySelector(".g").getBoundingClientRect());
    const [first, last] = [cells[0], cells[cells.length - 1]];
    box.style.left = `${first.left - around.left}px`;
    box.style.top = `${first.top - around.top}px`;
    box.style.width = `${first.width}px`;
    box.style.height = `${last.bottom - first.top}px`;
    strips = cells.map((cell) => ({ top: cell.top - first.top, height: cell.height }));
  }

  const rect = (x, y, width, height, style) => ({ type: "rect", silent: true, shape: { x, y, width, height }, style });
  const line = (x, from, to, stroke) => {
    const at = Math.round(x) + 0.5;
    return { type: "line", silent: true, shape: { x1: at, y1: from, x2: at, y2: to }, style: { stroke, lineWidth: 1 } };
  };

  function band(x, strip, chosen) {
    const [left, right] = [x(axis.from), Math.max(x(axis.to), x(axis.from) + 2)];
    const parts = [rect(left, strip.top, right - left, strip.height, { fill: colours.band, opacity: 0.75 })];
    if (chosen) parts.push(rect(left, strip.top, right - left, strip.height, { fill: colours.accent, opacity: 0.16 }));
    return [...parts, ...[left, right].map((at) => line(at, strip.top, strip.top + strip.height, colours.accent))];
  }

  /* What a row does: a tick where it is a total, a bar of true length where it is a change. */
  function mark(kind, before, after, strip, width) {
    const middle = strip.top + strip.height / 2;
    if (kind === "total") return [rect(after - 1.5, strip.top + 4, 3, strip.height - 8, { fill: colours.ink })];
    if (kind === "net") {
      const left = after > width - 110;
      const label = { text: box.dataset.net, x: after + (left ? -9 : 9), y: middle, fill: colours.text };
      const font = `700 13px ${colours.font}`;
      return [
        rect(after - 2.5, strip.top + 4, 5, strip.height - 8, { fill: colours.net }),
        { type: "text", silent: true, style: { ...label, font, align: left ? "right" : "left", verticalAlign: "middle" } },
      ];
    }
    if (kind === "none" || before === after) return [];
    const height = Math.min(16, strip.height - 12);
    const [from, to] = [Math.min(before, after), Math.max(before, after)];
    return [rect(from, middle - height / 2, Math.max(to - from, 2), height, { fill: after > before ? colours.added : colours.taken })];
  }

  /* The line from the row above to this one, and on to the one below; narrow, each strip is for itself. */
  function joins(before, after, at) {
    const { top, height } = strips[at];
    const meets = (one, other) => one && other && Math.abs(one.top + one.height - other.top) < 2;
    const lines = [];
    if (meets(strips[at - 1], strips[at])) lines.push(line(before, top, top + height / 2, colours.join));
    if (meets(strips[at], strips[at + 1])) lines.push(line(after, top + height / 2, top + height, colours.join));
    return lines;
  }

  function renderRow(params, api) {
    const [before, after, at] = [api.value(0), api.value(1), params.dataIndex];
    const { kind } = rows[at].dataset;
    const x = (value) => api.coord([value, at])[0];
    const strip = strips[at];
    const { width } = params.coordSys;
    const link = rows[at].querySelector("a[data-step]");
    const whole = { ...rect(0, strip.top, width, strip.height, { fill: NOTHING }), silent: !link, cursor: "pointer" };
    const chosen = rows[at].hasAttribute("aria-current");
    const children = [
      ...band(x, strip, chosen),
      ...joins(x(before), x(after), at),
      ...mark(kind, x(before), x(after), strip, width),
      whole,
    ];
    return { type: "group", children };
  }

  place();
  readColours();
  const chart = echarts.init(box, null, { renderer: "canvas" });
  const series = () => ({
    type: "custom",
    renderItem: renderRow,
    encode: { x: [0, 1], y: 2 },
    emphasis: { disabled: true },
    data: rows.map((row, at) => [Number(row.dataset.before), Number(row.dataset.after), at]),
  });
  chart.setOption({
    animation: false,
    grid: { left: 0, right: 0, top: 0, bottom: 0 },
    xAxis: { type: "value", min: axis.low, max: axis.high, show: false },
    yAxis: { type: "category", inverse: true, show: false, data: rows.map((row) => row.dataset.step) },
    series: [series()],
  });
  chart.on("click", ({ dataIndex }) => rows[dataIndex].querySelector("a[data-step]")?.click());

  const redraw = () => {
    place();
    readColours();
    chart.resize();
    chart.setOption({ series: [series()] });
  };
  new ResizeObserver(redraw).observe(table);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  for (const query of ["(prefers-color-scheme: dark)", "print"]) window.matchMedia(query).addEventListener("change", redraw);
  document.addEventListener("bridge:chosen", redraw);
  document.fonts?.ready.then(redraw);
})();
