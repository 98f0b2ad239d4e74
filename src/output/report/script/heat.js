// All scenarios at a glance: a heat map where they are a sweep of two assumptions, else a list. A click shows one.

// The reader's last choice stays.
const heat = { measure: null };

chapter({
  id: "scenarios",
  title: "Scenarios",
  question: "What if the budget or the priorities change?",
  isAcross: true,
  build({ report }) {
    if (report.scenarios.length < 2) return null;
    const place = el("div");
    const measures = measuresOf(report);
    if (measures.length === 0) return null;
    const main = mainMeasure(report);
    heat.measure = heat.measure || (measures.some((one) => one.id === main.id) ? main.id : measures[0].id);
    const grid = gridOf(report);
    const draw = () => place.replaceChildren(...scenarioFigures(report, grid, measures, { ...measures.find((one) => one.id === heat.measure), ...(heat.measure === main.id ? main : {}) }, draw));
    draw();
    return place;
  },
  mark(section, view) {
    for (const cell of section.querySelectorAll("[data-scenario]")) {
      if (cell.dataset.scenario === view.scenario) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    }
  },
});

function scenarioFigures(report, grid, measures, measure, draw) {
  const choice = el("select", { name: "Measure", onchange: () => {
    heat.measure = choice.value;
    draw();
    choice.parentElement.isConnected || document.querySelector("select[name=Measure]").focus();
  } }, measures.map(({ id, name }) => el("option", { value: id, selected: id === measure.id }, name)));
  const list = listFigure(report, measures, measure, grid !== null);
  if (!grid) return [list];
  const label = el("label", { class: "choice" }, "Measure ", choice);
  return [handmade(gridTitle(report, grid, measure), gridSubtitle(report, grid, measure), el("div", null, label, heatTable(report, grid, measure)), `Option 1 of each scenario; below each value its change against the base, ${report.base.scenario}. Press a cell to see its scenario.`), el("details", { class: "fold" }, el("summary", null, "The same as a list, with all measures"), list)];
}

function gridSubtitle(report, grid, measure) {
  const form = cellForm(report, measure);
  return `${capital(measure.name)}${form.unit ? `, ${form.unit}` : ""}: ${grid.rows.name} down, ${grid.columns.name.toLowerCase()} across`;
}

/** The value of the first option of a scenario; null where it has none. */
function valueOf(report, scenario, measure) {
  const first = scenario && report.first(scenario);
  return first && isNumber(first[measure.id]) ? first[measure.id] : null;
}

function cellForm(report, measure) {
  if (measure.as === "percent") return { format: formatPercent, unit: "" };
  if (measure.as === "count") return { format: formatCount, unit: "" };
  return amounts(report.scenarios.map((row) => valueOf(report, row.scenario, measure)), measure.unit || "");
}

