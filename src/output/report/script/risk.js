// Risk: the spread of net present value and cost over the simulated futures, and what a safer option costs.

/** The points of a distribution that the tables have: percentiles, and the chance of a loss at zero. */
function knownPoints(row, stem) {
  const points = [];
  for (const [heading, value] of Object.entries(row)) {
    const found = new RegExp(`^${stem}_p(\\d+(?:\\.\\d+)?)$`).exec(heading);
    if (found && isNumber(value)) points.push({ x: value, y: Number(found[1]) / 100 });
  }
  points.sort((one, other) => one.y - other.y || one.x - other.x);
  const isInside = points.length > 1 && points[0].x < 0 && points[points.length - 1].x > 0;
  if (stem === "npv" && isNumber(row.p_loss) && isInside && row.p_loss > points[0].y && row.p_loss < points[points.length - 1].y) {
    points.push({ x: 0, y: row.p_loss, isLoss: true });
    points.sort((one, other) => one.x - other.x);
  }
  return points;
}

/** The options of the scenario whose measure was simulated and spreads. */
function spreadOptions(view, stem) {
  const options = optionsOf(view).map((row) => ({ row, points: knownPoints(row, stem) }));
  return options.filter(({ points }) => points.length > 1 && last(points).x > points[0].x);
}

function drawSpread({ view, options, stem, forms, unit }, width, isPaper) {
  const drawing = plot({ width, height: heightFor(250, isPaper), margin: { left: 44, top: 24, bottom: 44, right: 20 }, label: unit });
  const { root, area } = drawing;
  const xs = options.flatMap(({ points }) => points.map((one) => one.x));
  const isCrossing = Math.min(...xs) < 0 && Math.max(...xs) > 0;
  const x = linearScale(niceDomain(xs, { zero: isCrossing }), [area.left, area.right]);
  const y = linearScale([0, 1], [area.bottom, area.top]);
  valueAxis(drawing, y, { form: PERCENT_TICKS, unit: "of the futures stay below" });
  baseAxis(drawing, x, { form: forms, unit: [unit, forms.unit].filter(Boolean).join(", ") });
  const isHere = (one) => one.row.option === view.option;
  const marks = [];
  for (const one of [...options].sort((a, b) => Number(isHere(a)) - Number(isHere(b)))) {
    root.append(curve(one.points.map((at) => [x(at.x), y(at.y)]), isHere(one) ? "stroke kind-0 strong" : "stroke faded"));
    if (!isHere(one)) continue;
    for (const at of one.points) {
      const node = point(x(at.x), y(at.y), 4, at.isLoss ? "over" : "funded", at.isLoss ? "diamond" : "circle");
      root.append(node);
      marks.push({ node, tell: [`Option ${one.row.option}`, at.isLoss ? `${formatPercent(at.y)} of the futures lose money` : `${formatPercent(at.y)} of the futures stay below ${forms.full(at.x)}`] });
    }
  }
  if (stem === "cost") {
    const here = options.find(isHere);
    if (here && isNumber(here.row.cost)) {
      const at = x(here.row.cost);
      // On the side of the middle: at the left the label would stand on the axis.
      const isLeft = at < (area.left + area.right) / 2;
      const label = text(at + (isLeft ? 5 : -5), area.top + 10, "plan", { anchor: isLeft ? "start" : "end", css: "faint" });
      root.append(line(at, area.top, at, area.bottom, "guide"), label);
    }
  }
  tellMarks(root, marks);
  return root;
}

function spreadTitle(view, stem) {
  const { row } = view;
  const currency = currencyOf(view);
  const name = optionName(view);
  if (stem === "npv") {
    const middle = isNumber(row.npv_p50) ? `half of the futures bring more than ${fullAmount(row.npv_p50, currency)}` : `the mean is ${fullAmount(row.npv_mean, currency)}`;
    const loss = row.p_loss === 0 ? `No simulated future of ${name} loses money` : `${capital(name)} loses money in ${formatPercent(row.p_loss)} of the futures`;
    return isNumber(row.p_loss) ? `${loss}; ${middle}` : capital(middle);
  }
  const over = row.cost > 0 && isNumber(row.cost_p50) ? (row.cost_p50 - row.cost) / row.cost : null;
  if (over === null) return `Cost of ${name} over the futures`;
  const size = formatPercent(Math.abs(over));
  const middle = Math.abs(over) < 0.0005 ? `as much as planned` : `${size} ${over > 0 ? "more" : "less"} than planned`;
  return `Half of the futures cost ${over > 0 || Math.abs(over) < 0.0005 ? "at least" : "at most"} ${middle}${isNumber(row.cost_p90) ? `, one of ten more than ${fullAmount(row.cost_p90, currency)}` : ""}`;
}

