// The answer in figures and sentences: what to fund, what it buys, beside the base and the cut line of a ranked list.

chapter({
  id: "answer",
  title: "Answer",
  question: "What should we fund, and what does it buy?",
  build(view) {
    const notice = incompleteNotice(view.report);
    if (!view.row) return el("div", null, notice, el("p", { class: "lead" }, withoutOption(view)));
    return el("div", null, notice, el("p", { class: "lead" }, fundSentence(view)), el("ul", { class: "said" }, sentences(view).map((one) => el("li", null, one))), headFigure(view), fundedList(view));
  },
});

/** The reasons why not all was done; null if it was. */
function incompleteNotice({ batch }) {
  if (batch.complete) return null;
  const reasons = batch.reasons || [];
  return el("p", { class: "notice-line" }, el("strong", null, "Not everything that was asked for was done. "), listed(reasons, 4), reasons.length > 0 && ".");
}

/** A scenario without options, in words. */
function withoutOption({ scenario, scenarioRow }) {
  const status = scenarioRow ? scenarioRow.status : "unknown";
  if (status === "infeasible") return `In the scenario ${scenario} no selection keeps all limits: see below what is in conflict, and what would help.`;
  if (status === "not run") return `The scenario ${scenario} was not run: the batch was stopped first.`;
  return `The scenario ${scenario} has no option (${status}).`;
}

function fundSentence(view) {
  const { report, row } = view;
  const total = report.projects.length;
  const budget = allMoney(view);
  const of = isNumber(budget) && budget > 0 ? `, of budgets of ${money(report, budget)} in all` : "";
  // Portfolios without costs have their money in an attribute, which a limit of its own looks at.
  const paid = row.cost === 0 && of === "" ? "" : ` for ${money(report, row.cost)}${of}`;
  return `Fund ${formatCount(row.projects)} of ${counted(total, "project")}${paid}.`;
}

/** The worth of a selection, how sure that is, and what stands beside it: one sentence each. */
function sentences(view) {
  return [goalSentence(view), listSentence(view), npvSentence(view), budgetSentence(view), proofSentence(view), tieSentence(view)].filter(Boolean);
}

/** The goal that was reached, against the base. */
function goalSentence(view) {
  const { report, row } = view;
  const goal = goalOf(view);
  const base = report.base;
  const reached = `${capital(goal.name)}: ${goalAmount(view, row.objective)}`;
  // The number of projects was said first.
  if (!base || base.scenario === view.scenario) return goal.measure === "projects" ? null : `${reached}.`;
  const first = report.first(base.scenario);
  if (!first) return `${reached}.`;
  if (base.goal !== view.scenarioRow.goal) return `${reached}. The base has another goal (${base.goal}).`;
  const weights = base.weights === view.scenarioRow.weights ? "" : ", which has other weights";
  return `${reached}, ${against(row.objective, first.objective, "as much as")} the base (${goalAmount(view, first.objective)}${weights}).`;
}

/** A number against another in words: `5 % less than`, or `equal` where they do not differ by a tenth of a per cent. */
function against(value, other, equal) {
  if (!isNumber(value) || !isNumber(other) || other === 0) return `beside ${formatNumber(other)} in`;
  const change = (value - other) / Math.abs(other);
  if (Math.abs(change) < 5e-4) return equal;
  return `${formatPercent(Math.abs(change))} ${change > 0 ? "more" : "less"} than`;
}

/** The reach of a ranked list with the same money. */
function listSentence(view) {
  const list = view.report.baseline(view.scenario);
  if (!list || !isNumber(list.objective) || !isNumber(view.row.objective)) return null;
  const { isMaximised, measure } = goalOf(view);
  const gain = (view.row.objective - list.objective) * (isMaximised ? 1 : -1);
  const words = against(view.row.objective, list.objective, "as much as");
  const unspent = isNumber(list.unspent) && list.unspent > 0 ? ` and would leave ${money(view.report, list.unspent)} unspent` : "";
  const reached = [measure !== "projects" && goalAmount(view, list.objective), counted(list.projects, "project")].filter(Boolean).join(", ");
  if (words === "as much as") return `A ranked list would reach as much with the same money (${reached}${unspent}).`;
  const tail = `a ranked list would reach with the same money (${reached}${unspent})`;
  return gain < 0 ? `That is ${words} what ${tail}; a list knows no dependencies or limits that the selection has to keep.` : `That is ${words} what ${tail}.`;
}

/** Net present value as planned and as simulated. */
function npvSentence(view) {
  const { report, row } = view;
  if (!report.hasNpv || !isNumber(row.npv)) return null;
  const planned = `Net present value: ${money(report, row.npv)} as planned`;
  if (!isNumber(row.npv_mean) || !varies(row)) return `${planned}.`;
  const range = isNumber(row.npv_p10) && row.npv_p10 !== row.npv_p90 ? `; in 80 of 100 simulated futures it lies between ${money(report, row.npv_p10)} and ${money(report, row.npv_p90)}` : "";
  const loss = isNumber(row.p_loss) ? `, and in ${futures(row.p_loss)} it is below zero` : "";
  return `${planned}, ${money(report, row.npv_mean)} on average as simulated${range}${loss}.`;
}