/** The axis that moves the measure more, in a sentence. */
function gridTitle(report, grid, measure) {
  const { rows, columns } = grid;
  const spread = (outer, inner, cell) => {
    const ranges = outer.labels.map((one) => inner.labels.map((other) => valueOf(report, cell(one, other), measure)).filter(isNumber)).filter((values) => values.length > 1);
    return ranges.length > 0 ? sumOf(ranges, (values) => Math.max(...values) - Math.min(...values)) / ranges.length : 0;
  };
  const byColumns = spread(rows, columns, grid.cell);
  const byRows = spread(columns, rows, (column, row) => grid.cell(row, column));
  const [more, less, large, small] = byRows >= byColumns ? [rows, columns, byRows, byColumns] : [columns, rows, byColumns, byRows];
  const plain = (axis) => axis.name.replace(/, part of the base's$/, "").toLowerCase();
  if (large === 0) return `${capital(measure.name)} is the same in all scenarios`;
  return `${capital(plain(more))} move${/s$/.test(plain(more)) ? "" : "s"} ${measure.name} by ${writeMeasure(measure, large)} on average, ${plain(less)} ${small === 0 ? "not at all" : `by ${writeMeasure(measure, small)}`}`;
}

/** The heat map as a table; `isSmall` for the list of scenarios beside the report. */
function heatTable(report, grid, measure, isSmall = false) {
  const all = grid.rows.labels.flatMap((row) => grid.columns.labels.map((column) => valueOf(report, grid.cell(row, column), measure))).filter(isNumber);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const form = cellForm(report, measure);
  const base = valueOf(report, report.base.scenario, measure);
  const cell = (row, column) => heatCell(report, grid.cell(row, column), measure, { low, high, form, base, isSmall });
  const head = el("tr", null, el("td"), grid.columns.labels.map((label) => el("th", { scope: "col", class: "number" }, label)));
  const body = grid.rows.labels.map((row) => el("tr", null, el("th", { scope: "row" }, row), grid.columns.labels.map((column) => el("td", null, cell(row, column)))));
  const table = el("table", { class: isSmall ? "heat small" : "heat" }, el("thead", null, head), el("tbody", null, body));
  table.addEventListener("keydown", moveInTable);
  return el("div", { class: "wide whole" }, table);
}

/** A cell: darker is more; what it is against the base stands below. */
function heatCell(report, scenario, measure, { low, high, form, base, isSmall }) {
  if (!scenario) return null;
  const value = valueOf(report, scenario, measure);
  const isBase = scenario === report.base.scenario;
  if (value === null) return el("button", { type: "button", class: "heat-cell none", "data-scenario": scenario, title: scenario }, report.scenario(scenario).status);
  const share = high > low ? (value - low) / (high - low) : 0.5;
  const button = el("button", { type: "button", class: "heat-cell", "data-scenario": scenario, title: scenario }, form.format(value), !isSmall && el("small", null, isBase ? "base" : changeWord(measure, value, base)));
  button.style.setProperty("--share", `${Math.round(8 + 67 * share)}%`);
  return button;
}

/** A change against the base: of probabilities in points, of all else as a part. */
function changeWord(measure, value, base) {
  if (!isNumber(base)) return "";
  if (Math.abs(value - base) < 5e-4 * Math.abs(base)) return "equal";
  if (measure.as !== "percent") return formatChange(value, base);
  const points = 100 * (value - base);
  return `${points > 0 ? "+" : ""}${withDecimals(points, Math.abs(points) < 10 ? 1 : 0)} points`;
}

/** Arrows go from cell to cell of a table. */
function moveInTable(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const here = event.target.closest("td");
  if (!step || !here) return;
  const rows = [...event.currentTarget.querySelectorAll("tr")];
  const row = rows[rows.indexOf(here.parentElement) + step[0]];
  const cell = row && row.cells[here.cellIndex + step[1]];
  const target = cell && cell.querySelector("button");
  if (!target) return;
  event.preventDefault();
  target.focus();
}

/** All scenarios, a line each, with every measure. */
function listFigure(report, measures, measure, isSecond) {
  const base = report.first(report.base.scenario);
  const rows = report.scenarios.map((row) => ({ ...row, ...(report.first(row.scenario) || {}), outcome: row.status }));
  const isPlain = rows.every((row) => isNumber(row.projects));
  const change = { title: `${capital(measure.name)} against the base`, of: (row) => (row.scenario === report.base.scenario || !base ? "base" : isNumber(row[measure.id]) ? changeWord(measure, row[measure.id], base[measure.id]) : ""), as: "text", mark: () => "number" };
  const columns = [
    { title: "Scenario", of: (row) => row.scenario, as: "text", scenario: (row) => row.scenario },
    !isPlain && { title: "Outcome", of: (row) => row.outcome, as: "text" },
    ...measures.flatMap((one) => [{ title: capital(one.name), of: (row) => row[one.id], as: one.as, unit: one.unit }, one.id === measure.id && change]),
  ].filter(Boolean);
  return figure({ title: isSecond ? "All scenarios with all measures" : listTitle(report, measure), subtitle: "Option 1 of each scenario", table: { columns, rows }, foot: isSecond || report.base.scenario === "base" ? null : `The base is the scenario ${report.base.scenario}` });
}

function listTitle(report, measure) {
  const told = report.scenarios.map((row) => ({ name: row.scenario, value: valueOf(report, row.scenario, measure) })).filter((one) => one.value !== null);
  if (told.length === 0) return "No scenario has an option";
  const sorted = [...told].sort((one, other) => one.value - other.value);
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  if (low.value === high.value) return `${capital(measure.name)} is ${writeMeasure(measure, low.value)} in all scenarios`;
  return `${capital(measure.name)} lies between ${writeMeasure(measure, low.value)} (${low.name}) and ${writeMeasure(measure, high.value)} (${high.name})`;
}
