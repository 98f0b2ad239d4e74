// The projects that are nearest to the line on either side: why they are out or in, and what would turn it.

const NEAR_MISSES = 10;
const NEAR_FALLS = 5;

chapter({
  id: "missed",
  title: "Just missed",
  question: "What just missed, why, and what would turn it?",
  build(view) {
    const free = freeDecisions(view);
    const near = (decision, most) => free.filter((row) => row.decision === decision).sort((one, other) => one.cost_of_forcing - other.cost_of_forcing).slice(0, most);
    const [missed, falling, costly] = [near("out", NEAR_MISSES), near("in", NEAR_FALLS), costlyRules(view)];
    if (missed.length + falling.length + costly.length === 0) return null;
    return el("div", null, missed.length > 0 && missedFigure(view, missed), falling.length > 0 && fallingFigure(view, falling), costly.length > 0 && ruleFigure(view, costly));
  },
});

/** Projects whose decision was made beforehand: mandatory, excluded or forced. */
function decidedBefore({ scenarioRow }) {
  return new Set(["force_in", "force_out"].flatMap((column) => String((scenarioRow && scenarioRow[column]) || "").split(";")).filter(Boolean));
}

/** The decisions that the optimisation made, with what their reversal costs. */
function freeDecisions(view) {
  const decided = decidedBefore(view);
  return [...reasonsOf(view).values()].filter((row) => isNumber(row.cost_of_forcing) && !decided.has(row.project));
}

/** Decisions made beforehand without which the objective would be better, the dearest first. */
function costlyRules(view) {
  const decided = decidedBefore(view);
  const rows = [...reasonsOf(view).values()].filter((row) => decided.has(row.project) && row.cost_of_forcing < 0);
  return rows.sort((one, other) => one.cost_of_forcing - other.cost_of_forcing).slice(0, NEAR_FALLS);
}

/** The cost of decisions made beforehand. */
function ruleFigure(view, rows) {
  const [first] = rows;
  const gain = rows.map((row) => ({ ...row, cost_of_forcing: -row.cost_of_forcing }));
  const word = first.decision === "in" ? "must" : "exclusion";
  const title = `The ${word} of ${view.report.name(first.project)} costs the objective ${goalAmount(view, gain[0].cost_of_forcing)} (${formatPercent(gain[0].cost_of_forcing / Math.abs(view.row.objective))})`;
  return handmade(title, `Decisions made beforehand, and what the objective would gain without each; scenario ${view.scenario}`, turnTable(view, gain, "Gain without it"), provenance(view));
}

function missedFigure(view, rows) {
  const [first] = rows;
  const title = `${view.report.name(first.project)} is the nearest miss: to force it in ${costsGoal(view, first.cost_of_forcing)}`;
  return handmade(title, `Projects that are out and cost the objective least if they are forced in; scenario ${view.scenario}`, turnTable(view, rows, "Loss if forced in"), provenance(view));
}

function fallingFigure(view, rows) {
  const [first] = rows;
  const title = `${view.report.name(first.project)} is in by the least: without it the objective ${losesGoal(view, first.cost_of_forcing)}`;
  return handmade(title, `Funded projects that are missed least; scenario ${view.scenario}`, turnTable(view, rows, "Loss without it"), provenance(view));
}

function costsGoal(view, loss) {
  if (loss === 0) return "costs nothing";
  if (loss < 0) return `would make the objective ${goalAmount(view, -loss)} better${withinGap(view)}`;
  return `costs ${goalAmount(view, loss)} (${formatPercent(loss / Math.abs(view.row.objective))}) of the objective`;
}

function losesGoal(view, loss) {
  if (loss === 0) return "is as good";
  if (loss < 0) return `is ${goalAmount(view, -loss)} better${withinGap(view)}`;
  return `is ${goalAmount(view, loss)} worse (${formatPercent(loss / Math.abs(view.row.objective))})`;
}

