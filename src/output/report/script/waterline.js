// The ranked list that everybody knows, with what is wrong about it: where its money ends, what the selection funds below
// that line, and what it passes over above it.

const NEAREST = 10;
// More marks than this would hide the bars that they point at.
const MARKED = 60;

/** Candidates in falling order of value per cost, each with its place along the money, whether it is funded, and why not. */
function rankedList(view) {
  const goal = goalOf(view);
  const [chosen, reasons] = [chosenOf(view), reasonsOf(view)];
  const cases = ofScenario(view, "business_cases").map((row) => ({ project: row.project, name: view.report.name(row.project), cost: row.cost, worth: worthOf(view, row, goal) }));
  const priced = cases.filter((row) => row.cost > 0 && isNumber(row.worth));
  // Projects that are all worth nothing have no order.
  if (!priced.some((row) => row.worth > 0)) return [];
  priced.sort((one, other) => other.worth / other.cost - one.worth / one.cost || one.cost - other.cost);
  // Projects that bring money stand before the first bar of any list.
  let spent = sumOf(cases.filter((row) => row.cost < 0 && row.worth >= 0), (row) => row.cost);
  const rows = priced.map((row, place) => {
    const from = spent;
    spent += row.cost;
    const decision = reasons.get(row.project);
    return { ...row, place: place + 1, from, to: spent, ratio: row.worth / row.cost, funded: chosen.get(row.project), decision };
  });
  const missed = new Set(nearestMissed(rows).map((row) => row.project));
  return rows.map((row) => ({ ...row, kind: row.funded ? "funded" : missed.has(row.project) ? "missed" : "out" }));
}

/** The projects that are out and cost the objective least if they are forced in; or else those with the most value per cost. */
function nearestMissed(rows) {
  const loss = (row) => (row.decision && isNumber(row.decision.cost_of_forcing) ? row.decision.cost_of_forcing : Infinity);
  const out = rows.filter((row) => !row.funded && !(row.decision && row.decision.reason === "excluded"));
  const byLoss = (one, other) => (loss(one) === loss(other) ? 0 : loss(one) - loss(other));
  return out.sort((one, other) => byLoss(one, other) || one.place - other.place).slice(0, NEAREST);
}

/** The number of projects on the wrong side of the line, in a sentence. */
function waterlineTitle(list, money, view) {
  const funded = list.filter((row) => row.funded).length;
  const all = list.length === 1 ? "The one project is funded" : `All ${formatCount(list.length)} projects are funded`;
  const told = funded === list.length ? all : `${funded} of ${counted(list.length, "project")} ${funded === 1 ? "is" : "are"} funded`;
  if (money === null) return `${told}: no budget ends the list`;
  if (list[list.length - 1].to <= money) return `${told}, and the money would pay for the whole list`;
  const { before, below, above } = crossings(list, money);
  const name = optionName(view);
  if (below.length + above.length === 0) return `A ranked list and ${name} agree: both end with ${counted(before, "project")}, where the money does`;
  const parts = [below.length > 0 && `funds ${formatCount(below.length)} below that line`, above.length > 0 && `passes over ${formatCount(above.length)} above it`];
  return `Down the ranked list the money ends after ${counted(before, "project")}; ${name} ${listed(parts.filter(Boolean))}`;
}

/** Projects that a list would pay for in full, those funded beyond the line, and those above it that are not. */
function crossings(list, money) {
  const isAbove = (row) => row.to <= money * (1 + 1e-9);
  return {
    before: list.filter(isAbove).length,
    below: list.filter((row) => row.funded && !isAbove(row)),
    above: list.filter((row) => !row.funded && isAbove(row)),
  };
}

/** The height of the axis: a few very cheap projects would leave nothing to see of all others. */
function ratioTop(list) {
  const highest = list[0].ratio;
  const total = list[list.length - 1].to;
  const usual = (list.find((row) => row.to >= 0.04 * total) || list[0]).ratio;
  return usual > 0 && highest > 2.5 * usual ? 1.25 * usual : highest;
}

function waterlineHint(row, forms) {
  const fraction = row.funded && row.funded.fraction < 1 ? ` (${formatPercent(row.funded.fraction)} of it)` : "";
  const state = { funded: `funded${fraction}`, missed: "just missed", out: "out" }[row.kind];
  return [row.name, `${row.project} · place ${row.place} · ${state}`, `cost ${forms.money(row.cost)}, ${forms.worth} ${forms.amount(row.worth)}`, row.decision && row.decision.reason].filter(Boolean);
}