function spreadFigure(view, stem, measure) {
  const options = spreadOptions(view, stem);
  if (!options.some(({ row }) => row.option === view.option)) return null;
  const forms = amounts(options.flatMap(({ points }) => points.map((one) => one.x)), currencyOf(view));
  const rows = options.map(({ row }) => row);
  const told = [...new Set(options.flatMap(({ points }) => points.filter((one) => !one.isLoss).map((one) => Math.round(one.y * 1e4) / 100)))].sort((one, other) => one - other);
  const amount = (title, column) => ({ title, of: (row) => row[column], error: (row) => row[`${column}_se`], as: "amount", unit: currencyOf(view) });
  return figure({
    title: spreadTitle(view, stem),
    subtitle: `${measure}: how many of the futures stay below a value, ${options.length > 1 ? `${counted(options.length, "option")} laid over each other` : "one option"}. Scenario ${view.scenario}`,
    legend: options.length > 1 && legendOf([["funded line", capital(optionName(view))], ["out line", "the other options"]]),
    chart: (width, isPaper) => drawSpread({ view, options, stem, forms, unit: measure }, width, isPaper),
    table: {
      rows,
      columns: [
        { title: "Option", of: (row) => row.option, as: "count", option: (row) => row.option },
        amount("Plan", stem),
        amount("Mean", `${stem}_mean`),
        ...told.map((percent) => amount(`P${percent}`, `${stem}_p${percent}`)),
        stem === "npv" && { title: "P(loss)", of: (row) => row.p_loss, error: (row) => row.p_loss_se, as: "percent" },
      ].filter(Boolean),
    },
    foot: [provenance(view, { simulated: true }), "straight lines join the percentiles that the tables have; between them nothing was drawn"],
  });
}

const RISKS = [
  { id: "p_over_budget", name: "over a budget", title: "P(over a budget)" },
  { id: "p_over_capacity", name: "over a capacity", title: "P(over a capacity)" },
  { id: "p_loss", name: "losing money", title: "P(loss)" },
];

/** The price of the safest of the options against the one that is shown. */
function safetyTitle(view, options, risk) {
  const goal = goalOf(view);
  const here = view.row;
  const safest = options.reduce((one, other) => (other[risk.id] < one[risk.id] ? other : one));
  const error = Math.hypot(here[`${risk.id}_se`] || 0, safest[`${risk.id}_se`] || 0);
  const gain = here[risk.id] - safest[risk.id];
  if (safest.option === here.option || gain <= 2 * error) return `No option is clearly safer than ${optionName(view)}: ${risk.name} in ${formatPercent(here[risk.id])} of the futures`;
  const change = here.objective - safest.objective;
  const part = here.objective !== 0 ? formatPercent(Math.abs(change / here.objective)) : goalAmount(view, Math.abs(change));
  const isWorse = goal.isMaximised ? change > 0 : change < 0;
  const price = Math.abs(change) < 1e-9 * Math.abs(here.objective) ? "costs nothing" : isWorse ? `costs ${part} of the ${goal.name}` : `is even ${part} better in ${goal.name}`;
  return `Option ${safest.option} is ${risk.name} in ${formatPercent(safest[risk.id])} of the futures instead of ${formatPercent(here[risk.id])}, and ${price}`;
}

function drawSafety(view, options, risk, width, isPaper) {
  const goal = goalOf(view);
  const forms = amounts(options.map((row) => row.objective), goal.isMoney ? currencyOf(view) : "");
  const drawing = plot({ width, height: heightFor(240, isPaper), margin: { left: 60, top: 24, bottom: 44, right: 30 }, label: "Options by risk and value" });
  const { root, area } = drawing;
  const [xs, ys] = [options.map((row) => row[risk.id]), options.map((row) => row.objective)];
  const feet = options.flatMap((row) => [-1, 1].map((side) => row[risk.id] + side * (row[`${risk.id}_se`] || 0)));
  const x = linearScale(niceDomain([...xs, ...feet], { zero: !isFarFromZero(xs) }), [area.left, area.right]);
  const y = linearScale(niceDomain(ys, { zero: !isFarFromZero(ys) }), [area.bottom, area.top]);
  valueAxis(drawing, y, { form: forms, unit: [capital(goal.name), forms.unit].filter(Boolean).join(", ") });
  baseAxis(drawing, x, { form: PERCENT_TICKS, unit: risk.title });
  const marks = options.map((row) => {
    const isHere = row.option === view.option;
    const [at, error] = [x(row[risk.id]), row[`${risk.id}_se`] || 0];
    if (error > 0) root.append(line(x(row[risk.id] - error), y(row.objective), x(row[risk.id] + error), y(row.objective), "zero"));
    const node = point(at, y(row.objective), isHere ? 6 : 5, isHere ? "funded" : "out", isHere ? "circle" : "diamond");
    root.append(node, text(at + 9, y(row.objective) - 6, String(row.option), { css: isHere ? "strong" : "faint" }));
    return { node, tell: [`Option ${row.option}`, `${risk.title} ${formatChance(row[risk.id], row[`${risk.id}_se`])}`, `${goal.name} ${forms.full(row.objective)}`], attributes: { "data-option": row.option, "data-scenario": view.scenario } };
  });
  tellMarks(root, marks);
  return root;
}

