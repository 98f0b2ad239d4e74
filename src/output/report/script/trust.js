// Assumptions against the base, warnings, and the proof of where the figures come from.

chapter({
  id: "trust",
  title: "Assumptions",
  question: "What did we assume, and how far can we trust it?",
  build(view) {
    return el("div", null, assumptionFigure(view), warningsOf(view.report), gapFigure(view), runFacts(view.report));
  },
});

// A search finds these: they are no assumptions.
const FOUND = /^(scenario|status|objective|options_found)$|^scale\./;

// Factors of 1 are assumed where nobody assumes anything: not worth a line of the base's list.
const USUAL = /^(cost_scale|benefit_scale)\./;

/** Assumptions that differ from the base's; of the base itself all. */
function assumptionFigure(view) {
  const { report, scenarioRow } = view;
  if (!scenarioRow) return null;
  return report.base.scenario === scenarioRow.scenario ? baseFigures(view) : differingFigure(view);
}

const assumptionText = (row, column) => (isNumber(row[column]) ? formatNumber(row[column], 6) : String(row[column] ?? ""));

/** An assumption's cell: projects by their names. */
const assumptionCell = (report, row, column) => ({ class: "number", of: /^force_/.test(column) ? listedNames(report, row[column]) : assumptionText(row, column) || "none" });

function differingFigure({ report, scenarioRow }) {
  const base = report.base;
  const columns = report.table("scenarios").columns.filter((name) => !FOUND.test(name) && assumptionText(scenarioRow, name) !== assumptionText(base, name));
  if (columns.length === 0) return handmade("This scenario assumes what the base does", null, el("div"), null);
  const number = (of) => ({ class: "number", of });
  const heads = ["Assumption", number(scenarioRow.scenario), number(`Base: ${base.scenario}`), number("Change")];
  const cells = gathered(report, scenarioRow, columns).map(({ columns: some, name }) => {
    if (some.length === 1) {
      const change = isNumber(scenarioRow[some[0]]) && isNumber(base[some[0]]) ? formatChange(scenarioRow[some[0]], base[some[0]]) : "";
      return [name, assumptionCell(report, scenarioRow, some[0]), assumptionCell(report, base, some[0]), number(change)];
    }
    const [own, former] = [scenarioRow, base].map((row) => sumOf(some, (column) => row[column]));
    return [`${name}, in each period`, number(formatNumber(own, 6)), number(formatNumber(former, 6)), number(formatChange(own, former))];
  });
  const title = `This scenario differs from the base in ${counted(cells.length, "assumption")}`;
  const table = plainTable(heads, cells, "assumptions");
  return handmade(title, `Scenario ${scenarioRow.scenario}; amounts as the tables have them, of several periods their sum`, cells.length > 14 ? el("details", { class: "fold" }, el("summary", null, "Show all"), table) : table, "From scenarios.csv, which has every assumption of every scenario.");
}

/** Columns in their order; amounts of a line that change by one factor in all periods are one. */
function gathered(report, row, columns) {
  const groups = new Map();
  for (const column of columns) {
    const family = (column.match(/^(?:budget|capacity)\.(.+)\.[^.]+$/) || [])[0] ? column.replace(/\.[^.]+$/, "") : column;
    const ratio = row[column] / report.base[column];
    const key = family === column || !Number.isFinite(ratio) ? column : `${family} ${ratio.toPrecision(9)}`;
    if (!groups.has(key)) groups.set(key, { family, columns: [] });
    groups.get(key).columns.push(column);
  }
  return [...groups.values()].map(({ family, columns: some }) => ({ columns: some, name: assumptionName(report, some.length === 1 ? some[0] : family) }));
}

/** The base: budgets and capacities by period, and all else that is not as usual. */
function baseFigures(view) {
  const { report, scenarioRow } = view;
  const isUsual = (column) => USUAL.test(column) && scenarioRow[column] === 1;
  const isTold = (column) => !FOUND.test(column) && !/^(budget|capacity)\./.test(column) && !isUsual(column) && !["", "0", "false"].includes(assumptionText(scenarioRow, column));
  const rules = report.table("scenarios").columns.filter(isTold);
  const cells = rules.map((column) => [assumptionName(report, column), assumptionCell(report, scenarioRow, column)]);
  const table = plainTable(["Assumption", { class: "number", of: "Value" }], cells, "assumptions");
  return [
    limitFigure(view, "budget", ["*", ...report.lines.map(({ id }) => id)], (id) => report.line(id).name, report.batch.currency || ""),
    limitFigure(view, "capacity", report.resources.map(({ id }) => id), (id) => report.resource(id).name, ""),
    handmade(`The base assumes ${counted(rules.length, "weight or rule", "weights and rules")}`, `Scenario ${scenarioRow.scenario}`, cells.length > 14 ? el("details", { class: "fold" }, el("summary", null, "Show all"), table) : table, "From scenarios.csv, which has every assumption of every scenario."),
  ].filter(Boolean);
}

