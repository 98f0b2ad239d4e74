// Scenarios in which no selection keeps all limits: what is in conflict, and what would help.

chapter({
  id: "infeasible",
  title: "Infeasible",
  question: "Which scenarios cannot be met, and what would help?",
  build(view) {
    const all = view.report.rows("infeasible");
    const scenariosOf = (rows) => [...new Set(rows.map((row) => row.scenario))];
    const [names, soft] = [scenariosOf(all.filter((row) => !gaveWay(row))), scenariosOf(all.filter(gaveWay))];
    if (names.length + soft.length === 0) return null;
    const where = (some) => (some.length === 1 ? `in one scenario: ${some[0]}` : `in ${some.length} of ${counted(view.report.scenarios.length, "scenario")}`);
    const title = names.length > 0 ? `No selection keeps all limits ${where(names)}` : `Limits with a priority gave way ${where(soft)}`;
    const folds = [...names.map((name) => conflictOf(view, name, names.length === 1)), ...soft.map((name) => gaveWayIn(view, name, names.length === 0 && soft.length === 1))];
    const note = names.length > 0 ? "What would help is the least that does, as far as the search has proven it: see infeasible.csv and run.json." : "They give way by as little as can be, in the order of their priorities: see infeasible.csv.";
    return handmade(title, null, el("div", null, folds), note);
  },
});

function gaveWay(row) {
  return row.kind === "gave way";
}

function gaveWayIn({ report, scenario }, name, isAlone) {
  const rows = report.rows("infeasible", { scenario: name }).filter(gaveWay);
  const list = el("ul", null, rows.map((row) => el("li", null, row.words)));
  return el("details", { class: "fold told", "data-print": "", open: isAlone || name === scenario }, el("summary", null, el("strong", null, name), ": options exist, and limits gave way"), list);
}

function conflictOf({ report, scenario }, name, isAlone) {
  const rows = report.rows("infeasible", { scenario: name });
  const of = (kind) => rows.filter((row) => row.kind === kind);
  const list = (entries) => el("ul", null, entries.map((row) => el("li", null, withNames(report, row.words))));
  const [members, relaxed, dropped] = ["conflict", "relax", "drop"].map(of);
  return el(
    "details",
    { class: "fold told", "data-print": "", open: isAlone || name === scenario },
    el("summary", null, el("strong", null, name), relaxed.length + dropped.length > 0 && [": ", relaxed.length > 0 ? relaxed[0].words : dropped[0].words, relaxed.length > 1 && ` and ${relaxed.length - 1} more`]),
    members.length > 0 && [el("p", null, "These cannot all hold:"), list(members)],
    relaxed.length > 0 && [el("p", null, relaxed.length === 1 ? "This would help:" : "These together would help:"), list(relaxed)],
    dropped.length > 0 && [el("p", null, relaxed.length > 0 ? "Or instead:" : "This would help:"), list(dropped)],
  );
}
