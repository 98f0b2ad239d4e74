// Scenarios in which no selection keeps all limits: what is in conflict, and what would help.

chapter({
  id: "infeasible",
  title: "Infeasible",
  question: "Which scenarios cannot be met, and what would help?",
  build(view) {
    const names = [...new Set(view.report.rows("infeasible").map((row) => row.scenario))];
    if (names.length === 0) return null;
    const title = names.length === 1 ? `No selection keeps all limits in one scenario: ${names[0]}` : `No selection keeps all limits in ${names.length} of ${counted(view.report.scenarios.length, "scenario")}`;
    return handmade(title, null, el("div", null, names.map((name) => conflictOf(view, name, names.length === 1))), "What would help is the least that does, as far as the search has proven it: see infeasible.csv and run.json.");
  },
});

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
