// Limits with a confidence: how surely they hold, and what more confidence costs.

/** The name of a limit with a confidence, with its period. */
function sureName(row) {
  return row.period ? `${row.limit} in ${row.period}` : row.limit;
}

/** The limit that holds least surely, against what was asked. */
function sureTitle(rows) {
  const told = (row) => (isNumber(row.out_of_sample) ? row.out_of_sample : row.in_sample);
  const weakest = rows.reduce((one, other) => (told(other) - other.asked < told(one) - one.asked ? other : one));
  const seen = isNumber(weakest.out_of_sample) ? "futures that the search did not see" : "futures that the search saw";
  return `Limit ${sureName(weakest)} holds in ${formatPercent(told(weakest))} of ${seen}; ${formatPercent(weakest.asked)} was asked for`;
}

/** Limits with a confidence: in the futures of the decision, and in those of the simulation. */
function sureFigure(view) {
  const rows = ofOption(view, "confidence");
  if (rows.length === 0) return null;
  const meaning = (row) => (row.kind.startsWith("chance") ? "in that share of the futures it holds" : "on average over the worst futures it holds");
  return figure({
    title: sureTitle(rows),
    subtitle: `Limits with a confidence, ${optionName(view)}. Scenario ${view.scenario}`,
    table: {
      rows,
      columns: [
        { title: "Limit", of: sureName, as: "text" },
        { title: "Asked for", of: (row) => row.asked, as: "percent" },
        { title: "Meaning", of: (row) => `${meaning(row)}${row.kind.endsWith("joint") ? ", all periods together" : ""} (${row.kind})`, as: "text" },
        { title: "Holds in futures that the search saw", of: (row) => row.in_sample, as: "percent" },
        { title: "Holds in others", of: (row) => row.out_of_sample, error: (row) => row.out_of_sample_se, as: "percent" },
        { title: "Limit amount", of: (row) => row.most, as: "number" },
        { title: "Mean of the worst, seen", of: (row) => row.tail_in_sample, as: "number" },
        { title: "Mean of the worst, others", of: (row) => row.tail_out_of_sample, as: "number" },
      ],
    },
    foot: [provenance(view, { simulated: true }), "the search is held to futures of its own: others tell what that is worth"],
  });
}

/** Columns of scenarios.csv with the confidence of a limit. */
const LEVEL = /^limit\..*\.confidence$/;

/**
 * The scenarios that differ from that of the view in nothing but the confidence of their limits, by rising level, each with its first option;
 * those whose limits have several levels are left out.
 */
function confidenceLevels(view) {
  const { report, scenarioRow: here } = view;
  const columns = report.table("scenarios").columns;
  const levels = columns.filter((name) => LEVEL.test(name));
  if (levels.length === 0 || !here) return [];
  const others = columns.filter((name) => !OUTCOMES.test(name) && !LEVEL.test(name));
  const levelOf = (row) => {
    const own = [...new Set(levels.map((name) => row[name]).filter(isNumber))];
    return own.length === 1 ? own[0] : null;
  };
  const firstOf = (scenario) => report.rows("options", { scenario }).find((row) => row.rank === 1);
  const alike = report.scenarios.filter((row) => others.every((name) => row[name] === here[name]));
  const told = alike.map((row) => ({ scenario: row.scenario, level: levelOf(row), row: firstOf(row.scenario) }));
  return told.filter(({ level, row }) => level !== null && row && isNumber(row.objective)).sort((one, other) => one.level - other.level);
}

function priceTitle(view, steps) {
  const goal = goalOf(view);
  const [first, last] = [steps[0], steps[steps.length - 1]];
  const change = last.row.objective - first.row.objective;
  const lost = goal.isMaximised ? -change : change;
  const part = first.row.objective === 0 ? goalAmount(view, Math.abs(change)) : formatPercent(Math.abs(change / first.row.objective));
  const cost = Math.abs(change) <= 1e-9 * Math.abs(first.row.objective) ? "costs nothing" : lost > 0 ? `costs ${part} of the ${goal.name}` : `is not proven to cost anything of the ${goal.name}`;
  const { leaving } = changesBetween(view.report, [first.scenario, first.row.option], [last.scenario, last.row.option]);
  const projects = leaving.length === 0 ? "no project leaves" : `${counted(leaving.length, "project")} ${leaving.length === 1 ? "leaves" : "leave"}`;
  return `A confidence of ${formatPercent(last.level)} in place of ${formatPercent(first.level)} ${cost}; ${projects}`;
}

/** The price of more confidence, from level to level, with the projects that it costs; none where scenarios do not differ by it. */
function priceOfConfidence(view) {
  const steps = confidenceLevels(view);
  if (new Set(steps.map(({ level }) => level)).size < 2) return null;
  const { report } = view;
  const goal = goalOf(view);
  const hasChance = steps.some(({ row }) => isNumber(row.p_over_budget));
  const heads = ["Confidence", "Scenario", { class: "number", of: capital(goal.name) }, hasChance && { class: "number", of: "All budgets hold" }, "Leave", "Enter"].filter(Boolean);
  const cells = steps.map(({ scenario, level, row }, place) => {
    const before = steps[place - 1];
    const { leaving, entering } = before ? changesBetween(report, [before.scenario, before.row.option], [scenario, row.option]) : { leaving: [], entering: [] };
    const link = el("button", { class: "link", type: "button", "data-scenario": scenario }, scenario);
    const chance = isNumber(row.p_over_budget) ? formatChance(1 - row.p_over_budget, row.p_over_budget_se) : "";
    return [formatPercent(level), link, { class: "number", of: goalAmount(view, row.objective) }, hasChance && { class: "number", of: chance }, projectList(report, leaving), projectList(report, entering)].filter((cell) => cell !== false);
  });
  const note = "Leave and enter: against the level before. All budgets hold: in the simulation, in every line and period, whatever the limits with a confidence are on.";
  return handmade(priceTitle(view, steps), "First options of scenarios that differ in nothing but the confidence of their limits", plainTable(heads, cells, "differences"), note);
}