/** Marks above the bars that stand on the wrong side of the line, the costliest of them with their names. */
function callOuts(drawing, x, y, called, money) {
  const named = [x(money)];
  for (const row of [...called].sort((one, other) => other.cost - one.cost)) {
    const [middle, top] = [(x(row.from) + x(row.to)) / 2, y(Math.max(0, Math.min(row.ratio, drawing.top)))];
    drawing.root.append(point(middle, top - 7, 4, row.kind, row.funded ? "triangle" : "diamond"));
    const isFree = named.every((other) => Math.abs(other - middle) > 20);
    if (named.length > 4 || !isFree || middle > drawing.area.right - 12) continue;
    named.push(middle);
    const words = shortened(row.name, Math.max(1, Math.floor((top - 36 - drawing.area.top) / LETTER)));
    if ([...words].length < 8) continue;
    drawing.root.append(text(middle + 4, top - 16, words, { css: "faint", transform: `rotate(-90 ${middle + 4} ${top - 16})` }));
  }
}

/** The cost up to which the list is drawn: far beyond its line the bars are of no interest and would press the others together. */
function listEnd(list, money) {
  const total = list[list.length - 1].to;
  if (money === null) return total;
  return total > 4 * money ? 3 * money : Math.max(total, money);
}

function drawWaterline(all, money, forms, width, isPaper) {
  const end = listEnd(all, money);
  const list = all.filter((row) => row.from < end);
  const height = heightFor(width < 500 ? 300 : 380, isPaper);
  const drawing = plot({ width, height, margin: { left: 52, bottom: 46, top: 28 }, label: "Projects by value per cost" });
  const { root, area } = drawing;
  const top = ratioTop(list);
  const x = linearScale([Math.min(0, list[0].from), end], [area.left, area.right]);
  drawing.top = top;
  // Names of what is called out stand above the bars.
  const y = linearScale([Math.min(0, list[list.length - 1].ratio), (top || 1) * 1.3], [area.bottom, area.top]);
  valueAxis(drawing, y, { form: { divisor: 1 / forms.divisor }, unit: forms.perCost });
  const fill = stripes(root, "missed");
  const marks = list.map((row) => {
    const node = bar(x(row.from), Math.max(0.6, x(Math.min(end, row.to)) - x(row.from) - 0.5), y, 0, Math.min(row.ratio, top), row.kind);
    if (row.kind === "missed") node.style.fill = fill;
    root.append(node);
    return { node, tell: waterlineHint(row, forms), attributes: { "data-project": row.project } };
  });
  baseAxis(drawing, x, { form: forms.axis, unit: ["cost of the list so far", forms.axis.unit].filter(Boolean).join(", "), grid: false });
  if (money !== null && money < end) {
    const { below, above } = crossings(list, money);
    if (below.length + above.length <= MARKED) callOuts(drawing, x, y, [...below, ...above], money);
    const [left, right] = [x(money) - 6, area.right - x(money) - 6];
    const whole = `the money ends: ${forms.money(money)}`;
    // Bold letters are wider.
    const need = (label) => 1.15 * LETTER * label.length;
    const words = need(whole) > Math.max(left, right) ? forms.money(money) : whole;
    const isRight = need(words) > right;
    root.append(line(x(money), area.top - 4, x(money), area.bottom, "limit"));
    root.append(text(x(money) + (isRight ? -6 : 6), area.top + 8, words, { css: "strong", anchor: isRight ? "end" : "start" }));
  }
  tellMarks(root, marks);
  return root;
}

/** The forms of the chart's amounts: costs on one scale, values per unit of that scale. */
function waterlineForms(view, end) {
  const goal = goalOf(view);
  const currency = currencyOf(view);
  const axis = amounts([end], currency);
  const each = axis.unit ? axis.unit.replace(/s$/, "").replace(/s of /, " ") : "unit";
  const isMoney = goal.measure === "npv" || goal.measure === "benefit";
  return {
    axis,
    worth: worthName(goal),
    divisor: isMoney ? 1 : axis.divisor,
    perCost: isMoney ? `${worthName(goal)} per cost` : `${worthName(goal)} per ${each} of cost`,
    money: (value) => fullAmount(value, currency),
    amount: isMoney ? (value) => fullAmount(value, currency) : (value) => formatNumber(value),
  };
}