/** The best option may be beaten by no more than the gap that was asked for; one that is first by another criterion by more. */
function withinGap(view) {
  return view.option === 1 && isNumber(view.row.gap) ? `, within the gap of ${formatPercent(view.row.gap)} to which option 1 is proven` : "";
}

function turnTable(view, rows, lossTitle) {
  const { report } = view;
  const cases = new Map(report.rows("business_cases", { scenario: view.scenario }).map((row) => [row.project, row]));
  const cost = amounts(rows.map((row) => (cases.get(row.project) || {}).cost), report.batch.currency || "");
  const loss = amounts(rows.map((row) => row.cost_of_forcing), goalOf(view).isMoney ? report.batch.currency || "" : "");
  const number = (of) => ({ class: "number", of });
  const unit = (title, form) => number(form.unit ? `${title}, ${form.unit}` : title);
  const columns = [
    ["Project", (row) => projectLink(report, row.project)],
    [unit("Cost", cost), (row, own) => number(own.cost > 0 ? cost.format(own.cost) : "")],
    ["Why", (row) => withNames(report, row.reason)],
    [unit(lossTitle, loss), (row) => number(loss.format(row.cost_of_forcing))],
    ["Then enters", (row) => projectList(report, displaced(row, "+"), 3)],
    ["Then leaves", (row) => projectList(report, displaced(row, "-"), 3)],
    ["Would turn at", (row, own) => turningPoint(row, own) || ""],
  ];
  const own = (row) => cases.get(row.project) || {};
  const isBlank = (cell) => cell === "" || cell.of === "";
  const isTold = ([, of]) => rows.some((row) => !isBlank(of(row, own(row))));
  const told = columns.filter(isTold);
  return plainTable(told.map(([title]) => title), rows.map((row) => told.map(([, of]) => of(row, own(row)))), "turns");
}

/** Projects that enter (`+`) or leave (`-`) if the decision is reversed. */
function displaced(row, sign) {
  return String(row.displaces || "").split(";").filter((entry) => entry.startsWith(sign)).map((entry) => entry.slice(1));
}

/** The cost or the value at which the decision turns, against its own; blank where neither is known. */
function turningPoint(row, own) {
  const cost = isNumber(row.break_even_cost) && row.break_even_cost !== 1 ? turnWord("its cost", row.break_even_cost - 1) : null;
  const value = isNumber(row.break_even_score) && own.strategic_value > 0 ? turnWord("its value", row.break_even_score / own.strategic_value - 1) : null;
  const told = [cost, value].filter(Boolean);
  return told.join(" or ");
}

/** A change at which a decision turns; almost all of an amount is all of it. */
function turnWord(what, change) {
  return change < -0.9995 ? `${what} −100${THIN}%` : `${what} ${change > 0 ? "+" : ""}${formatPercent(change)}`;
}

/**
 * A reason in which projects are links with their names. An id is told from a word or a number like it by its name in
 * brackets behind it; that of a project without a name by its form, a letter and a digit.
 */
function withNames(report, words) {
  const parts = [];
  let rest = String(words || "");
  for (;;) {
    const found = rest.match(/[\p{L}\p{N}_][\p{L}\p{N}_.-]*/u);
    if (!found) return [...parts, rest];
    const [id] = found;
    const behind = rest.slice(found.index + id.length);
    const project = report.byId.projects.get(id);
    const length = project && project.name !== id ? lengthOfName(behind, project.name) : 0;
    const isProject = length > 0 || (project && project.name === id && /\d/.test(id) && /\p{L}/u.test(id));
    parts.push(rest.slice(0, found.index), isProject ? projectLink(report, id) : id);
    rest = behind.slice(length);
  }
}

/** Letters of the name in brackets that words begin with, whole or cut: ` (Metro line)`, ` (Metro li…)`; 0 if none. */
function lengthOfName(words, name) {
  if (words.startsWith(` (${name})`)) return name.length + 3;
  const end = words.indexOf("…)");
  return end > 2 && words.startsWith(" (") && name.startsWith(words.slice(2, end)) ? end + 2 : 0;
}
