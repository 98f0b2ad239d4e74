// The means to draw charts: scales, axes, marks and what hovering tells. A chart is made for a width in pixels, so that
// its letters keep their size on a phone and on a wall.

const FONT = 12;
// Mean width of a letter of the page's font at that size; labels are cut by it, never by the edge of a chart.
const LETTER = 7;

/** A scale from numbers to pixels, with the ticks that suit it. */
function linearScale([low, high], [from, to]) {
  const span = high - low || 1;
  const scale = (value) => from + ((value - low) / span) * (to - from);
  return Object.assign(scale, { domain: [low, high], range: [from, to], ticks: (count) => ticks(low, high, count) });
}

/** The step between ticks: 1, 2 or 5 times a power of ten. */
function tickStep(span, count) {
  const raw = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((one) => one * power >= raw * 0.9999) || 10;
  return factor * power;
}

/** Round numbers from the lower to the upper end, about so many. */
function ticks(low, high, count = 5) {
  if (!(high > low)) return [low];
  const step = tickStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

/** A domain that covers the numbers and ends at ticks; from zero unless `zero` is false. */
function niceDomain(values, { zero = true, count = 5 } = {}) {
  const known = values.filter(isNumber);
  let low = known.reduce((least, value) => Math.min(least, value), zero ? 0 : Infinity);
  let high = known.reduce((most, value) => Math.max(most, value), zero ? 0 : -Infinity);
  if (!(low <= high)) return [0, 1];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(low, low * (zero ? 1 : 0.9)), high + Math.abs(high) * 0.1];
  const step = tickStep(high - low, count);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** True for numbers that an axis from zero would press together: curves and points may leave zero out then, and say so. */
function isFarFromZero(values) {
  const known = values.filter(isNumber);
  return known.length > 1 && Math.min(...known) > 0.45 * Math.max(...known) && Math.max(...known) > Math.min(...known);
}

/** A scale from names to bands of equal width; `scale(name)` is where a band begins, `scale.middle(name)` its middle. */
function bandScale(names, [from, to], gap = 0.25) {
  const step = (to - from) / Math.max(1, names.length);
  const width = step * (1 - gap);
  const places = new Map(names.map((name, place) => [name, from + step * (place + gap / 2)]));
  const scale = (name) => places.get(name);
  return Object.assign(scale, { names, step, width, middle: (name) => places.get(name) + width / 2 });
}

/** The least steps of equal labels that leave room for each: every label, every second, every fifth … */
function labelStep(count, room, letters) {
  const fits = Math.max(1, Math.floor(room / (letters * LETTER + 8)));
  return Math.max(1, Math.ceil(count / fits));
}

/**
 * An empty chart: the picture and the place in it that marks may use. `label` says what it shows to those who hear it.
 * `area` is `{left, right, top, bottom}` in pixels.
 */
function plot({ width, height, margin, label }) {
  const space = { top: 8, right: 8, bottom: 28, left: 48, ...margin };
  const area = { left: space.left, right: Math.max(space.left + 40, width - space.right), top: space.top, bottom: height - space.bottom };
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "chart", role: "group", "aria-label": label });
  return { root, area, width, height };
}

// With its title and foot a chart of this height takes half a page of A4 across.
const PAPER_HEIGHT = 205;

/** The height of a chart that may be lower on paper. */
function heightFor(height, isPaper) {
  return isPaper ? Math.min(height, PAPER_HEIGHT) : height;
}

function text(x, y, words, { anchor = "start", css = "", room, ...further } = {}) {
  const told = room === undefined ? words : shortened(words, Math.max(3, Math.floor(room / LETTER)));
  const title = told === words ? null : svg("title", null, words);
  return svg("text", { x, y, "text-anchor": anchor, class: css || null, ...further }, told, title);
}

function line(x1, y1, x2, y2, css) {
  return svg("line", { x1, y1, x2, y2, class: css });
}

// The form of axes on which shares are told.
const PERCENT_TICKS = { divisor: 0.01, suffix: `${THIN}%`, unit: "" };

/** Writes the ticks of an axis as amounts of `form`, with the decimals that tell them apart. */
function tickWriter(found, { divisor, suffix = "" }) {
  const step = (found.length > 1 ? found[1] - found[0] : found[0]) / divisor;
  const decimals = step === 0 ? 0 : Math.max(0, -Math.floor(Math.log10(Math.abs(step)) + 1e-9));
  return (tick) => withDecimals(tick / divisor, decimals) + suffix;
}

/** A vertical axis with a light grid: ticks at the left, the unit above them. Ticks are written by the form that `amounts` makes. */
function valueAxis({ root, area }, scale, { form, unit, count }) {
  const found = scale.ticks(count || Math.max(2, Math.round((area.bottom - area.top) / 45)));
  const write = tickWriter(found, form);
  const group = svg("g", { class: "axis", "aria-hidden": true });
  for (const tick of found) {
    const y = scale(tick);
    group.append(line(area.left, y, area.right, y, tick === 0 ? "zero" : "grid"), text(area.left - 6, y + 4, write(tick), { anchor: "end" }));
  }
  if (unit) group.append(text(Math.max(0, area.left - 44), area.top - 10, unit, { css: "unit" }));
  root.append(group);
}

/** A horizontal axis of numbers, with the unit at its right end. */
function baseAxis({ root, area }, scale, { form, unit, count, grid = true }) {
  const found = scale.ticks(count || Math.max(2, Math.round((area.right - area.left) / 90)));
  const write = tickWriter(found, form);
  const group = svg("g", { class: "axis", "aria-hidden": true });
  for (const tick of found) {
    const x = scale(tick);
    if (grid) group.append(line(x, area.top, x, area.bottom, tick === 0 ? "zero" : "grid"));
    group.append(text(x, area.bottom + 16, write(tick), { anchor: "middle" }));
  }
  if (unit) group.append(text(area.right, area.bottom + 32, unit, { anchor: "end", css: "unit" }));
  root.append(group);
}

