// Scenarios as a grid: two assumptions that vary independently of each other, read off the columns of scenarios.csv.

// A search finds these, or they follow from other assumptions: they are no assumptions.
const OUTCOMES = /^(scenario|status|objective|options_found|scale\.|weight\.)/;

/** The least part of the cells that must be there, and of the scenarios that must have a cell. */
const FILLED = 0.7;

/**
 * The two axes of a sweep: `{rows, columns, cell(row, column)}`, each axis `{name, labels}` and each cell the names of its
 * scenarios; null if the scenarios are no grid.
 */
function gridOf(report) {
  const known = knownGrids.get(report);
  if (known && known.size === report.scenarios.length) return known.grid;
  const grid = foundGrid(report);
  knownGrids.set(report, { size: report.scenarios.length, grid });
  return grid;
}

// A grid is looked for once per report, as long as no scenario is added.
const knownGrids = new WeakMap();

function foundGrid(report) {
  const scenarios = report.scenarios;
  if (scenarios.length < 4) return null;
  const axes = axesOf(report, scenarios);
  let best = null;
  for (let one = 0; one < axes.length; one += 1) {
    for (let other = one + 1; other < axes.length; other += 1) {
      const grid = pairOf(scenarios, axes[one], axes[other]);
      if (grid && (!best || grid.placed > best.placed)) best = grid;
    }
  }
  return best;
}

/** Assumptions that vary; those that vary together are one. */
function axesOf(report, scenarios) {
  const table = report.table("scenarios");
  const varied = new Map();
  for (const column of table.columns.filter((name) => !OUTCOMES.test(name))) {
    const values = scenarios.map((row) => row[column]);
    const distinct = [...new Set(values)];
    if (distinct.length < 2 || distinct.length === scenarios.length) continue;
    const key = values.map((value) => distinct.indexOf(value)).join();
    if (!varied.has(key)) varied.set(key, []);
    varied.get(key).push(column);
  }
  return [...varied.values()].map((columns) => axisOf(report, scenarios, columns)).filter((axis) => axis.labels.length <= 40);
}

/** An axis: its name, and per scenario its label. Amounts of many periods are told as a part of those of the base. */
function axisOf(report, scenarios, columns) {
  const named = columns.find((column) => ["weights", "goal", "discount_rate"].includes(column)) || (columns.length === 1 ? columns[0] : null);
  const sum = (row) => sumOf(columns, (column) => (isNumber(row[column]) ? row[column] : 0));
  const whole = sum(report.base);
  const isAmounts = !named && whole > 0 && columns.every((column) => /^(budget|capacity|cost_scale|benefit_scale)\./.test(column));
  const written = (row) => {
    if (isAmounts) return formatPercent(sum(row) / whole);
    const value = row[named || columns[0]];
    return named === "discount_rate" ? formatPercent(value) : isNumber(value) ? formatNumber(value) : String(value ?? "") || "none";
  };
  const at = scenarios.map(written);
  const order = (label) => (isAmounts ? sum(scenarios[at.indexOf(label)]) : isNumber(scenarios[at.indexOf(label)][named || columns[0]]) ? scenarios[at.indexOf(label)][named || columns[0]] : null);
  const labels = [...new Set(at)];
  if (labels.every((label) => order(label) !== null)) labels.sort((one, other) => order(one) - order(other));
  return { name: axisName(report, columns, named, isAmounts), labels, at };
}

function axisName(report, columns, named, isAmounts) {
  if (named) return assumptionName(report, named);
  const kinds = [...new Set(columns.map((column) => column.split(".")[0]))];
  const lines = [...new Set(columns.map((column) => column.split(".")[1]))];
  const words = { budget: "budget", capacity: "capacity", cost_scale: "cost", benefit_scale: "benefit" };
  if (!isAmounts || kinds.length !== 1) return listed(kinds.map((kind) => words[kind] || measureName(kind)), 2);
  const of = lines.length === 1 ? ` of ${report.line(lines[0]).name}` : "";
  return `${words[kinds[0]]}${of}, part of the base's`;
}

/** The name of a scenario without the keys that a sweep puts into it: `budget_scale=0.8, weights=growth` → `0.8, growth`. */
function scenarioLabel(name) {
  return name.replace(/(^|, )[A-Za-z_.]+=/g, "$1");
}

/** A grid of two axes; null if scenarios share cells or too many cells are empty. */
function pairOf(scenarios, one, other) {
  const [rows, columns] = one.labels.length <= other.labels.length ? [other, one] : [one, other];
  const cells = new Map();
  scenarios.forEach((row, place) => {
    const key = `${rows.at[place]}\n${columns.at[place]}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(row.scenario);
  });
  const placed = [...cells.values()].filter((names) => names.length === 1).length;
  const isFilled = cells.size >= FILLED * rows.labels.length * columns.labels.length && placed >= FILLED * scenarios.length;
  if (!isFilled || rows.labels.length < 2 || columns.labels.length < 2) return null;
  return { rows, columns, placed, cell: (row, column) => (cells.get(`${row}\n${column}`) || [])[0] || null };
}

/** A column of scenarios.csv in words: `budget.capex.2027` → `Budget of Capital in 2027`. */
function assumptionName(report, column) {
  const [, limit] = /^limit\.(.*)\.confidence$/.exec(column) || [];
  if (limit) return `Confidence of ${limit}`;
  const [kind, first, ...rest] = column.split(".");
  const further = rest.join(".");
  if (kind === "budget") return `Budget of ${report.line(first).name}${further ? ` in ${further}` : ""}`;
  if (kind === "capacity") return `Capacity of ${report.resource(first).name}${further ? ` in ${further}` : ""}`;
  if (kind === "cost_scale") return `Factor on costs of ${report.line(first).name}`;
  if (kind === "benefit_scale") return `Factor on benefits of ${first}`;
  if (kind === "weight" && !further) return `Weight of ${report.objective(first).name}`;
  if (kind === "weight") return `Weight of ${report.objective(further).name} in class ${first}`;
  const known = { weights: "Weights", goal: "Goal", force_in: "Forced in", force_out: "Forced out", discount_rate: "Discount rate", limits: "Further limits", options: "Options asked for", discount_at: "Discounted from" };
  return known[column] || capital(column.replace(/_/g, " "));
}