/** The list as a table; `isShort` leaves out what the ratio tells as well. */
function listTable(view, list, forms, isShort = false) {
  const states = { funded: "funded", missed: "just missed", out: "out" };
  return {
    rows: list,
    columns: [
      { title: "Project", of: (row) => row.name, as: "text", project: (row) => row.project },
      { title: "Id", of: (row) => row.project, as: "text", css: "id" },
      { title: "Place", of: (row) => row.place, as: "count" },
      { title: "Cost", of: (row) => row.cost, as: "amount", unit: currencyOf(view) },
      !isShort && { title: capital(forms.worth), of: (row) => row.worth, as: forms.divisor === 1 ? "amount" : "number", unit: currencyOf(view) },
      { title: capital(forms.perCost), of: (row) => row.ratio * forms.divisor, as: "number" },
      { title: "State", of: (row) => states[row.kind], as: "text" },
      ...(list.some((row) => row.decision) ? [{ title: "Why", of: (row) => (row.decision ? row.decision.reason : ""), as: "text", css: "words" }] : []),
    ].filter(Boolean),
  };
}

/** The kinds of bars that there are. */
function waterlineLegend(list) {
  const entries = [["funded", "funded", "funded"], ["missed", "missed striped", `just missed: ${missedWords(list)}`], ["out", "out", "out"]];
  return legendOf(entries.filter(([kind]) => list.some((row) => row.kind === kind)).map(([, css, words]) => [css, words]));
}

/** By what the projects that just missed are picked. */
function missedWords(list) {
  const count = list.filter((row) => row.kind === "missed").length;
  const told = list.some((row) => row.decision) ? ["costs", "cost", "least to force in"] : ["has", "have", "the most value per cost of those that are out"];
  return `the ${formatCount(count)} that ${count === 1 ? told[0] : told[1]} ${told[2]}`;
}

/** The table of what stands on the wrong side of the line; none where nothing does. */
function wrongSide(view, list, money, forms) {
  if (money === null || list[list.length - 1].to <= money) return null;
  const { below, above } = crossings(list, money);
  const rows = [...above, ...below].sort((one, other) => one.place - other.place);
  if (rows.length === 0) return null;
  const where = "the place where the money of a ranked list ends";
  const told = [above.length > 0 && `${counted(above.length, "project")} above WHERE ${above.length === 1 ? "is" : "are"} out`, below.length > 0 && `${counted(below.length, "project")} below WHERE ${below.length === 1 ? "is" : "are"} in`];
  return figure({
    title: capital(listed(told.filter(Boolean)).replace("WHERE", where).replace("WHERE", "it")),
    subtitle: "Value per cost is not all: projects must fit their lines, years and people, and some need or exclude others",
    table: listTable(view, rows, forms, true),
    foot: provenance(view),
  });
}

chapter({
  id: "waterline",
  title: "Waterline",
  question: "What is in, what just missed, and why?",
  build(view) {
    const list = view.row ? rankedList(view) : [];
    if (list.length === 0) return null;
    const money = allMoney(view);
    const end = listEnd(list, money);
    const forms = waterlineForms(view, end);
    const beyond = list.filter((row) => row.from >= end);
    const unpriced = ofScenario(view, "business_cases").length - list.length;
    const isCut = ratioTop(list) < list[0].ratio;
    const main = figure({
      title: waterlineTitle(list, money, view),
      subtitle: `Each bar is a project: its height is its ${forms.perCost}, its width its cost. Scenario ${view.scenario}`,
      legend: waterlineLegend(list),
      chart: (width, isPaper) => drawWaterline(list, money, forms, width, isPaper),
      table: listTable(view, list, forms),
      foot: [
        provenance(view),
        isCut && `the axis is cut: ${counted(list.filter((row) => row.ratio > ratioTop(list)).length, "bar")} would reach higher, up to ${formatNumber(list[0].ratio * forms.divisor)}`,
        money !== null && "the line counts all money of all budgets over all periods together",
        beyond.length > 0 && `the list goes on: ${counted(beyond.length, "project")} further right, ${beyond.filter((row) => row.funded).length} of them funded, in the table`,
        unpriced > 0 && `${counted(unpriced, "project")} without a cost or a value ${unpriced === 1 ? "is" : "are"} not drawn`,
      ],
    });
    return el("div", null, main, wrongSide(view, list, money, forms));
  },
});
