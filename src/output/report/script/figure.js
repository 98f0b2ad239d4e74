// A figure: its message as title, the measure as subtitle, the chart, the same as a table, and where it comes from.

/** The form of the cells of a column: what numbers of the column have in common is decided once for all of them. */
function columnForm(column, rows) {
  const values = rows.map((row) => column.of(row));
  const isNumeric = column.as ? column.as !== "text" : values.some(isNumber);
  if (!isNumeric) return { title: column.title, isNumeric, write: (value) => (isNumber(value) ? formatNumber(value) : value === null || value === undefined ? "" : String(value)) };
  const plain = { percent: formatPercent, count: formatCount, number: formatNumber }[column.as];
  const form = plain ? { format: plain, unit: "", divisor: 1 } : amounts(values, column.unit);
  const title = form.unit ? `${column.title}, ${form.unit}` : column.title;
  const write = (value, row) => {
    const error = column.error && column.error(row);
    if (!isNumber(value)) return "";
    if (!isNumber(error) || error <= 0) return form.format(value);
    return column.as === "percent" ? formatChance(value, error) : [form.format(value), el("small", null, ` ± ${formatNumber(error / form.divisor, 1)}`)];
  };
  return { title, isNumeric, write };
}

/**
 * A table of rows. A column is `{title, of: row => value}` and may have
 * `as` ("amount" with `unit`, "number", "count", "percent", "text"; guessed where it is left out),
 * `error: row => standard error`, `project`, `scenario` or `option: row => id` to lead there, `css` and `mark: row => css class`.
 * `name` is what a screen reader calls it: no two tables of a page share it.
 */
function tableOf({ columns, rows }, name) {
  const forms = columns.map((column) => columnForm(column, rows));
  const css = (place) => (forms[place].isNumeric ? "number" : null);
  const head = columns.map((_, place) => el("th", { scope: "col", class: css(place) }, forms[place].title));
  const cell = (row, column, place) => {
    const written = forms[place].write(column.of(row), row);
    const mark = [column.css, column.mark && column.mark(row)].filter(Boolean).join(" ");
    const kind = ["project", "scenario", "option"].find((one) => column[one] && column[one](row) !== undefined);
    const inner = kind ? el("button", { class: "link", type: "button", [`data-${kind}`]: column[kind](row) }, written) : written;
    return el(place ? "td" : "th", { class: [css(place), mark].filter(Boolean).join(" ") || null, scope: place ? null : "row" }, inner);
  };
  const body = rows.map((row) => el("tr", null, columns.map((column, place) => cell(row, column, place))));
  return el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": `Table: ${name}` }, el("table", null, el("thead", null, el("tr", null, head)), el("tbody", null, body)));
}

/** A table as text with tabulators, with every digit, as spreadsheets take it. */
function tabSeparated({ columns, rows }) {
  const clean = (value) => (value === null || value === undefined ? "" : String(value).replace(/[\t\r\n]+/g, " "));
  const lines = rows.map((row) => columns.map((column) => clean(column.of(row))).join("\t"));
  return [columns.map((column) => clean(column.unit ? `${column.title}, ${column.unit}` : column.title)).join("\t"), ...lines].join("\n");
}

/** Puts a text on the clipboard; browsers that refuse it to files opened from a disk take it from a selection. */
async function copyText(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const area = document.body.appendChild(el("textarea", { class: "offstage" }));
    area.value = words;
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}

// The width of the last chart is a good guess for the next: nothing jumps when it is drawn.
const drawn = { width: 0, listens: false };

// Charts are drawn anew for paper, as wide as a page of A4 across between its margins.
const PAPER_WIDTH = 1000;

/** Draws all charts of the page for paper, or back for the screen. */
function drawStages(isPaper) {
  hideHint();
  for (const place of document.querySelectorAll(".stage")) place.drawAnew(isPaper);
}

/** Listens for printing, once. */
function listenForPaper() {
  if (drawn.listens) return;
  drawn.listens = true;
  window.addEventListener("beforeprint", () => drawStages(true));
  window.addEventListener("afterprint", () => drawStages(false));
}

