// The use of more money: the efficient points of two measures, and the options of scenarios that differ in their budgets only.

/** The points of the frontier, by rising x. */
function frontierPoints(view) {
  return ofScenario(view, "frontier").filter((row) => isNumber(row.x) && isNumber(row.y)).sort((one, other) => one.x - other.x);
}

/** The largest y within an x; points are sorted by x. */
function reachedWithin(points, x) {
  const within = points.filter((row) => row.x <= x * (1 + 1e-9) + 1e-12);
  return within.reduce((most, row) => Math.max(most, row.y), -Infinity);
}

/** The way in which the points get dearer, in a sentence. */
function slopeTitle(points, [xName, yName]) {
  const [first, last] = [points[0], points[points.length - 1]];
  if (points.length === 1) return `One selection is best by both ${xName} and ${yName}`;
  if (last.y <= first.y) return `More ${xName} means less ${yName}: ${counted(points.length, "selection")} between the two ends`;
  const half = reachedWithin(points, last.x / 2);
  const most = reachedWithin(points, 0.9 * last.x);
  if (first.x < 0 || !(last.x > 0) || !(last.y > 0)) return `${capital(yName)} rises with ${xName} over ${counted(points.length, "selection")}`;
  const tenth = most > -Infinity ? `the last tenth ${formatPercent(Math.max(0, 1 - most / last.y))}` : null;
  if (half > -Infinity && half >= 0) return `Half of the ${xName} brings ${formatPercent(half / last.y)} of the ${yName}${tenth ? `; ${tenth}` : ""}`;
  return tenth ? `${capital(tenth)} of the ${xName} brings ${formatPercent(Math.max(0, 1 - most / last.y))} of the ${yName}` : `${capital(yName)} rises with ${xName}`;
}

/** The name of a measure: that of the line, resource or objective that it is of. */
function frontierName(report, id) {
  const [, kind, own] = /^(line|resource|objective)\.(.*)$/.exec(id) || [];
  const words = { line: "spend on ", resource: "demand for ", objective: "" };
  return kind ? words[kind] + report[kind](own).name : measureName(id);
}

/** The unit of a measure on an axis. */
function measureUnit(measure, currency) {
  return /^(cost|npv|benefit|discounted|line\.)/.test(measure) ? currency : "";
}

/** Says which axes of a chart do not begin at zero. */
function cutAxes(points) {
  const cut = [["horizontal", (row) => row.x], ["vertical", (row) => row.y]].filter(([, of]) => isFarFromZero(points.map(of)));
  return cut.length > 0 && `the ${cut.map(([name]) => name).join(" and the ")} axis ${cut.length > 1 ? "do" : "does"} not begin at zero`.replace("axis do", "axes do");
}

/** Points, and a line through them that steps where nothing lies between. */
function drawCurve({ points, today, forms, names, isStep, others = [] }, width, isPaper) {
  const drawing = plot({ width, height: heightFor(width < 500 ? 280 : 340, isPaper), margin: { left: 60, bottom: 46, top: 28, right: 16 }, label: `${names[1]} against ${names[0]}` });
  const { root, area } = drawing;
  const all = [...points, ...others, ...(today ? [today] : [])];
  const [xs, ys] = [all.map((row) => row.x), all.map((row) => row.y)];
  const x = linearScale(niceDomain(xs, { zero: !isFarFromZero(xs) }), [area.left, area.right]);
  const y = linearScale(niceDomain(ys, { zero: !isFarFromZero(ys) }), [area.bottom, area.top]);
  valueAxis(drawing, y, { form: forms.y, unit: [capital(names[1]), forms.y.unit].filter(Boolean).join(", ") });
  baseAxis(drawing, x, { form: forms.x, unit: [names[0], forms.x.unit].filter(Boolean).join(", ") });
  const joined = points.filter((row) => !row.isApart);
  const path = joined.flatMap((row, place) => (isStep && place > 0 ? [[x(row.x), y(joined[place - 1].y)]] : []).concat([[x(row.x), y(row.y)]]));
  root.append(curve(path, "stroke kind-0"));
  if (others.length > 1) root.append(curve(others.filter((row) => !row.isApart).map((row) => [x(row.x), y(row.y)]), "guide"));
  const dot = (row, css, shape, size) => {
    const node = point(x(row.x), y(row.y), size, css, shape);
    root.append(node);
    return { node, tell: row.tell, attributes: row.attributes };
  };
  const marks = [...others.map((row) => dot(row, "out", "diamond", 4)), ...points.map((row) => dot(row, "funded", "circle", points.length > 60 ? 2.5 : 4))];
  if (today) {
    marks.push(dot(today, "over-ink", "triangle", 6));
    const isRight = x(today.x) > (area.left + area.right) / 2;
    root.append(text(x(today.x) + (isRight ? -10 : 10), y(today.y) + 18, today.label, { css: "strong", anchor: isRight ? "end" : "start" }));
  }
  tellMarks(root, marks);
  return root;
}

