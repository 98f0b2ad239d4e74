// Facts that several chapters ask of a view: its goal, what projects are worth by it, what is chosen, and how much money there is.

/** The rows of a table for the scenario of a view; none where the table is missing. */
function ofScenario(view, name) {
  const table = view.report.table(name);
  return table ? table.rows({ scenario: view.scenario }) : [];
}

/** The rows of a table for the option of a view. */
function ofOption(view, name) {
  const table = view.report.table(name);
  return table ? table.rows({ scenario: view.scenario, option: view.option }) : [];
}

const currencyOf = (view) => view.report.batch.currency || "";

/** The options of the scenario in the order of their ranks. */
function optionsOf(view) {
  return [...ofScenario(view, "options")].sort((one, other) => one.rank - other.rank);
}

/**
 * The goal of the scenario: `measure` is the id of the one measure that is optimised (null for a mix), `name` says it in
 * words, `isMoney` where it is an amount of money. Further goals do not count.
 */
function goalOf(view) {
  const row = ofScenario(view, "scenarios")[0];
  const [first] = String((row && row.goal) || "").split(", then ");
  const [, verb, rest] = /^(maximise|minimise) (.*)$/.exec(first) || [null, "maximise", "objective"];
  const measure = /^[\p{L}_][\p{L}\p{N}_.@-]*$/u.test(rest) ? rest : null;
  const isMoney = measure !== null && /^(npv|benefit|cost|discounted|line\.)/.test(measure);
  return { measure, isMaximised: verb === "maximise", isMoney, name: measure ? measureName(measure) : "objective" };
}

const WORTHS = ["strategic_value", "expected_strategic_value", "npv", "benefit"];

/** The worth of a project to a goal: as its business case or an attribute has it, strategic value for a mix; null where neither tells. */
function worthOf(view, businessCase, goal) {
  const { measure } = goal;
  if (!goal.isMaximised) return null;
  if (measure === "projects") return 1;
  const [, attribute] = /^attribute\.(.*)$/.exec(measure || "") || [];
  if (attribute) {
    const told = (view.report.project(businessCase.project).attributes || {})[attribute];
    return told === undefined || told === "" || Number.isNaN(Number(told)) ? null : Number(told);
  }
  const column = measure === null ? "strategic_value" : measure;
  return WORTHS.includes(column) ? businessCase[column] : null;
}

/** The name of what `worthOf` tells. */
function worthName(goal) {
  return goal.measure === "projects" ? "number of projects" : measureName(goal.measure === null ? "strategic_value" : goal.measure);
}

/** The selection of the option, by project. */
function chosenOf(view) {
  return new Map(ofOption(view, "selection").map((row) => [row.project, row]));
}

/** The rows of decisions.csv by project; none unless they explain the option of the view. */
function reasonsOf(view) {
  const rows = ofScenario(view, "decisions").filter((row) => row.option === view.option);
  return new Map(rows.map((row) => [row.project, row]));
}

/** The rows of spend.csv with the limits that bind all money: those of all lines together if they are limited, else those of each line. */
function limitedSpend(view) {
  const limited = ofOption(view, "spend").filter((row) => isNumber(row.limit));
  const together = limited.filter((row) => row.line === "*");
  return together.length > 0 ? together : limited;
}

const sumOf = (rows, value) => rows.reduce((total, row) => total + (value(row) || 0), 0);

/** All money of the budgets over all periods; null where nothing is limited. */
function allMoney(view) {
  const baseline = ofScenario(view, "baseline")[0];
  if (baseline && isNumber(baseline.budget)) return baseline.budget;
  const limited = limitedSpend(view);
  return limited.length > 0 ? sumOf(limited, (row) => row.limit) : null;
}

/** The name of an option in a sentence: the first by rank is the recommended one. */
function optionName(view) {
  return `option ${view.option}`;
}

/** A value of the goal in a sentence, with its unit where it is money. */
function goalAmount(view, value) {
  const goal = goalOf(view);
  return goal.isMoney ? fullAmount(value, currencyOf(view)) : formatNumber(value);
}
