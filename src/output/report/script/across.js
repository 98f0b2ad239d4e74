// What holds whatever comes: the option that loses least over all scenarios, and projects that cost most if they are decided wrongly.

// More bars than this are no longer read; the table has all.
const MOST_HELD = 12;

chapter({
  id: "across",
  title: "Whatever comes",
  question: "Which choice holds if we do not know which scenario will come?",
  isAcross: true,
  build({ report }) {
    const options = report.rows("regret_by_option");
    const scenarios = options.length > 0 ? options[0].scenarios : 0;
    const choice = options.find((row) => row.choice);
    if (!choice || scenarios < 2) return null;
    return el("div", null, heldFigure(report, options, choice), wrongFigure(report));
  },
  mark() {},
});

/** An option by its number and the scenario that it was found for. */
function heldName(row) {
  return `option ${row.option} of ${row.scenario}`;
}

function heldTitle(choice) {
  const lost = choice.max_regret_share > 0 ? `loses at most ${formatPercent(choice.max_regret_share)} of the best known` : choice.max_regret_share === 0 ? "loses nothing against the best known" : "loses an unknown part of the best known";
  const all = choice.scenarios === 2 ? "both scenarios" : `all ${formatCount(choice.scenarios)} scenarios`;
  if (choice.feasible_in === choice.scenarios) return `${capital(heldName(choice))} keeps the limits of ${all} and ${lost}`;
  if (choice.feasible_in === 0) return `No option keeps the limits of ${all}`;
  return `No option keeps the limits of ${all}; ${heldName(choice)} keeps those of ${formatCount(choice.feasible_in)} and there ${lost}`;
}

function heldFigure(report, options, choice) {
  const order = (one, other) => other.feasible_in - one.feasible_in || (isNumber(one.max_regret_share) ? one.max_regret_share : Infinity) - (isNumber(other.max_regret_share) ? other.max_regret_share : Infinity);
  const rows = [choice, ...options.filter((row) => row !== choice).sort((one, other) => order(one, other) || 0)];
  const bars = rows.filter((row) => row.feasible_in === choice.feasible_in).slice(0, MOST_HELD);
  const shown = bars.map((row) => ({ name: heldName(row), lost: row.max_regret_share, kind: row === choice ? "funded" : "out" }));
  const label = "Largest regret, as a part of the best objective known";
  return figure({
    title: heldTitle(choice),
    subtitle: `${label}, over the scenarios whose limits an option keeps`,
    chart: (width) => drawBars(shown, { value: (row) => row.lost, format: formatPercent, label, unit: "Largest part lost" }, width),
    table: {
      rows,
      columns: [
        { title: "Found for scenario", of: (row) => row.scenario, as: "text", scenario: (row) => row.scenario },
        { title: "Option", of: (row) => row.option, as: "count" },
        { title: "Scenarios whose limits it keeps", of: (row) => row.feasible_in, as: "count" },
        { title: "Largest part lost", of: (row) => row.max_regret_share, as: "percent" },
        { title: "Largest regret", of: (row) => row.max_regret, as: "number" },
        { title: "Mean regret", of: (row) => row.mean_regret, as: "number" },
        { title: "Where it is largest", of: (row) => row.worst_scenario || "", as: "text" },
      ],
    },
    foot: ["Of the options that were found; others may hold better", rows.length > bars.length && `${counted(rows.length - bars.length, "further option")} in the table`],
  });
}

/** What it costs to decide a project otherwise than the scenarios do; nothing where no loss is known. */
function wrongFigure(report) {
  const all = report.rows("robustness");
  const known = all.filter((row) => isNumber(row.max_regret) && row.max_regret > 0).sort((one, other) => other.max_regret - one.max_regret);
  if (known.length === 0) return null;
  const name = (row) => report.name(row.project);
  const [worst] = known;
  const shown = known.slice(0, MOST_HELD).map((row) => ({ name: name(row), lost: row.max_regret, kind: row.class === "exterior" ? "out" : "funded" }));
  const rows = [...all].sort((one, other) => (isNumber(other.max_regret) ? other.max_regret : -1) - (isNumber(one.max_regret) ? one.max_regret : -1));
  const label = "Largest loss of objective if a scenario decides the project the other way";
  return figure({
    title: `${name(worst)} costs most if it is decided the wrong way: ${formatNumber(worst.max_regret)} at most`,
    subtitle: label,
    chart: (width) => drawBars(shown, { value: (row) => row.lost, format: (value) => formatNumber(value), label, unit: "Largest loss" }, width),
    table: {
      rows,
      columns: [
        { title: "Project", of: name, as: "text", project: (row) => row.project },
        { title: "Class", of: (row) => row.class, as: "text" },
        { title: "Part of the scenarios that fund it", of: (row) => row.frequency, as: "percent" },
        { title: "Largest loss if funded in all", of: (row) => row.max_regret_in, as: "number" },
        { title: "Largest loss if left out in all", of: (row) => row.max_regret_out, as: "number" },
      ],
    },
    foot: ["Option 1 of each scenario; in units of the objective", known.length > shown.length && `${counted(known.length - shown.length, "further project")} in the table`],
  });
}
