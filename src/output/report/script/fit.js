// Does it fit: spend by line and demand by resource, period by period, against their limits and as simulated.

// Small multiples of more lines than this are no longer read; the table has them all.
const PANELS = 12;

/** One line or resource with its rows by period. */
function panelsOf(view, table, key, nameOf) {
  const panels = new Map();
  for (const row of ofOption(view, table)) {
    if (!panels.has(row[key])) panels.set(row[key], { id: row[key], name: nameOf(row[key]), rows: [] });
    panels.get(row[key]).rows.push(row);
  }
  const isUsed = (panel) => panel.rows.some((row) => row.plan > 0 || isNumber(row.limit));
  const used = [...panels.values()].filter(isUsed);
  // All lines together say nothing new where there is one, or no cap on their sum.
  return used.filter((panel) => panel.id !== "*" || (used.length > 2 && panel.rows.some((row) => isNumber(row.limit))));
}

const isOver = (row) => isNumber(row.limit) && row.plan > row.limit * (1 + 1e-9) + 1e-9;
const isLikelyOver = (row) => row.p_over >= 0.5;

/** The tightest of all places: where simulation says over most often, or else where the plan comes nearest to its limit. */
function fitTitle(panels, kind) {
  const rows = panels.flatMap((panel) => panel.rows.map((row) => ({ ...row, name: panel.name })));
  const limited = rows.filter((row) => isNumber(row.limit));
  if (limited.length === 0) return `No ${kind.limit} limits the plan`;
  const over = limited.filter(isOver);
  const whole = over.length === 0 ? `The plan keeps every ${kind.limit}` : `The plan is over ${counted(over.length, kind.limit, kind.limits)}`;
  const risky = limited.filter((row) => row.p_over > 0.0005).sort((one, other) => other.p_over - one.p_over)[0];
  const at = (row) => `${row.name}${new Set(rows.map((one) => one.period)).size > 1 ? ` in ${row.period}` : ""}`;
  if (risky && risky.p_over < 0.1) return `${whole}; the riskiest, ${at(risky)}, is over in ${formatPercent(risky.p_over)} of the simulated futures`;
  if (risky) return `${whole}${over.length > 0 ? ";" : ", but"} ${at(risky)} is over in ${formatPercent(risky.p_over)} of the simulated futures`;
  const use = (row) => (row.limit > 0 ? row.plan / row.limit : 0);
  const tight = limited.filter((row) => row.limit > 0).sort((one, other) => use(other) - use(one))[0];
  return tight ? `${whole}; the tightest is ${at(tight)}, used to ${formatPercent(use(tight))}` : whole;
}

function fitHint(panel, row, forms) {
  const range = isNumber(row.p50) && isNumber(row.p90) && row.p90 !== row.p50 ? `half of the futures stay below ${forms.full(row.p50)}, nine of ten below ${forms.full(row.p90)}` : null;
  const limit = isNumber(row.limit) ? `limit ${forms.full(row.limit)}${row.limit > 0 ? `, used to ${formatPercent(row.plan / row.limit)}` : ""}` : "no limit";
  const chance = isNumber(row.p_over) && range ? `over in ${formatChance(row.p_over, row.p_over_se)} of the futures` : null;
  const further = [row.carried > 0 && `${forms.full(row.carried)} carried over`, row.overrun > 0 && `${forms.full(row.overrun)} overrun`, row.bought > 0 && `${forms.full(row.bought)} bought`];
  return [`${panel.name}, ${row.period}`, `plan ${forms.full(row.plan)}`, limit, range, chance, ...further].filter(Boolean);
}

/** True where simulation spreads: a whisker of no length says nothing. */
const isSpread = (row) => isNumber(row.p50) && isNumber(row.p90) && row.p90 > row.p50;

