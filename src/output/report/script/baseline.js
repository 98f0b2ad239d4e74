// The worth of searching for the best selection: the same money spent down a ranked list, beside it.

const RULES = {
  cut_line: { name: "ranked list, cut line", words: "a ranked list that ends at the first project that does not fit" },
  skip: { name: "ranked list, skipping", words: "a ranked list that skips what does not fit" },
};

/** The money that the budgets leave after the plan of an option; null where the tables do not tell all of it. */
function unspentBy(view, baseline) {
  const limited = limitedSpend(view);
  const money = sumOf(limited, (row) => row.limit);
  if (!isNumber(baseline.budget) || Math.abs(money - baseline.budget) > 1e-6 * Math.abs(baseline.budget)) return null;
  return money - sumOf(limited, (row) => row.plan);
}

/** The list and the option as two rows of the same columns. */
function baselineRows(view, baseline) {
  const rule = RULES[baseline.rule] || { name: "ranked list" };
  const plan = (row, name, kind, unspent) => ({ name, kind, value: row.objective, cost: row.cost, projects: row.projects, unspent, npv: row.npv, status: row.status });
  return [plan(baseline, rule.name, "out", baseline.unspent), plan(view.row, capital(optionName(view)), "funded", unspentBy(view, baseline))];
}

function baselineTitle(view, baseline) {
  const goal = goalOf(view);
  const [value, listValue] = [view.row.objective, baseline.objective];
  const left = baseline.unspent > 0 && baseline.budget > 0 ? `leaves ${formatPercent(baseline.unspent / baseline.budget)} of the money unspent` : null;
  if (baseline.status === "infeasible") return `A ranked list breaks the rules of this scenario; ${optionName(view)} keeps them`;
  const gain = goal.isMaximised ? value - listValue : listValue - value;
  if (Math.abs(gain) <= 1e-6 * Math.max(Math.abs(value), Math.abs(listValue))) return `A ranked list does as well as ${optionName(view)}${left ? ` and ${left}` : ""}`;
  const name = goal.isMaximised ? goal.name : `less ${goal.name}`;
  if (gain < 0 && goal.measure === null) return `A ranked list has a better objective than ${optionName(view)}, which is not the best by that`;
  if (gain < 0) return `A ranked list brings more ${goal.name} than ${optionName(view)}, which is not the best by that`;
  const size = listValue > 0 && value > 0 ? formatChange(value, listValue).replace(/^[+−]/, "") : goalAmount(view, gain);
  const end = `than a ranked list${left ? `, which ${left}` : ""}`;
  if (goal.measure === null) return `The objective of ${optionName(view)} is ${size} better ${end.replace("than a", "than that of a")}`;
  return `${capital(optionName(view))} brings ${size} ${goal.isMaximised ? "more " : ""}${name} ${end}`;
}

/** Bars of one measure, with their numbers at the ends. */
function drawBars(rows, { value, format, label, unit }, width) {
  const longest = Math.max(...rows.map((row) => row.name.length));
  const left = Math.min(longest * LETTER + 16, 320, width * 0.4);
  const drawing = plot({ width, height: 34 * rows.length + 34, margin: { left, right: 90, top: 20, bottom: 8 }, label });
  const { root, area } = drawing;
  const known = rows.filter((row) => isNumber(value(row)));
  const x = linearScale(niceDomain(known.map(value)), [area.left, area.right]);
  const bands = bandScale(rows.map((row) => row.name), [area.top, area.bottom]);
  root.append(text(area.left, 12, unit, { css: "faint" }), line(x(0), area.top, x(0), area.bottom, "zero"));
  const marks = rows.map((row) => {
    const amount = value(row);
    const [from, to] = [x(Math.min(0, amount || 0)), x(Math.max(0, amount || 0))];
    const node = svg("rect", { x: from, y: bands(row.name), width: Math.max(1, to - from), height: bands.width, class: row.kind });
    root.append(node, text(left - 8, bands.middle(row.name) + 4, row.name, { anchor: "end", room: left - 8 }));
    root.append(text(to + 6, bands.middle(row.name) + 4, isNumber(amount) ? format(amount) : "not told", { css: "strong" }));
    return { node, tell: [row.name, `${unit}: ${isNumber(amount) ? format(amount) : "not told"}`] };
  });
  tellMarks(root, marks);
  return root;
}