/** The price of confidence; none where options do not differ in what can be over. */
function safetyFigure(view) {
  const options = optionsOf(view).filter((row) => isNumber(row.objective));
  const differs = (risk) => isNumber(view.row[risk.id]) && new Set(options.map((row) => row[risk.id])).size > 1;
  const risk = RISKS.find(differs);
  const known = risk ? options.filter((row) => isNumber(row[risk.id])) : [];
  if (known.length < 2) return null;
  const goal = goalOf(view);
  const points = known.map((row) => ({ x: row[risk.id], y: row.objective }));
  return figure({
    title: safetyTitle(view, known, risk),
    subtitle: `${counted(known.length, "option")} by ${risk.title} and ${goal.name}. Scenario ${view.scenario}`,
    chart: (width, isPaper) => drawSafety(view, known, risk, width, isPaper),
    table: {
      rows: known,
      columns: [
        { title: "Option", of: (row) => row.option, as: "count", option: (row) => row.option },
        { title: capital(goal.name), of: (row) => row.objective, as: goal.isMoney ? "amount" : "number", unit: goal.isMoney ? currencyOf(view) : "" },
        ...RISKS.filter(differs).map((one) => ({ title: one.title, of: (row) => row[one.id], error: (row) => row[`${one.id}_se`], as: "percent" })),
        isNumber(view.row.npv_mean) && { title: "NPV, mean", of: (row) => row.npv_mean, error: (row) => row.npv_se, as: "amount", unit: currencyOf(view) },
        isNumber(view.row.npv_cvar) && { title: "NPV, mean of the worst", of: (row) => row.npv_cvar, as: "amount", unit: currencyOf(view) },
      ].filter(Boolean),
    },
    foot: [provenance(view, { simulated: true }), cutAxes(points), "lines beside points: one standard error"],
  });
}

/** What it takes to hold a line in most futures: one pot for all its periods. */
function reserveTitle(view, pots) {
  const limited = pots.filter((row) => isNumber(row.reserve_p80));
  const short = limited.filter((row) => row.reserve_p80 > 0).sort((one, other) => other.reserve_p80 - one.reserve_p80);
  if (limited.length === 0) return "No line has a budget that the futures could exceed";
  if (short.length === 0) return "In 8 of 10 futures every budget holds without a reserve";
  const most = short[0];
  const name = most.line === "*" ? "all lines together" : view.report.line(most.line).name;
  const others = short.length > 1 ? `; ${counted(short.length - 1, "other line")} ${short.length === 2 ? "needs" : "need"} one, too` : "";
  return `A reserve of ${fullAmount(most.reserve_p80, currencyOf(view))} beside the budget of ${name} holds it in 8 of 10 futures${others}`;
}

function reserveFigure(view) {
  const rows = ofOption(view, "contingency");
  const pots = rows.filter((row) => !row.period);
  if (pots.length === 0) return null;
  const name = (row) => (row.line === "*" ? "All lines" : view.report.line(row.line).name);
  const amount = (title, column) => ({ title, of: (row) => row[column], as: "amount", unit: currencyOf(view) });
  return figure({
    title: reserveTitle(view, pots),
    subtitle: `Money that ${optionName(view)} needs beyond its budgets to hold in 50, 80 and 90 % of the futures: in each period, and (all) in one pot for all periods of the line. Scenario ${view.scenario}`,
    table: {
      rows,
      columns: [
        { title: "Line", of: name, as: "text" },
        { title: "Period", of: (row) => row.period || "all", as: "text" },
        amount("Plan", "plan"),
        amount("Budget", "limit"),
        amount("Reserve, 50 %", "reserve_p50"),
        amount("Reserve, 80 %", "reserve_p80"),
        amount("Reserve, 90 %", "reserve_p90"),
        amount("P80 less plan", "contingency_p80"),
        amount("Funding profile, P80", "profile_p80"),
      ],
    },
    foot: [provenance(view, { simulated: true }), "the funding profile adds up to the 80th percentile of all spend"],
    isLong: true,
  });
}

chapter({
  id: "risk",
  title: "Risk",
  question: "What can go wrong?",
  build(view) {
    if (!view.row) return null;
    const figures = [spreadFigure(view, "npv", "Net present value"), spreadFigure(view, "cost", "Cost"), sureFigure(view), priceOfConfidence(view), reserveFigure(view), attributionFigure(view), futuresFigure(view), shrinkageFigure(view), safetyFigure(view)].filter(Boolean);
    return figures.length > 0 ? el("div", null, figures) : null;
  },
});