/** The place of a chart, which is drawn anew where its width changes, and for paper. */
function stage(chart) {
  const place = el("div", { class: "stage" });
  let room = drawn.width || Math.min(document.documentElement.clientWidth - 32, 760);
  let isOnPaper = false;
  const draw = (width, isPaper) => {
    isOnPaper = isPaper;
    if (!isPaper) drawn.width = room = width;
    place.replaceChildren(chart(width, isPaper));
  };
  const fit = (width) => {
    const next = Math.round(Math.min(Math.max(width, 280), 1100));
    if (!isOnPaper && Math.abs(next - room) >= 2) draw(next, false);
  };
  place.drawAnew = (isPaper) => draw(isPaper ? PAPER_WIDTH : room, isPaper);
  draw(room, false);
  listenForPaper();
  if (window.ResizeObserver) {
    new ResizeObserver((entries) => {
      const { width } = entries[0].contentRect;
      // In the next frame: a chart drawn within the notice would be one more change of sizes.
      if (width > 0) requestAnimationFrame(() => fit(width));
    }).observe(place);
  }
  return place;
}

/** The switch from a picture to its table, which is made when it is first wanted: most never are. */
function tableSwitch(picture, place, make) {
  const id = freshId("table");
  place.id = id;
  place.hidden = true;
  const toggle = el("button", { type: "button", "aria-pressed": "false", "aria-controls": id }, "Table");
  toggle.addEventListener("click", () => {
    const isTable = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(isTable));
    if (isTable && !place.hasChildNodes()) place.append(make());
    [picture.hidden, place.hidden] = [isTable, !isTable];
  });
  return toggle;
}

function copyButton(table) {
  const button = el("button", { type: "button", title: "Copy the table, to paste it into a spreadsheet" }, "Copy");
  button.addEventListener("click", async () => {
    const isCopied = await copyText(tabSeparated(table));
    button.textContent = isCopied ? "Copied" : "Not copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  return button;
}

/**
 * A figure. `title` is its message, a sentence with a number; `subtitle` names the measure, its unit and the scenario;
 * `chart(width, isPaper)` makes a node for a width in pixels, for paper low enough for half a page (a figure without it is a table); `table` is what `tableOf` takes;
 * `legend` is a node below the subtitle; `foot` are texts: what it comes from and how far to trust it;
 * `isLong` where it may go on from page to page.
 */
function figure({ title, subtitle, chart, table, legend, foot, isLong = false }) {
  const name = freshId("figure");
  const picture = chart && stage(chart);
  const rows = table && (picture ? el("div") : tableOf(table, title));
  const tools = table && el("div", { class: "tools" }, picture && tableSwitch(picture, rows, () => tableOf(table, title)), copyButton(table));
  const head = el("div", { class: "figure-head" }, el("div", null, el("h3", { id: name }, title), subtitle && el("p", { class: "subtitle" }, subtitle)), tools);
  const notes = [foot].flat().filter(Boolean);
  return el("figure", { "aria-labelledby": name, class: picture && !isLong ? null : "long" }, head, legend, picture, rows, notes.length > 0 && el("figcaption", null, notes.join(" · ")));
}

/** The meaning of the marks of a chart, in words beside their colours: `[["funded", "funded"], …]` by css class. */
function legendOf(entries) {
  return el("ul", { class: "legend" }, entries.map(([css, words]) => el("li", null, el("span", { class: `swatch ${css}`, "aria-hidden": true }), words)));
}

/** The origin of the figures of an option: scenario, option, how good it is proven to be, trials. */
function provenance(view, { simulated = false } = {}) {
  const { row, report } = view;
  const option = row ? `option ${view.option}` : null;
  const gap = row && isNumber(row.gap) ? row.gap : 0;
  const part = gap > 1e-9 ? ` within ${formatPercent(gap)}` : "";
  const proof = row && (row.status === "optimal" ? `proven best in its place${part}` : gap > 0 ? `not proven best: at most ${formatPercent(gap)} from it` : "not proven best");
  const trials = simulated && report.batch.trials ? `estimated from ${formatCount(report.batch.trials)} trials` : null;
  return [`Scenario ${view.scenario}`, option, proof, trials].filter(Boolean).join(" · ");
}