/** Budgets or capacities of the scenario by period; null where there are none. */
function limitFigure({ report, scenarioRow }, kind, ids, nameOf, unit) {
  const periods = report.batch.periods || [];
  const value = (id, period) => scenarioRow[`${kind}.${id}.${period}`];
  const rows = ids.filter((id) => periods.some((period) => isNumber(value(id, period))));
  if (rows.length === 0) return null;
  const form = amounts(rows.flatMap((id) => periods.map((period) => value(id, period))), unit);
  const heads = [kind === "budget" ? "Line" : "Resource", ...periods.map((of) => ({ class: "number", of }))];
  const cells = rows.map((id) => [nameOf(id), ...periods.map((period) => ({ class: "number", of: form.format(value(id, period)) }))]);
  const what = kind === "budget" ? counted(rows.length, "budget") : counted(rows.length, "capacity", "capacities");
  return handmade(`${capital(what)} over ${counted(periods.length, "period")}`, form.unit ? `${capital(form.unit)} per period` : "Per period", plainTable(heads, cells, "limits"), null);
}

function listedNames(report, words) {
  const ids = String(words).split(";").filter(Boolean);
  return ids.length > 0 ? projectList(report, ids, 6) : "none";
}

function warningsOf({ batch }) {
  const warnings = batch.warnings || [];
  if (warnings.length === 0) return null;
  const list = el("ul", null, warnings.map((words) => el("li", null, words)));
  return handmade(`${capital(counted(warnings.length, "warning"))} about the input`, null, warnings.length > 6 ? el("details", { class: "fold" }, el("summary", null, "Show all"), list) : list, null);
}

/** The gaps to which the options of all scenarios are proven. */
function gapFigure({ report }) {
  const options = report.rows("options");
  if (options.length === 0) return null;
  const open = options.filter((row) => row.status !== "optimal");
  const widest = Math.max(...options.map((row) => (isNumber(row.gap) ? row.gap : 0)));
  const gap = `to ${formatPercent(report.batch.gap)}`;
  const title = open.length === 0 ? `All ${counted(options.length, "option")} are proven ${gap}` : `${formatCount(open.length)} of ${counted(options.length, "option")} ${open.length === 1 ? "is" : "are"} not proven ${gap}: a limit was met first`;
  const words = [
    widest > 0 && `The widest gap between an option and what is proven about all others is ${formatPercent(widest)}.`,
    report.isSimulated && `Means, percentiles and probabilities are estimates from ${formatCount(report.batch.trials)} simulated futures; all options meet the same ones. P10 is not exceeded in 10 of 100 futures, P90 in 90.`,
    !report.isSimulated && "Nothing was simulated: all figures are as planned.",
  ].filter(Boolean);
  const verified = verifiedWords(report);
  return handmade(title, null, el("div", null, [...words, verified].filter(Boolean).map((one) => el("p", null, one))), null);
}

/** The word of a second engine, where it was asked. */
function verifiedWords(report) {
  const rows = report.rows("verification");
  return rows.length > 0 ? `A second engine solved ${counted(rows.length, "option")} anew: see verification.csv.` : null;
}

/** Seed, versions and hashes: what makes the same results again. */
function runFacts({ batch }) {
  const shown = batch.shown || {};
  const rows = [
    ["Made by", `cutline ${batch.version}`],
    ["Solver", batch.solver],
    ["Seed", batch.seed],
    ["Trials", formatCount(batch.trials)],
    ["Sampling", batch.sampling],
    ["Tail of the mean of the worst", formatPercent(batch.tail)],
    ["Options ranked by", measureName(batch.rank_by)],
    ["Options differ at least in", counted(batch.min_difference, "project")],
    ["Past the last period", batch.past_horizon],
    shown.ranks && ["Told here of each scenario", `spend, capacity, groups and objectives of ${counted(shown.ranks, "option")}; the tables have all`],
    shown.scenarios && ["Told here in full", `${counted(shown.scenarios, "scenario")}; of all others the first option`],
    ...(batch.inputs || []).map(({ name, sha256 }) => [`Input ${name}`, el("code", null, sha256)]),
  ].filter(Boolean);
  return handmade("The same input, seed and version make the same figures", null, plainTable(["Fact", "Value"], rows, "facts"), "run.json has the hashes of all results and the times that they took.");
}