function drawBaseline(view, rows, width) {
  const currency = currencyOf(view);
  const goal = goalOf(view);
  const value = { value: (row) => row.value, format: (amount) => goalAmount(view, amount), label: goal.name, unit: capital(goal.name) };
  const unspent = { value: (row) => row.unspent, format: (amount) => fullAmount(amount, currency), label: "Money left unspent", unit: "Left unspent" };
  const isTold = rows.some((row) => isNumber(row.unspent));
  const room = isTold && width > 660 ? Math.floor((width - 24) / 2) : width;
  return el("div", { class: "pair" }, drawBars(rows, value, room), isTold && drawBars(rows, unspent, room));
}

function baselineFigure(view, baseline) {
  const rows = baselineRows(view, baseline);
  const [goal, currency] = [goalOf(view), currencyOf(view)];
  const npv = rows.some((row) => isNumber(row.npv)) && goal.measure !== "npv" ? [{ title: "NPV", of: (row) => row.npv, as: "amount", unit: currency }] : [];
  return figure({
    title: baselineTitle(view, baseline),
    subtitle: `The same money down ${(RULES[baseline.rule] || { words: "a ranked list" }).words}. Scenario ${view.scenario}`,
    chart: (width) => drawBaseline(view, rows, width),
    table: {
      rows,
      columns: [
        { title: "Plan", of: (row) => row.name },
        { title: "Projects", of: (row) => row.projects, as: "count" },
        { title: "Cost", of: (row) => row.cost, as: "amount", unit: currency },
        { title: capital(goal.name), of: (row) => row.value, as: goal.isMoney ? "amount" : "number", unit: goal.isMoney ? currency : "" },
        { title: "Unspent", of: (row) => row.unspent, as: "amount", unit: currency },
        ...npv,
      ],
    },
    foot: [provenance(view), baseline.status === "infeasible" && "the ranked list breaks rules of the scenario"],
  });
}

// More bars than this are no longer read; those that lose most are shown, and the table has all.
const LOSSES = 24;

/** The loss of a ranked list in every scenario; none where there is one scenario. */
function lossesFigure(view) {
  const table = view.report.table("baseline");
  const firsts = new Map(view.report.table("options").rows().filter((row) => row.rank === 1).map((row) => [row.scenario, row]));
  const lost = (row) => row.objective_lost / Math.abs(firsts.get(row.scenario).objective);
  const rows = table.rows().filter((row) => firsts.has(row.scenario) && isNumber(row.objective_lost) && firsts.get(row.scenario).objective !== 0);
  if (rows.length < 2) return null;
  const told = rows.map((row) => ({ name: row.scenario, lost: lost(row), unspent: row.budget > 0 ? row.unspent / row.budget : null, kind: row.scenario === view.scenario ? "funded" : "out" }));
  const parts = told.map((row) => row.lost);
  const [least, most] = [Math.min(...parts), Math.max(...parts)];
  const range = formatPercent(least) === formatPercent(most) ? formatPercent(most) : `${formatPercent(least)} to ${formatPercent(most)}`;
  const title = most <= 1e-9 ? `In none of ${rows.length} scenarios does a ranked list lose anything` : `In ${rows.length} scenarios a ranked list loses ${range} of the objective`;
  const worst = [...told].sort((one, other) => other.lost - one.lost).slice(0, LOSSES);
  const shown = told.filter((row) => worst.includes(row) || row.name === view.scenario);
  return figure({
    title,
    subtitle: "Part of the objective of the option ranked first that the ranked list does not reach",
    chart: (width) => drawBars(shown, { value: (row) => row.lost, format: formatPercent, label: title, unit: "Lost part of the objective" }, width),
    table: {
      rows: told,
      columns: [
        { title: "Scenario", of: (row) => row.name, as: "text", scenario: (row) => row.name },
        { title: "Lost part of the objective", of: (row) => row.lost, as: "percent" },
        { title: "Unspent part of the money", of: (row) => row.unspent, as: "percent" },
      ],
    },
    foot: ["The option ranked first in each scenario", shown.length < told.length && `the ${formatCount(shown.length)} that lose most; ${counted(told.length - shown.length, "further scenario")} in the table`],
  });
}

chapter({
  id: "baseline",
  title: "Ranked list",
  question: "Is it better than a ranked list?",
  build(view) {
    const baseline = ofScenario(view, "baseline")[0];
    if (!baseline || !view.row || !isNumber(baseline.objective)) return null;
    return el("div", null, baselineFigure(view, baseline), lossesFigure(view));
  },
});