/** Names below the bands of a chart, as many as there is room for. */
function bandAxis({ root, area }, scale, { format = String } = {}) {
  const names = scale.names.map(format);
  const step = labelStep(names.length, area.right - area.left, Math.max(...names.map((name) => name.length), 1));
  const group = svg("g", { class: "axis", "aria-hidden": true });
  scale.names.forEach((name, place) => {
    if (place % step === 0) group.append(text(scale.middle(name), area.bottom + 16, names[place], { anchor: "middle" }));
  });
  group.append(line(area.left, area.bottom, area.right, area.bottom, "zero"));
  root.append(group);
}

/** A bar between two values, whichever way it points. */
function bar(x, width, scale, from, to, css) {
  const [top, bottom] = [Math.min(scale(from), scale(to)), Math.max(scale(from), scale(to))];
  return svg("rect", { x, y: top, width: Math.max(0.5, width), height: Math.max(0.5, bottom - top), class: css });
}

/** A line that keeps its height over each band and steps between them; a gap where there is no number. */
function stepLine(bands, scale, values, css) {
  let path = "";
  let isOpen = false;
  bands.names.forEach((name, place) => {
    const value = values[place];
    if (!isNumber(value)) {
      isOpen = false;
      return;
    }
    const left = bands.middle(name) - bands.step / 2;
    path += `${isOpen ? "L" : "M"}${left} ${scale(value)}H${left + bands.step}`;
    isOpen = true;
  });
  return svg("path", { d: path, class: css, fill: "none" });
}

/** A line through points. */
function curve(points, css) {
  const path = points.map(([x, y], place) => `${place ? "L" : "M"}${x} ${y}`).join("");
  return svg("path", { d: path, class: css, fill: "none" });
}

/** A range of likely values: a line with feet, and a dot where the middle is known. */
function whisker(x, scale, low, high, middle, css) {
  const [top, bottom] = [scale(high), scale(low)];
  const group = svg("g", { class: `whisker ${css || ""}` }, line(x, top, x, bottom), line(x - 4, top, x + 4, top), line(x - 4, bottom, x + 4, bottom));
  if (isNumber(middle)) group.append(svg("circle", { cx: x, cy: scale(middle), r: 3 }));
  return group;
}

/** A point of one of several shapes, so that kinds differ not by colour alone. */
function point(x, y, radius, css, shape = "circle") {
  if (shape === "circle") return svg("circle", { cx: x, cy: y, r: radius, class: css });
  const r = radius * 1.15;
  const corners = shape === "diamond" ? [[0, -r], [r, 0], [0, r], [-r, 0]] : shape === "triangle" ? [[0, -r], [r, r * 0.8], [-r, r * 0.8]] : [[-r, -r], [r, -r], [r, r], [-r, r]].map(([a, b]) => [a * 0.8, b * 0.8]);
  return svg("polygon", { points: corners.map(([dx, dy]) => `${x + dx},${y + dy}`).join(" "), class: css });
}

/** A pattern of stripes for marks that colour alone should not tell apart; the value is for `fill`. */
function stripes(root, css) {
  const id = freshId("stripes");
  const tile = svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  tile.append(svg("rect", { width: 6, height: 6, class: `${css} paper` }), svg("rect", { width: 3, height: 6, class: css }));
  root.append(svg("defs", null, tile));
  return `url(#${id})`;
}

const hint = { node: null };

/** Shows what a mark tells beside it, inside the window. */
function showHint(mark, lines) {
  hint.node ||= document.body.appendChild(el("div", { class: "hint", "aria-hidden": true }));
  hint.node.replaceChildren(...lines.map((words, place) => el(place ? "div" : "strong", null, words)));
  hint.node.hidden = false;
  const [at, box] = [mark.getBoundingClientRect(), hint.node.getBoundingClientRect()];
  const room = document.documentElement.clientWidth;
  const left = Math.min(Math.max(4, at.left + at.width / 2 - box.width / 2), Math.max(4, room - box.width - 4));
  const above = at.top - box.height - 8;
  hint.node.style.left = `${left}px`;
  hint.node.style.top = `${above > 0 ? above : at.bottom + 8}px`;
}

function hideHint() {
  if (hint.node) hint.node.hidden = true;
}

/**
 * Lets marks tell more when they are hovered or focused. `tell` are lines, the first in bold; `attributes` lead somewhere
 * (`data-project`). The marks of a chart are one stop of the tabulator; arrows go from mark to mark, Home and End to the ends.
 */
function tellMarks(root, marks) {
  marks.forEach(({ node, tell, attributes = {} }, place) => {
    const leads = Object.keys(attributes).length > 0;
    setMark(node, { tabindex: place === 0 ? 0 : -1, role: leads ? "button" : "img", "aria-label": tell.join(". "), ...attributes });
    node.classList.add("mark");
    node.addEventListener("pointerenter", () => showHint(node, tell));
    node.addEventListener("pointerleave", hideHint);
    node.addEventListener("focus", () => showHint(node, tell));
    node.addEventListener("blur", hideHint);
    node.addEventListener("keydown", (event) => moveAmong(marks, place, event));
  });
}

function setMark(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
}

function moveAmong(marks, place, event) {
  const steps = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: marks.length - 1 };
  if (event.key === "Escape") hideHint();
  const next = marks[steps[event.key]];
  if (!next) return;
  event.preventDefault();
  marks[place].node.setAttribute("tabindex", -1);
  next.node.setAttribute("tabindex", 0);
  next.node.focus();
}
