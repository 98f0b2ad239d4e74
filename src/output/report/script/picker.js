// Choice of scenario and option: two lists in the head of the page, and beside wide pages all scenarios and options with
// what they bring.

/** The lists of the head; the one that has the focus keeps it. */
function pickers(shell) {
  const { view, report } = shell;
  const scenarios = report.scenarios.map((row) => ({ value: row.scenario, words: row.scenario + (report.first(row.scenario) ? "" : ` (${row.status})`) }));
  const options = report.options(view.scenario).map((row) => ({ value: row.option, words: optionWords(row) }));
  const pick = (asked) => shell.show({ scenario: view.scenario, option: null, ...asked }, { isStep: true });
  const lists = [
    pickerOf("Scenario", scenarios, view.scenario, (scenario) => pick({ scenario })),
    options.length > 1 && pickerOf("Option", options, view.option, (option) => pick({ option })),
  ].filter(Boolean);
  const focused = shell.picked.contains(document.activeElement) ? document.activeElement.name : null;
  if (focused) queueMicrotask(() => shell.picked.querySelector(`[name="${focused}"]`)?.focus());
  return lists;
}

function pickerOf(title, entries, chosen, pick) {
  const entry = ({ value, words }) => el("option", { value, selected: String(value) === String(chosen) }, words);
  const list = el("select", { name: title, onchange: () => pick(list.value) }, entries.map(entry));
  return el("label", null, el("span", null, title), list);
}

/** An option with what it is optimised for: `2: 831, 85 projects`; the list is in the order of the ranks. */
function optionWords(row) {
  return `${row.option}: ${formatNumber(row.objective)}, ${counted(row.projects, "project")}`;
}

/** All scenarios with the main measure against the base, and the options of the one that is shown. */
function sideLists(shell) {
  const { view, report } = shell;
  const measure = mainMeasure(report);
  const base = report.base && report.first(report.base.scenario);
  const scenario = (row) => {
    const first = report.first(row.scenario);
    const isBase = base === first;
    const value = first && measure ? writeMeasure(measure, first[measure.id]) : row.status;
    const change = first && measure && !isBase && base ? changeWord(measure, first[measure.id], base[measure.id]) : "";
    return sideEntry({ "data-scenario": row.scenario }, row.scenario === view.scenario, scenarioLabel(row.scenario), value, change);
  };
  const option = (row) => sideEntry({ "data-option": row.option }, row.option === view.option, `Option ${row.option}`, formatNumber(row.objective), row.projects);
  const options = report.options(view.scenario);
  const grid = measure && gridOf(report);
  const isGrid = grid && grid.columns.labels.length <= 6 && grid.placed === report.scenarios.length;
  return [
    report.scenarios.length > 1 && el("h2", null, "Scenarios", measure && el("small", null, measure.name)),
    report.scenarios.length > 1 && (isGrid ? sideGrid(report, grid, measure, view.scenario) : el("ul", null, report.scenarios.map(scenario))),
    options.length > 1 && el("h2", null, "Options", el("small", null, "objective, projects")),
    options.length > 1 && el("ul", null, options.map(option)),
  ].filter(Boolean);
}

/** The sweep as a small heat map. */
function sideGrid(report, grid, measure, shown) {
  const table = heatTable(report, grid, measure, true);
  for (const cell of table.querySelectorAll("[data-scenario]")) {
    if (cell.dataset.scenario === shown) cell.setAttribute("aria-current", "true");
  }
  return el("div", null, table, el("p", { class: "faint axes" }, `${capital(grid.rows.name)} down, ${grid.columns.name.toLowerCase()} across`));
}

function sideEntry(goal, isShown, name, value, further) {
  const inner = [el("span", null, name), el("span", { class: "number" }, value), el("span", { class: "number faint" }, further)];
  return el("li", null, el("button", { type: "button", ...goal, "aria-current": isShown ? "true" : null }, inner));
}
