// Measures of options that scenarios are compared by.

const AMOUNT = (report) => report.batch.currency || "";

/**
 * The measures that the options of this report tell: `{id, name, unit, as, sense}`. `sense` is 1 where more is better, −1
 * where less is, 0 where neither is said.
 */
function measuresOf(report) {
  const goals = new Set(report.scenarios.map((row) => row.goal));
  const [goal] = goals;
  const isMinimised = goals.size === 1 && String(goal).startsWith("minimise");
  const [, , sole] = /^(maximise|minimise) ([^ ]+)$/.exec(goal || "") || [];
  const isColumn = ["strategic_value", "npv", "cost", "projects"].includes(sole);
  const known = [
    { id: "objective", name: sole ? measureName(sole) : "objective", as: "number", sense: isMinimised ? -1 : 1, isTold: goals.size === 1 && !isColumn },
    { id: "strategic_value", name: "strategic value", as: "number", sense: 1 },
    { id: "npv", name: "NPV", unit: AMOUNT(report), as: "amount", sense: 1 },
    { id: "cost", name: "cost", unit: AMOUNT(report), as: "amount", sense: 0 },
    { id: "projects", name: "projects", as: "count", sense: 0 },
    { id: "npv_mean", name: "NPV, mean", unit: AMOUNT(report), as: "amount", sense: 1 },
    { id: "npv_p10", name: "NPV, P10", unit: AMOUNT(report), as: "amount", sense: 1 },
    { id: "p_loss", name: "P(NPV\u00a0<\u00a00)", as: "percent", sense: -1 },
    { id: "p_over_budget", name: "P(over a budget)", as: "percent", sense: -1 },
    { id: "p_over_capacity", name: "P(over a capacity)", as: "percent", sense: -1 },
  ];
  const first = report.scenarios.map((row) => report.first(row.scenario)).filter(Boolean);
  const isThere = ({ id, isTold }) => isTold !== false && first.some((row) => isNumber(row[id]) && row[id] !== 0);
  return known.filter(isThere);
}

/** The measure that scenarios are compared by at first: what the base maximises or minimises, else strategic value, else NPV. */
function mainMeasure(report) {
  const found = measuresOf(report);
  const [, verb, id] = /^(maximise|minimise) ([a-z_]+)(?=$|, then )/.exec((report.base && report.base.goal) || "") || [];
  const named = found.find((measure) => measure.id === id);
  if (named) return { ...named, sense: verb === "minimise" ? -1 : 1 };
  return ["strategic_value", "npv", "objective"].map((one) => found.find((measure) => measure.id === one)).find(Boolean) || found[0] || null;
}

/** Numbers of a measure in sentences and cells: `18.1 M EUR`, `12 %`, `85`. */
function writeMeasure(measure, value) {
  if (measure.as === "percent") return formatPercent(value);
  if (measure.as === "count") return formatCount(value);
  return measure.as === "amount" ? fullAmount(value, measure.unit) : formatNumber(value);
}
