// One order of all projects that is good for any budget between two levels, with the waterline of the scenario's own.

chapter({
  id: "priorities",
  title: "Priorities",
  question: "In which order should we fund, if we do not know the budget yet?",
  build(view) {
    const rows = ofScenario(view, "priorities");
    return rows.length === 0 ? null : prioritiesFigure(view, rows);
  },
});

function prioritiesTitle(view, rows) {
  const levels = rows.map((row) => row.budget_scale).filter(isNumber);
  if (levels.length === 0) return "The list funds nothing at any level";
  const most = Math.max(...rows.map((row) => row.loss).filter(isNumber));
  const range = `${formatPercent(Math.min(...levels))} to ${formatPercent(Math.max(...levels))} of the budgets`;
  const lost = most > 0 ? `loses at most ${goalAmount(view, most)}` : "loses nothing";
  return `One list for ${range} ${lost} against the best of each level`;
}

function prioritiesFigure(view, rows) {
  const { report } = view;
  const currency = currencyOf(view);
  const funded = rows.filter((row) => row.funded === "true").length;
  return figure({
    title: prioritiesTitle(view, rows),
    subtitle: `Projects in the order in which they are funded; the first ${formatCount(funded)} by the scenario's own budgets. Scenario ${view.scenario}`,
    table: {
      rows,
      columns: [
        { title: "Place", of: (row) => row.place, as: "count" },
        { title: "Project", of: (row) => report.name(row.project), as: "text", project: (row) => row.project },
        { title: "Cost of the list so far", of: (row) => row.cumulative_cost, as: "amount", unit: currency },
        { title: "Funded from this part of the budgets", of: (row) => row.budget_scale, as: "percent" },
        { title: "Loss of the list from there", of: (row) => row.loss, as: "number" },
        { title: "Funded now", of: (row) => (row.funded === "true" ? "yes" : "no"), as: "text" },
      ],
    },
    foot: [provenance(view), "anchored at the scenario's own budgets"],
    isLong: true,
  });
}
