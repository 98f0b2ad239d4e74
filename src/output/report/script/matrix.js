// Projects × scenarios: what is funded whatever happens, what is argued about, and what never is.

// More columns than this are no picture: then the share of the scenarios alone is told.
const MOST_COLUMNS = 150;

const CLASSES = [
  { id: "core", name: "Core: funded in all", of: (share) => share === 1 },
  { id: "borderline", name: "Borderline: funded in some", of: (share) => share > 0 && share < 1 },
  { id: "exterior", name: "Exterior: funded in none", of: (share) => share === 0 },
];

chapter({
  id: "matrix",
  title: "Safe and argued",
  question: "Which projects are safe, which are argued about?",
  isAcross: true,
  build({ report }) {
    const fields = fieldsOf(report);
    if (fields.length < 2) return null;
    const rows = matrixRows(report, fields);
    const byClass = CLASSES.map((one) => ({ ...one, rows: rows.filter((row) => one.of(row.share)) }));
    const table = matrixTable(report, fields.length > MOST_COLUMNS ? [] : fields, byClass);
    const what = fields[0].isOption ? "option" : "scenario";
    const subtitle = `${fields[0].isOption ? `Options of ${fields[0].scenario}` : "Option 1 of every scenario that has one"}; filled: funded${startWords(report)}`;
    const tools = el("p", { class: "filter" }, matrixFilter(report, table), matrixOrder(report, table));
    return handmade(matrixTitle(byClass, fields.length, what), subtitle, el("div", null, tools, table), null);
  },
  mark(section, view) {
    for (const head of section.querySelectorAll("thead button")) {
      const isHere = head.dataset.scenario === view.scenario || head.dataset.option === String(view.option);
      if (isHere) head.setAttribute("aria-current", "true");
      else head.removeAttribute("aria-current");
    }
  },
});

/** The columns: the first option of every scenario, or the options of the only one. */
function fieldsOf(report) {
  const scenarios = report.scenarios.filter((row) => report.first(row.scenario));
  if (scenarios.length > 1) return scenarios.map(({ scenario }) => ({ scenario, option: report.first(scenario).option, label: scenario, isOption: false }));
  return scenarios.flatMap(({ scenario }) => report.options(scenario).map(({ option }) => ({ scenario, option, label: `option ${option}`, isOption: true })));
}

/** The meaning of a cell's strength, where starts may differ. */
function startWords({ batch }) {
  const periods = batch.periods || [];
  return periods.length > 1 ? `, the stronger the later the start (${periods[0]} to ${periods[periods.length - 1]})` : "";
}

/** A row per project, the most often funded first. */
function matrixRows(report, fields) {
  const chosen = fields.map(({ scenario, option }) => new Map(report.rows("selection", { scenario, option }).map((row) => [row.project, row])));
  const rows = report.projects.map((project) => {
    const cells = chosen.map((map) => map.get(project.id) || null);
    return { project, cells: cells.length > MOST_COLUMNS ? [] : cells, share: cells.filter(Boolean).length / fields.length };
  });
  return rows.sort((one, other) => other.share - one.share);
}

function matrixTitle(byClass, count, what) {
  const [core, borderline, exterior] = byClass.map((one) => one.rows.length);
  const all = count === 2 ? `both ${what}s` : `all ${count} ${what}s`;
  if (borderline === 0) return `Nothing is argued about: ${counted(core, "project")} in ${all}, ${formatCount(exterior)} in none`;
  return `${capital(counted(core, "project"))} ${core === 1 ? "is" : "are"} funded in ${all}, ${formatCount(borderline)} in some and ${formatCount(exterior)} in none`;
}

function matrixTable(report, fields, byClass) {
  const periods = report.batch.periods || [];
  const used = periods.filter((period) => byClass.some(({ rows }) => rows.some((row) => row.cells.some((cell) => cell && cell.start === period))));
  const isWide = fields.length <= 14;
  const goal = (field) => (field.isOption ? { "data-option": field.option } : { "data-scenario": field.scenario });
  const head = el("tr", null, el("th", { scope: "col", class: "corner" }, "Project"), el("th", { scope: "col", class: "number" }, "In"), fields.map((field) => el("th", { scope: "col", class: "upright" }, el("button", { type: "button", class: "link", ...goal(field), title: field.label }, shortened(scenarioLabel(field.label), 30)))));
  const bodies = byClass.filter(({ rows }) => rows.length > 0).flatMap((one) => classBodies(report, one, fields, { used, isWide }));
  const table = el("table", { class: `matrix ${isWide ? "lettered" : "dense"}` }, el("thead", null, head), bodies);
  // So many columns fit the width of a page.
  table.style.setProperty("--zoom", String(Math.min(1, 46 / Math.max(fields.length, 1)).toFixed(2)));
  return el("div", { class: "wide tall", tabindex: 0, role: "region", "aria-label": "Projects by scenarios" }, table);
}

/** The heading of a class, which folds its rows, and the rows. What is never funded is folded at first. */
function classBodies(report, { id, name, rows }, fields, form) {
  const body = el("tbody", { "data-class": id }, rows.map((row) => matrixRow(report, row, form)));
  const isFolded = id === "exterior";
  body.hidden = isFolded;
  const button = el("button", { type: "button", class: "link", "aria-expanded": String(!isFolded) }, `${name} (${formatCount(rows.length)})`);
  button.addEventListener("click", () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
  });
  return [el("tbody", { class: "class-head" }, el("tr", null, el("th", { scope: "rowgroup", colspan: fields.length + 2 }, button))), body];
}