/** A measure of the option: as options.csv has it, or summed up over the periods of a line or a resource. */
function measureOf(view, id) {
  const [, kind, name] = /^(line|resource)\.(.*)$/.exec(id) || [];
  if (!kind) return view.row ? view.row[id] : null;
  const rows = ofOption(view, kind === "line" ? "spend" : "capacity").filter((row) => row[kind] === name);
  return rows.length > 0 ? sumOf(rows, (row) => row.plan) : null;
}

/** The projects that enter and leave from point to point, in words, by point. */
function frontierChanges(view, points) {
  const told = new Map();
  let former = null;
  for (const { point } of points) {
    const rows = view.report.table("selection") ? view.report.table("selection").rows({ scenario: view.scenario, option: point }) : [];
    const chosen = new Set(rows.map((row) => row.project));
    const names = (ids) => listed(ids.map((id) => view.report.name(id)), 4);
    const entering = former ? [...chosen].filter((id) => !former.has(id)) : [];
    const leaving = former ? [...former].filter((id) => !chosen.has(id)) : [];
    told.set(point, [entering.length > 0 && `in against the point before: ${names(entering)}`, leaving.length > 0 && `out: ${names(leaving)}`].filter(Boolean));
    former = chosen;
  }
  return told;
}

function frontierFigure(view, points) {
  const currency = currencyOf(view);
  const [xId, yId] = [points[0].x_measure, points[0].y_measure];
  const names = [frontierName(view.report, xId), frontierName(view.report, yId)];
  const forms = {
    x: xId === "budget_scale" ? { ...PERCENT_TICKS, full: formatPercent, unit: "of the budgets" } : amounts(points.map((row) => row.x), measureUnit(xId, currency)),
    y: amounts(points.map((row) => row.y), measureUnit(yId, currency)),
  };
  const tell = (row, name, projects) => [name, `${names[0]} ${forms.x.full(row.x)}, ${names[1]} ${forms.y.full(row.y)}`, counted(projects, "project")];
  const [x, y] = [xId === "budget_scale" ? null : measureOf(view, xId), measureOf(view, yId)];
  const changes = frontierChanges(view, points);
  const label = capital(optionName(view));
  const today = isNumber(x) && isNumber(y) ? { x, y, label, tell: tell({ x, y }, label, view.row.projects) } : null;
  const open = points.filter((row) => row.status !== "optimal").length;
  return figure({
    title: slopeTitle(points, names),
    subtitle: `${capital(names[1])} against ${names[0]}: ${counted(points.length, "selection")} that no other beats in both. Scenario ${view.scenario}`,
    chart: (width, isPaper) => drawCurve({ points: points.map((row) => ({ ...row, tell: [...tell(row, row.point, row.projects), ...changes.get(row.point)] })), today, forms, names, isStep: last(points).y > points[0].y }, width, isPaper),
    table: {
      rows: points,
      columns: [
        { title: "Point", of: (row) => row.point, as: "text" },
        { title: capital(names[0]), of: (row) => row.x, as: xId === "budget_scale" ? "percent" : "amount", unit: measureUnit(xId, currency) },
        { title: capital(names[1]), of: (row) => row.y, as: "amount", unit: measureUnit(yId, currency) },
        { title: "Projects", of: (row) => row.projects, as: "count" },
      ],
    },
    foot: [`Scenario ${view.scenario}`, open > 0 ? `${open} of ${counted(points.length, "point")} not proven` : "every point is proven", cutAxes([...points, ...(today ? [today] : [])])],
  });
}

const last = (list) => list[list.length - 1];

/** Headings of scenarios.csv that a change of budgets changes along, or that tell results. */
const MOVES_WITH_BUDGETS = /^(scenario|status|objective|options_found|budget\.|scale\.|limit\.)/;

/** All money of a scenario: the caps on all lines together if there are any, else the budgets of the lines. */
function budgetOf(row) {
  const limited = Object.keys(row).filter((heading) => heading.startsWith("budget.") && isNumber(row[heading]));
  const caps = limited.filter((heading) => heading.startsWith("budget.*."));
  return sumOf(caps.length > 0 ? caps : limited, (heading) => row[heading]);
}

/** The scenarios that differ from that of the view in their budgets only, by rising money; none if there are less than three. */
function budgetSweep(view) {
  const table = view.report.table("scenarios");
  const here = table && ofScenario(view, "scenarios")[0];
  // A scenario without an option has no place on the curve.
  if (!here || !view.row) return [];
  const firsts = new Map(view.report.table("options").rows().filter((row) => row.rank === 1).map((row) => [row.scenario, row]));
  const lists = new Map((view.report.table("baseline") ? view.report.table("baseline").rows() : []).map((row) => [row.scenario, row]));
  const rest = Object.keys(here).filter((heading) => !MOVES_WITH_BUDGETS.test(heading));
  const like = table.rows().filter((row) => firsts.has(row.scenario) && rest.every((heading) => row[heading] === here[heading]));
  const isScaled = (row) => Object.keys(row).every((heading) => !heading.startsWith("budget.") || Math.abs((row[heading] || 0) * budgetOf(here) - (here[heading] || 0) * budgetOf(row)) <= 1e-6 * budgetOf(here) * budgetOf(row));
  const steps = like.map((row) => ({ scenario: row.scenario, x: budgetOf(row), isApart: !isScaled(row), y: firsts.get(row.scenario).objective, option: firsts.get(row.scenario), list: lists.get(row.scenario) }));
  steps.sort((one, other) => one.x - other.x || one.y - other.y);
  const distinct = new Set(steps.map((row) => row.x));
  const isHere = steps.some((row) => row.scenario === view.scenario && isNumber(row.y));
  return distinct.size >= 3 && steps[0].x > 0 && isHere ? steps.filter((row) => isNumber(row.y)) : [];
}