/** Bars of the plan, the limit as a step line, likely values as whiskers, and the chance to be over below. */
function drawPanel(panel, { forms, top, format }, width, isPaper) {
  const isSimulated = panel.rows.some((row) => isSpread(row) && isNumber(row.p_over));
  const drawing = plot({ width, height: isPaper ? 135 : 170, margin: { left: 44, top: 12, bottom: isSimulated ? 40 : 24, right: 4 }, label: panel.name });
  const { root, area } = drawing;
  const periods = panel.rows.map((row) => String(row.period));
  const bands = bandScale(periods, [area.left, area.right], 0.35);
  const y = linearScale([0, top], [area.bottom, area.top]);
  valueAxis(drawing, y, { form: format, count: 3 });
  bandAxis(drawing, bands);
  const step = labelStep(periods.length, area.right - area.left, 5);
  const marks = panel.rows.map((row, place) => {
    const period = periods[place];
    const group = svg("g", null, svg("rect", { x: bands(period), y: area.top, width: bands.width, height: area.bottom - area.top, class: "catch" }));
    group.append(bar(bands(period), bands.width, y, 0, row.plan || 0, isOver(row) ? "over" : "plan-bar"));
    if (isSpread(row)) group.append(whisker(bands.middle(period), y, row.p50, row.p90, row.p50, isLikelyOver(row) ? "over" : ""));
    if (isSimulated && isNumber(row.p_over) && place % step === 0) group.append(text(bands.middle(period), area.bottom + 32, formatPercent(row.p_over), { anchor: "middle", css: isLikelyOver(row) ? "over" : "faint" }));
    root.append(group);
    return { node: group, tell: fitHint(panel, row, forms) };
  });
  root.append(stepLine(bands, y, panel.rows.map((row) => row.limit), "limit"));
  tellMarks(root, marks);
  return root;
}

/** The highest of what a panel draws. */
function peakOf(panel) {
  return Math.max(0, ...panel.rows.flatMap((row) => [row.plan, row.limit, isSpread(row) ? row.p90 : 0]).filter(isNumber));
}

/** Panels side by side, on one scale unless the largest would press the others to the ground. */
function drawPanels(panels, unit, width, isPaper) {
  const peaks = panels.map(peakOf);
  const isShared = sharesScale(peaks);
  const forms = amounts(peaks, unit);
  const columns = Math.max(1, Math.min(panels.length, Math.floor((width + 20) / (isPaper ? 250 : 300))));
  const room = Math.floor((width - 20 * (columns - 1)) / columns);
  const whole = niceDomain(peaks, { count: 3 })[1];
  const made = panels.map((panel, place) => {
    const own = amounts([peaks[place]], unit);
    const scale = isShared ? { forms, format: forms, top: whole } : { forms: own, format: own, top: niceDomain([peaks[place]], { count: 3 })[1] };
    const unitName = isShared ? forms.unit : own.unit;
    return el("div", { style: `width:${room}px` }, el("h4", null, panel.name, unitName && el("small", null, ` ${unitName}`)), drawPanel(panel, scale, room, isPaper));
  });
  return el("div", { class: "panels" }, made);
}

/** True if no panel would be pressed to the ground by the scale of the largest. */
function sharesScale(peaks) {
  const used = peaks.filter((peak) => peak > 0);
  return Math.max(...used, 0) <= 4 * Math.min(...used);
}

/** One period: a bar per line beside a tick for its limit. */
function drawLines(panels, unit, width) {
  const forms = amounts(panels.map(peakOf), unit);
  const left = Math.min(220, width * 0.4);
  const drawing = plot({ width, height: 26 * panels.length + 50, margin: { left, right: 70, top: 16, bottom: 32 }, label: "Plan and limit by line" });
  const { root, area } = drawing;
  const x = linearScale(niceDomain(panels.map(peakOf)), [area.left, area.right]);
  const bands = bandScale(panels.map((panel) => panel.id), [area.top, area.bottom], 0.4);
  baseAxis(drawing, x, { form: forms, unit: forms.unit });
  const marks = panels.map((panel) => {
    const [row] = panel.rows;
    const [top, middle] = [bands(panel.id), bands.middle(panel.id)];
    const group = svg("g", null, svg("rect", { x: area.left, y: top, width: area.right - area.left, height: bands.width, class: "catch" }));
    group.append(svg("rect", { x: x(0), y: top, width: Math.max(1, x(row.plan || 0) - x(0)), height: bands.width, class: isOver(row) ? "over" : "plan-bar" }));
    if (isNumber(row.limit)) group.append(line(x(row.limit), top - 3, x(row.limit), top + bands.width + 3, "limit"));
    if (isSpread(row)) group.append(svg("g", { class: `whisker ${isLikelyOver(row) ? "over" : ""}` }, line(x(row.p50), middle, x(row.p90), middle), line(x(row.p90), middle - 4, x(row.p90), middle + 4)));
    const use = row.limit > 0 ? formatPercent(row.plan / row.limit) : forms.format(row.plan);
    group.append(text(Math.max(x(row.plan || 0), x(isNumber(row.limit) ? row.limit : 0)) + 8, middle + 4, use, { css: isOver(row) ? "over" : "strong" }));
    root.append(text(left - 8, middle + 4, panel.name, { anchor: "end", room: left - 10 }), group);
    return { node: group, tell: fitHint(panel, row, forms) };
  });
  tellMarks(root, marks);
  return root;
}

