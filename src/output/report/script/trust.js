// What was assumed against the base, what warns, and what proves where the figures come from.

chapter({
  id: "trust",
  title: "Assumptions",
  question: "What did we assume, and how far can we trust it?",
  build(view) {
    return el("div", null, assumptionFigure(view), warningsOf(view.report), gapFigure(view), runFacts(view.report));
  },
});

/** Assumptions that differ from the base's, or of the base the main ones. */
function assumptionFigure(view) {
  const { report, scenarioRow } = view;
  const base = report.base;
  if (!scenarioRow) return null;
  const columns = report.table("scenarios").columns.filter((name) => !/^(scenario|status|objective|options_found)$|^scale\./.test(name));
  const text = (row, column) => (isNumber(row[column]) ? formatNumber(row[column], 6) : String(row[column] ?? ""));
  const isBase = base.scenario === scenarioRow.scenario;
  const differing = columns.filter((column) => text(scenarioRow, column) !== text(base, column));
  const shown = isBase ? columns.filter((column) => text(base, column) !== "") : differing;
  const named = (words, column) => (/^force_/.test(column) ? listedNames(report, words) : words || "none");
  const change = (column) => (isNumber(scenarioRow[column]) && isNumber(base[column]) ? formatChange(scenarioRow[column], base[column]) : "");
  const number = (of) => ({ class: "number", of });
  const heads = isBase ? ["Assumption", number(base.scenario)] : ["Assumption", number(scenarioRow.scenario), number(`Base: ${base.scenario}`), number("Change")];
  const cells = shown.map((column) => {
    const own = number(named(text(scenarioRow, column), column));
    return isBase ? [assumptionName(report, column), own] : [assumptionName(report, column), own, number(named(text(base, column), column)), number(change(column))];
  });
  if (!isBase && cells.length === 0) return handmade("This scenario assumes what the base does", null, el("div"), null);
  const title = isBase ? `The base assumes ${counted(shown.length, "amount, weight or rule", "amounts, weights and rules")}` : `This scenario differs from the base in ${counted(differing.length, "assumption")}`;
  const table = plainTable(heads, cells, "assumptions");
  return handmade(title, `Scenario ${scenarioRow.scenario}; amounts as the tables have them`, cells.length > 12 ? el("details", { class: "fold" }, el("summary", null, "Show all"), table) : table, "From scenarios.csv, which has every assumption of every scenario.");
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

/** How far the options of all scenarios are proven. */
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

/** What a second engine found, where it was asked. */
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