/** The gain of one budget against a smaller one: `5 % more strategic value`. */
function broughtBy(view, from, to) {
  const goal = goalOf(view);
  const change = to.y - from.y;
  if (Math.abs(change) <= 1e-9 * Math.max(Math.abs(from.y), Math.abs(to.y))) return `no more ${goal.name}`;
  const size = from.y > 0 ? formatPercent(Math.abs(change) / from.y) : goalAmount(view, Math.abs(change));
  return `${size} ${change > 0 ? "more" : "less"} ${goal.name}`;
}

/** The gain of the next step of money from where the reader stands, and the one after it; at the end, what the last one bought. */
function sweepTitle(view, all) {
  const goal = goalOf(view);
  const steps = all.filter((row) => !row.isApart);
  const grown = (from, to) => formatPercent(to.x / from.x - 1);
  const above = (row) => steps.find((one) => one.x > row.x * (1 + 1e-9));
  const here = steps.find((row) => row.scenario === view.scenario);
  const next = above(here);
  if (next) {
    const further = above(next);
    const after = further ? `; the ${grown(next, further)} after that ${broughtBy(view, next, further)}` : "";
    const told = broughtBy(view, here, next);
    return `${grown(here, next)} more budget ${goal.isMaximised ? "buys" : "brings"} ${told}${after.endsWith(`more ${goal.name}`) && told.endsWith(`more ${goal.name}`) ? after.slice(0, -` more ${goal.name}`.length) : after}`;
  }
  const previous = [...steps].reverse().find((row) => row.x < here.x * (1 - 1e-9));
  if (previous) return `The last ${grown(previous, here)} of budget ${goal.isMaximised ? "bought" : "brought"} ${broughtBy(view, previous, here)}`;
  return `${capital(goal.name)} by budget, ${counted(all.length, "scenario")}`;
}

function sweepFigure(view, steps) {
  const [goal, currency] = [goalOf(view), currencyOf(view)];
  const forms = { x: amounts(steps.map((row) => row.x), currency), y: amounts(steps.map((row) => row.y), goal.isMoney ? currency : "") };
  const tell = (row, name) => [name, `budget ${forms.x.full(row.x)}, ${goal.name} ${forms.y.full(row.y)}`];
  const points = steps.map((row) => ({ ...row, tell: [...tell(row, row.scenario), counted(row.option.projects, "project")], attributes: { "data-scenario": row.scenario } }));
  const lists = steps.filter((row) => row.list && isNumber(row.list.objective)).map((row) => ({ x: row.x, y: row.list.objective, isApart: row.isApart, tell: tell({ x: row.x, y: row.list.objective }, `ranked list, ${row.scenario}`) }));
  const here = points.find((row) => row.scenario === view.scenario);
  return figure({
    title: sweepTitle(view, steps),
    subtitle: `${capital(goal.name)} of the option ranked first against all budgets together: ${counted(steps.length, "scenario")} that differ in their budgets only`,
    legend: lists.length > 1 && legendOf([["funded", "option ranked first"], ["out dashed", "ranked list"]]),
    chart: (width, isPaper) => drawCurve({ points, others: lists, today: { ...here, label: view.scenario }, forms, names: ["budget", goal.name], isStep: false }, width, isPaper),
    table: {
      rows: steps,
      columns: [
        { title: "Scenario", of: (row) => row.scenario, as: "text", scenario: (row) => row.scenario },
        { title: "Budget", of: (row) => row.x, as: "amount", unit: currency },
        { title: capital(goal.name), of: (row) => row.y, as: goal.isMoney ? "amount" : "number", unit: goal.isMoney ? currency : "" },
        { title: "Ranked list", of: (row) => (row.list ? row.list.objective : null), as: goal.isMoney ? "amount" : "number", unit: goal.isMoney ? currency : "" },
        { title: "Projects", of: (row) => row.option.projects, as: "count" },
      ],
    },
    foot: ["Lines join budgets that grow on all lines alike and only guide the eye: each point is a scenario of its own", cutAxes([...points, ...lists]), here && provenance(view)],
  });
}

chapter({
  id: "frontier",
  title: "More money",
  question: "What does more money buy?",
  build(view) {
    const [points, steps] = [frontierPoints(view), budgetSweep(view)];
    if (points.length === 0 && steps.length === 0) return null;
    return el("div", null, steps.length > 0 && sweepFigure(view, steps), points.length > 0 && frontierFigure(view, points));
  },
});