/** The panels that are drawn: those that are nearest to their limits, in their order. */
function shownPanels(panels) {
  const use = (panel) => Math.max(...panel.rows.map((row) => (isNumber(row.limit) && row.limit > 0 ? Math.max(row.plan / row.limit, row.p_over || 0) : 0)));
  const told = [...panels].sort((one, other) => use(other) - use(one) || peakOf(other) - peakOf(one)).slice(0, PANELS);
  return panels.filter((panel) => told.includes(panel));
}

function fitTable(panels, kind, unit) {
  const rows = panels.flatMap((panel) => panel.rows.map((row) => ({ ...row, panel: panel.name })));
  const has = (column) => rows.some((row) => isNumber(row[column]) && row[column] !== 0);
  const isSimulated = rows.some(isSpread);
  const amount = (title, column) => ({ title, of: (row) => row[column], as: "amount", unit, mark: (row) => (column === "plan" && isOver(row) ? "bad" : "") });
  return {
    rows,
    columns: [
      { title: kind.one, of: (row) => row.panel, as: "text" },
      { title: "Period", of: (row) => String(row.period), as: "text" },
      amount("Plan", "plan"),
      has("limit") && amount("Limit", "limit"),
      isSimulated && amount("P50", "p50"),
      isSimulated && amount("P90", "p90"),
      isSimulated && has("p_over") && { title: "P(over)", of: (row) => row.p_over, error: (row) => row.p_over_se, as: "percent" },
      has("carried") && amount("Carried over", "carried"),
      has("overrun") && amount("Overrun", "overrun"),
      has("bought") && amount("Bought", "bought"),
    ].filter(Boolean),
  };
}

function fitFigure(view, panels, kind, unit) {
  if (panels.length === 0) return null;
  const shown = shownPanels(panels);
  const isSimulated = panels.some((panel) => panel.rows.some(isSpread));
  const isOnePeriod = panels.every((panel) => panel.rows.length === 1);
  const isShared = isOnePeriod || sharesScale(shown.map(peakOf));
  const isLimited = panels.some((panel) => panel.rows.some((row) => isNumber(row.limit)));
  const draw = isOnePeriod ? drawLines : drawPanels;
  return figure({
    title: fitTitle(panels, kind),
    subtitle: `${kind.measure} by ${kind.one.toLowerCase()}${isOnePeriod ? "" : " and period"}. Scenario ${view.scenario}`,
    legend: legendOf([["plan", "plan"], isLimited && ["budget line", "limit"], isSimulated && ["simulated ring", "P50, and P90 above it"]].filter(Boolean)),
    chart: (width, isPaper) => draw(shown, unit, width, isPaper),
    table: fitTable(panels, kind, unit),
    foot: [
      provenance(view, { simulated: isSimulated }),
      isSimulated && !isOnePeriod && "per cent below the bars: chance to be over the limit",
      !isShared && "each panel has a scale of its own",
      panels.length > shown.length && `${counted(panels.length - shown.length, `further ${kind.one.toLowerCase()}`)} in the table`,
    ],
  });
}

chapter({
  id: "fit",
  title: "Does it fit",
  question: "Does it fit?",
  build(view) {
    const spend = panelsOf(view, "spend", "line", (id) => view.report.line(id).name || id);
    const demand = panelsOf(view, "capacity", "resource", (id) => capital(String(view.report.resource(id).name || id).replace(/_/g, " ")));
    if (spend.length + demand.length === 0) return null;
    const money = { measure: "Spend", one: "Line", limit: "budget", limits: "budgets" };
    const people = { measure: "Demand", one: "Resource", limit: "capacity", limits: "capacities" };
    return el("div", null, fitFigure(view, spend, money, currencyOf(view)), fitFigure(view, demand, people, ""));
  },
});
