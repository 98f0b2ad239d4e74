// The best selection in each of some futures: which projects it holds whatever comes, and what it would be worth to know.

const FUTURE_CLASSES = [
  { words: "in all futures", holds: (share) => share === 1 },
  { words: "in most", holds: (share) => share >= 0.5 && share < 1 },
  { words: "in few", holds: (share) => share > 0 && share < 0.5 },
  { words: "in none", holds: (share) => share === 0 },
];

function futuresTitle(rows) {
  const of = (holds) => rows.filter((row) => holds(row.frequency_over_trials)).length;
  const [all, most, few] = FUTURE_CLASSES.map(({ holds }) => of(holds));
  const against = rows.filter((row) => (row.decision === "in") !== (row.frequency_over_trials >= 0.5)).length;
  const taken = against === 0 ? "the decision agrees with most futures about every project" : `about ${counted(against, "project")} most futures decide otherwise`;
  return `Were the future known, ${counted(all, "project")} would always be funded, ${formatCount(most)} mostly and ${formatCount(few)} seldom; ${taken}`;
}

/** What it would be worth to know the future, in words. */
function perfectInformation(view, told) {
  if (!isNumber(told.perfect_information)) return told.compared < 2 ? "option 1 keeps its limits in too few futures to tell what it would be worth to know them" : null;
  const left = told.futures - told.compared;
  const amount = `${fullAmount(told.perfect_information, currencyOf(view))}${told.perfect_information_se > 0 ? ` (± ${fullAmount(told.perfect_information_se, currencyOf(view))})` : ""}`;
  const others = left > 0 ? `; ${counted(left, "future")} in which option 1 breaks a limit or nothing was found ${left === 1 ? "is" : "are"} left out` : "";
  return `to know the future before projects are chosen would be worth ${amount} on average${others}`;
}

/** How often the best selection of a future holds each project; none where futures were not solved. */
function futuresFigure(view) {
  const told = ofScenario(view, "perfect_information")[0];
  const rows = ofScenario(view, "decisions").filter((row) => isNumber(row.frequency_over_trials));
  if (!told || rows.length === 0) return null;
  const futures = told.futures;
  const sorted = [...rows].sort((one, other) => other.frequency_over_trials - one.frequency_over_trials || (one.project < other.project ? -1 : 1));
  const error = (row) => Math.sqrt((row.frequency_over_trials * (1 - row.frequency_over_trials)) / futures);
  const words = (row) => FUTURE_CLASSES.find(({ holds }) => holds(row.frequency_over_trials)).words;
  const isAgainst = (row) => (row.decision === "in") !== (row.frequency_over_trials >= 0.5);
  return figure({
    title: futuresTitle(rows),
    subtitle: `The selection solved again in ${counted(futures, "future")}, each known before projects are chosen. Scenario ${view.scenario}`,
    table: {
      rows: sorted,
      columns: [
        { title: "Project", of: (row) => view.report.name(row.project), as: "text", project: (row) => row.project },
        { title: "Decided", of: (row) => row.decision, as: "text" },
        { title: "In the best of the futures", of: (row) => row.frequency_over_trials, error, as: "percent" },
        { title: "That is", of: (row) => `${words(row)}${isAgainst(row) ? "; decided otherwise" : ""}`, as: "text" },
      ],
    },
    foot: [
      provenance(view),
      told.infeasible > 0 && `in ${formatPercent(told.infeasible / futures)} of the futures no selection keeps the limits`,
      told.unfinished > 0 && `in ${formatPercent(told.unfinished / futures)} of the futures the search met a limit: another selection may be better there`,
      perfectInformation(view, told),
    ],
    isLong: true,
  });
}