function matrixRow(report, { project, cells, share }, { used, isWide }) {
  const cell = (one) => {
    if (!one) return el("td", { class: "out" });
    const place = used.indexOf(one.start);
    const part = isNumber(one.fraction) && one.fraction < 1 ? `, ${formatPercent(one.fraction)} of it` : "";
    const node = el("td", { class: "in", title: `${project.name}: starts ${one.start}${part}` }, isWide ? startMark(one.start) : el("span", { class: "offstage" }, "funded"));
    node.style.setProperty("--share", `${used.length > 1 ? Math.round(35 + (50 * place) / (used.length - 1)) : 45}%`);
    return node;
  };
  const head = el("th", { scope: "row" }, projectLink(report, project.id));
  return el("tr", null, head, el("td", { class: "number" }, share === 1 || share === 0 ? "" : formatPercent(share)), cells.map(cell));
}

/** A start in two letters: the last of a year, else the first. */
function startMark(start) {
  const words = String(start);
  return /^\d{4}$/.test(words) ? words.slice(2) : words.slice(0, 4);
}

/** The choice of an order of the rows within each class. */
function matrixOrder(report, table) {
  const base = report.base ? report.base.scenario : "";
  const cases = new Map(report.rows("business_cases", { scenario: base }).map((row) => [row.project, row]));
  const ratio = ({ cost, strategic_value: value }) => (cost > 0 && isNumber(value) ? value / cost : null);
  const orders = [
    ["Most often funded first", null],
    ["By name", (id) => report.name(id)],
    ["Highest cost first", (id) => own(id).cost],
    ["Highest strategic value first", (id) => own(id).strategic_value],
    ["Most value per cost first", (id) => ratio(own(id))],
  ];
  const own = (id) => cases.get(id) || {};
  const [rows, known] = [[...table.querySelectorAll("tbody:not(.class-head) > tr")], [...cases.keys()]];
  const isUseful = ([, of], place) => place < 2 || known.some((id) => isNumber(of(id)) && of(id) !== 0);
  const select = el("select", { "aria-label": "Order of the projects" }, orders.filter(isUseful).map(([title]) => el("option", { value: title }, title)));
  const idOf = (row) => row.querySelector("[data-project]").dataset.project;
  select.addEventListener("change", () => {
    const [, of] = orders.find(([title]) => title === select.value);
    // What has no figure comes last.
    const compare = (one, other) => (typeof one === "string" ? one.localeCompare(other) : (isNumber(other) ? other : -Infinity) - (isNumber(one) ? one : -Infinity) || 0);
    const sorted = of ? [...rows].sort((one, other) => compare(of(idOf(one)), of(idOf(other)))) : rows;
    // Each row stays in its class, whose order follows that of all.
    for (const body of table.querySelectorAll("tbody[data-class]")) body.append(...sorted.filter((row) => row.parentElement === body));
  });
  return select;
}

/** Filter of the rows by name and by an attribute. */
function matrixFilter(report, table) {
  const attributes = Object.keys(report.projects[0] ? report.projects[0].attributes : {}).filter((name) => isGrouping(report, name));
  const search = el("input", { type: "search", placeholder: "Name or id", "aria-label": "Filter by name or id" });
  const entries = attributes.map((name) => el("optgroup", { label: name }, valuesOf(report, name).map((value) => el("option", { value: JSON.stringify([name, value]) }, `${name}: ${value}`))));
  const group = attributes.length > 0 && el("select", { "aria-label": "Filter by attribute" }, el("option", { value: "" }, "All projects"), entries);
  const count = el("span", { class: "faint", role: "status" });
  const apply = () => {
    const sought = search.value.trim().toLowerCase();
    const [name, value] = group && group.value ? JSON.parse(group.value) : [null, null];
    let shown = 0;
    for (const row of table.querySelectorAll("tbody:not(.class-head) > tr")) {
      const project = report.project(row.querySelector("[data-project]").dataset.project);
      const isNamed = sought === "" || project.name.toLowerCase().includes(sought) || project.id.toLowerCase().includes(sought);
      row.hidden = !(isNamed && (name === null || project.attributes[name] === value));
      shown += row.hidden ? 0 : 1;
    }
    const isFiltered = sought !== "" || name !== null;
    count.textContent = isFiltered ? `${formatCount(shown)} of ${counted(report.projects.length, "project")}` : "";
    if (isFiltered) unfold(table);
  };
  search.addEventListener("input", apply);
  if (group) group.addEventListener("change", apply);
  return [search, group, count];
}

/** Shows all rows: what is sought may stand in a folded class. */
function unfold(table) {
  for (const button of table.querySelectorAll(".class-head button[aria-expanded=false]")) button.click();
}

const valuesOf = (report, name) => [...new Set(report.projects.map((project) => project.attributes[name]))].filter((value) => value !== "" && value !== undefined).sort();

/** Numbers of different values above which an attribute is an amount, and parts nothing. */
const MOST_NUMBERS = 8;

/** True for attributes that part the projects into a few groups. */
function isGrouping(report, name) {
  const values = valuesOf(report, name);
  const isAmount = values.length > MOST_NUMBERS && values.every((value) => String(value).trim() !== "" && !isNaN(Number(value)));
  return !isAmount && values.length > 1 && values.length <= Math.min(40, report.projects.length / 2);
}
