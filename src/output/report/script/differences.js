// Differences of options from the first, and of a scenario from the base and the current plan.

/** Projects that enter, leave and move from one option (`[scenario, option]`) to another, and how many projects both have. */
function changesBetween(report, one, other) {
  const chosen = ([scenario, option]) => new Map(report.rows("selection", { scenario, option }).map((row) => [row.project, row]));
  const [before, after] = [chosen(one), chosen(other)];
  const entering = [...after.keys()].filter((id) => !before.has(id));
  const leaving = [...before.keys()].filter((id) => !after.has(id));
  const shared = [...after.keys()].filter((id) => before.has(id));
  const moved = shared.filter((id) => before.get(id).start !== after.get(id).start);
  const resized = shared.filter((id) => before.get(id).fraction !== after.get(id).fraction);
  return { entering, leaving, moved, resized, shared: shared.length, before, after };
}

/** Projects as links, the first few, all of them where the reader asks; `note` adds words to each. */
function projectList(report, ids, most = 4, note = () => null) {
  if (ids.length === 0) return el("span", { class: "faint" }, "none");
  const items = ids.map((id) => el("li", null, projectLink(report, id), note(id)));
  const list = (some) => el("ul", { class: "names" }, some);
  if (ids.length <= most + 1) return list(items);
  return el("div", null, list(items.slice(0, most)), el("details", null, el("summary", null, `${ids.length - most} more`), list(items.slice(most))));
}

chapter({
  id: "differences",
  title: "Differences",
  question: "How do the options differ, and what does the scenario change?",
  build(view) {
    if (!view.row) return null;
    const parts = [optionDifferences(view), baseDifferences(view), planDifferences(view)].filter(Boolean);
    return parts.length > 0 ? el("div", null, parts) : null;
  },
});

/** The options of the scenario against the first. */
function optionDifferences(view) {
  const { report } = view;
  const [first, ...others] = optionsOf(view);
  if (!first || others.length === 0) return null;
  const rows = others.map((row) => ({ row, ...changesBetween(report, [view.scenario, first.option], [view.scenario, row.option]) }));
  const heads = ["Option", ...numberHeads(view, first), "In instead", "Out", "Moved or resized", { class: "number", of: "In both" }];
  const cells = rows.map(({ row, entering, leaving, moved, resized, shared }) => [
    el("button", { class: "link", type: "button", "data-option": row.option }, `Option ${row.option}`, tieOf(report, first, row) && el("small", null, " tie with the first")),
    ...numberCells(view, row, first),
    projectList(report, entering),
    projectList(report, leaving),
    projectList(report, [...new Set([...moved, ...resized])]),
    { class: "number", of: `${formatCount(shared)} of ${formatCount(shared + entering.length + leaving.length)}` },
  ]);
  const note = `Against option ${first.option}. In both: projects that both options fund, of all that either funds.`;
  return handmade(differenceTitle(view, first, rows[0]), `Scenario ${view.scenario}`, plainTable(heads, cells, "differences"), note);
}

function differenceTitle(view, first, { row, entering, leaving, moved, resized }) {
  const { report } = view;
  const name = (ids) => listed(ids.map((id) => report.name(id)), 2);
  const swap =
    entering.length > 0 && leaving.length > 0
      ? `takes ${name(entering)} in place of ${name(leaving)}`
      : entering.length > 0
        ? `adds ${name(entering)}`
        : leaving.length > 0
          ? `leaves out ${name(leaving)}`
          : `differs in ${counted(new Set([...moved, ...resized]).size, "start or share", "starts or shares")} alone`;
  if (tieOf(report, first, row)) return `Option ${row.option} ${swap}, and ties with option ${first.option}`;
  return `Option ${row.option} ${swap}; its ${goalOf(view).name} is ${formatChange(row.objective, first.objective)} of that of option ${first.option}`.replace(/is ([+−])(.*) of that of/, (_, sign, share) => `is ${share} ${sign === "+" ? "above" : "below"} that of`);
}