/** A probability as a number of futures: `14 of 100 futures`, `no future`, `all futures`. */
function futures(share) {
  if (share === 0) return "none of the simulated futures";
  if (share === 1) return "all simulated futures";
  const count = 100 * share;
  const told = count < 1 ? "fewer than 1" : count > 99 ? "more than 99" : Math.round(count);
  return `${told} of 100 simulated futures`;
}

/** True if the simulated futures of an option differ. */
function varies(row) {
  return [row.npv_sd, row.cost_sd, row.strategic_value_sd].some((spread) => isNumber(spread) && spread > 0);
}

function budgetSentence({ row, scenarioRow }) {
  if (scenarioRow && String(scenarioRow.risk) === "false") return "Its risk is switched off: nothing is simulated, and all figures are as planned.";
  if (isNumber(row.cost_mean) && !varies(row)) return "No uncertainty is stated in the tables: all simulated futures are as planned.";
  const told = [
    isNumber(row.p_over_budget) && `All budgets hold in ${futures(1 - row.p_over_budget)}`,
    isNumber(row.p_over_capacity) && `${isNumber(row.p_over_budget) ? "all" : "All"} capacities hold in ${futures(1 - row.p_over_capacity)}`,
  ].filter(Boolean);
  return told.length > 0 ? `${told.join("; ")}.` : null;
}

/** The proof that the option is good. */
function proofSentence({ row, scenarioRow }) {
  const place = row.rank === 1 ? "" : " among those after the options before it";
  if (row.status !== "optimal") {
    return isNumber(row.gap) ? `Not proven best: a limit was met, and up to ${formatPercent(row.gap)} better may exist.` : "Not proven best: a limit was met before any bound was found.";
  }
  if (isNumber(row.gap) && row.gap > 0) return `Proven: no selection is more than ${formatPercent(row.gap)} better${place}.`;
  return scenarioRow && String(scenarioRow.goal).includes(", then ") ? `Proven best${place}, goal after goal.` : `Proven: no selection is better${place}.`;
}

/**
 * Why two options are a tie: what they differ by is within the gap that is proven, or within two standard errors of what
 * ranks them; null if they are none.
 */
function tieOf(report, one, other) {
  const [measure, statistic] = String(report.batch.rank_by).split(".");
  const column = `${measure}_${statistic}`;
  if (statistic && isNumber(one[column]) && isNumber(other[column])) {
    const [first, second] = one.rank < other.rank ? [one, other] : [other, one];
    // Of neighbours the table tells: from their difference on the same futures.
    if (second.rank === first.rank + 1 && first.tie) return first.tie === "true" ? "they differ by less than the simulation can tell" : null;
    const error = Math.hypot(...[one, other].map((row) => row[`${column}_se`] ?? row[`${measure}_se`] ?? 0));
    return Math.abs(one[column] - other[column]) <= 2 * error ? "they differ by less than the simulation can tell" : null;
  }
  if (!isNumber(one.objective) || !isNumber(other.objective)) return null;
  const difference = Math.abs(one.objective - other.objective);
  if (difference <= 1e-9 * Math.abs(one.objective)) return "they reach the same";
  const open = isNumber(one.gap) ? one.gap * Math.abs(one.objective) : 0;
  return difference <= open ? `they differ by ${formatPercent(difference / Math.abs(one.objective))}, and ${formatPercent(one.gap)} is not decided by what is proven` : null;
}

function tieSentence(view) {
  const [first, second] = optionsOf(view);
  const why = first && second && view.option === first.option ? tieOf(view.report, first, second) : null;
  if (!why) return null;
  const { entering, leaving } = changesBetween(view.report, [view.scenario, first.option], [view.scenario, second.option]);
  const swapped = entering.length + leaving.length;
  return `Options ${first.option} and ${second.option} tie: ${why}${swapped > 0 ? `. ${capital(counted(swapped, "project"))} ${swapped === 1 ? "is" : "are"} in one of them alone` : ""}.`;
}

/** The figures beside those of the base, the ranked list and the option that follows. */
function headFigure(view) {
  const { report, row } = view;
  const base = report.base && report.base.scenario !== view.scenario ? report.first(report.base.scenario) : null;
  const list = report.baseline(view.scenario);
  const next = optionsOf(view).find((one) => one.rank === row.rank + 1);
  const first = row.rank === 1 ? null : optionsOf(view)[0];
  const rows = [
    { ...row, name: `Option ${row.option}, shown here` },
    first && { ...first, name: `Option ${first.option}, ranked first` },
    next && { ...next, name: `Option ${next.option}` },
    base && { ...base, name: report.base.scenario === "base" ? "Base" : `Base: ${report.base.scenario}` },
    list && { ...list, name: `Ranked list, ${list.rule === "skip" ? "skipping what does not fit" : "until the money ends"}` },
  ].filter(Boolean);
  return figure({ title: headTitle(view, list, base), subtitle: `Scenario ${view.scenario}`, table: { columns: headColumns(view, rows), rows }, foot: provenance(view, { simulated: rows.some(varies) }) });
}