const numberHeads = (view, first) => numbersOf(view, first).flatMap(({ title }) => [{ class: "number", of: title }, { class: "number", of: "Change" }]);

function numbersOf({ report, scenario, row }, first) {
  const goal = goalOf({ report, scenario });
  const unit = report.batch.currency || "";
  const known = [
    { id: "objective", title: capital(goal.name), unit: goal.isMoney ? unit : "" },
    { id: "cost", title: "Cost", unit },
    report.hasNpv && goal.measure !== "npv" && { id: "npv", title: "NPV", unit },
  ];
  return known.filter((one) => one && isNumber(first[one.id])).map((one) => {
    const form = amounts(report.options(scenario).concat(first, row || []).map((option) => option[one.id]), one.unit);
    return { ...one, form, title: form.unit ? `${one.title}, ${form.unit}` : one.title };
  });
}

function numberCells(view, row, first) {
  return numbersOf(view, first).flatMap(({ id, form }) => [
    { class: "number", of: form.format(row[id]) },
    { class: "number faint", of: formatChange(row[id], first[id]) },
  ]);
}

/** Counts of projects with what they do, in a sentence: `2 projects enter, 1 leaves and 3 move`; nothing where none does. */
function changeWords(parts) {
  const told = parts.filter(([ids]) => ids.length > 0);
  return listed(told.map(([ids, one, many], place) => `${place === 0 ? counted(ids.length, "project") : formatCount(ids.length)} ${ids.length === 1 ? one : many}`), 9);
}

/** Changes of the option that is shown against the first of the base. */
function baseDifferences(view) {
  const { report } = view;
  const base = report.base;
  if (!base || base.scenario === view.scenario) return null;
  const first = report.first(base.scenario);
  if (!first) return null;
  const { entering, leaving, moved, resized, shared, before, after } = changesBetween(report, [base.scenario, first.option], [view.scenario, view.option]);
  const title = `Against the base, ${changeWords([[entering, "enters", "enter"], [leaving, "leaves", "leave"], [moved, "moves", "move"], [resized, "has another share", "have another share"]]) || `nothing changes: the same ${counted(shared, "project")}`}`;
  const parts = [["Enters", entering], ["Leaves", leaving], ["Moves", moved], ["Has another share", resized]].filter(([, ids]) => ids.length > 0);
  const start = (rows, id) => (rows.has(id) ? rows.get(id).start : null);
  const note = (id) => moved.includes(id) && el("small", null, ` ${start(before, id)} → ${start(after, id)}`);
  const lists = el("div", { class: "lists" }, parts.map(([head, ids]) => el("div", null, el("h4", null, `${head} (${formatCount(ids.length)})`), projectList(report, ids, 8, note))));
  return handmade(title, `${view.scenario}, option ${view.option}, against ${base.scenario}, option ${first.option}`, lists, null);
}

/** Changes of the option in the current plan, from changes.csv. */
function planDifferences(view) {
  const { report } = view;
  const rows = ofOption(view, "changes");
  if (rows.length === 0) return null;
  const kinds = [...new Set(rows.map((row) => row.change))];
  const of = (kind) => rows.filter((row) => row.change === kind);
  const title = `Against the current plan: ${listed(kinds.map((kind) => `${kind} ${formatCount(of(kind).length)}`), 4)}`;
  const columns = [
    { title: "Project", of: (row) => report.name(row.project), as: "text", project: (row) => row.project },
    { title: "Id", of: (row) => row.project, as: "text" },
    { title: "Change", of: (row) => row.change, as: "text" },
    { title: "Agreed start", of: (row) => row.from, as: "text" },
    { title: "New start", of: (row) => row.to, as: "text" },
  ];
  return figure({ title, subtitle: `Scenario ${view.scenario}, option ${view.option}`, table: { columns, rows }, foot: provenance(view) });
}