/** The goal beside that of the ranked list and the base. */
function headTitle(view, list, base) {
  const { row } = view;
  const goal = goalOf(view);
  const amount = (one) => (goal.measure === "projects" ? counted(one.projects, "project") : goalAmount(view, one.objective));
  const isComparable = base && view.report.base.goal === view.scenarioRow.goal;
  const beside = [list && isNumber(list.objective) && `${amount(list)} of a ranked list`, isComparable && `${amount(base)} of the base`].filter(Boolean);
  const own = goal.measure === "projects" ? amount(row) : `${goal.name} ${amount(row)}`;
  if (beside.length > 0) return `${capital(own)}, beside ${listed(beside)}`;
  return row.cost > 0 ? `${capital(own)} for ${money(view.report, row.cost)}` : capital(own);
}

function headColumns(view, rows) {
  const { report } = view;
  const goal = goalOf(view);
  const isOwn = !["projects", "cost", "strategic_value", "npv"].includes(goal.measure);
  const unit = report.batch.currency || "";
  const amount = (title, column, error) => ({ title, of: (row) => row[column], as: "amount", unit, error: error && ((row) => row[error]) });
  const columns = [
    { title: "Plan", of: (row) => row.name, as: "text" },
    { title: "Projects", of: (row) => row.projects, as: "count" },
    // Objectives of another goal are no numbers of the same kind.
    isOwn && { title: capital(goal.name), of: (row) => (row.scenario && report.scenario(row.scenario).goal !== view.scenarioRow.goal ? null : row.objective), as: goal.isMoney ? "amount" : "number", unit },
    amount("Cost", "cost"),
    { title: "Strategic value", of: (row) => row.strategic_value, as: "number" },
    report.hasNpv && amount("NPV, planned", "npv"),
    ...(rows.some(varies) ? simulatedColumns(report, amount) : []),
  ].filter(Boolean);
  const isTold = (column) => column.as === "text" || rows.some((row) => isNumber(column.of(row)) && column.of(row) !== 0);
  return columns.filter(isTold);
}

function simulatedColumns(report, amount) {
  const chance = (title, column) => ({ title, of: (row) => (isNumber(row[column]) ? 1 - row[column] : null), as: "percent", error: (row) => row[`${column}_se`] });
  return [
    report.hasNpv && amount("NPV, mean", "npv_mean", "npv_se"),
    report.hasNpv && amount("NPV, P10", "npv_p10"),
    report.hasNpv && amount("NPV, P90", "npv_p90"),
    chance("All budgets hold", "p_over_budget"),
    chance("All capacities hold", "p_over_capacity"),
  ];
}

/** All that is funded, folded. */
function fundedList(view) {
  const { report } = view;
  const cases = new Map(report.rows("business_cases", { scenario: view.scenario }).map((one) => [one.project, one]));
  const rows = ofOption(view, "selection").map((row) => ({ ...row, case: cases.get(row.project) || {} }));
  if (rows.length === 0) return null;
  const isForced = new Set(String((view.scenarioRow && view.scenarioRow.force_in) || "").split(";").filter(Boolean));
  const isShared = rows.some((row) => isNumber(row.fraction) && row.fraction < 1);
  const must = rows.filter((row) => isForced.has(row.project)).length;
  const columns = [
    { title: "Project", of: (row) => report.name(row.project), as: "text", project: (row) => row.project },
    { title: "Id", of: (row) => row.project, as: "text" },
    { title: "Start", of: (row) => row.start, as: "text" },
    { title: "End", of: (row) => row.end, as: "text" },
    isShared && { title: "Share", of: (row) => row.fraction, as: "percent" },
    { title: "Cost", of: (row) => row.case.cost, as: "amount", unit: report.batch.currency || "" },
    { title: "Strategic value", of: (row) => row.case.strategic_value, as: "number" },
    report.hasNpv && { title: "NPV", of: (row) => row.case.npv, as: "amount", unit: report.batch.currency || "" },
    must > 0 && { title: "Must", of: (row) => (isForced.has(row.project) ? "must" : ""), as: "text" },
  ].filter(Boolean);
  const isTold = (column) => column.as === "text" || rows.some((row) => isNumber(column.of(row)));
  const order = [...rows].sort((one, other) => (other.case.cost || 0) - (one.case.cost || 0));
  const summary = `The ${counted(rows.length, "funded project")}${must > 0 ? `, ${formatCount(must)} of them ${must === 1 ? "a must" : "musts"}` : ""}: names, starts, cost and value as planned`;
  return el("details", { class: "fold", "data-print": "" }, el("summary", null, summary), figure({ title: `What is funded, the most costly first`, subtitle: `Scenario ${view.scenario}, option ${view.option}; whole projects at their planned start`, table: { columns: columns.filter(isTold), rows: order }, foot: provenance(view) }));
}
