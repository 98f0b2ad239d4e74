// Where risk comes from: the parts of projects and drivers in the spread of an option, and what would be worth knowing.

// Bars of more sources than this are no longer read; the table has them all.
const SOURCES = 12;

/** The column that is told: of NPV where the option has one, else of the cost. */
function spreadOf(rows, option) {
  const isTold = (column) => rows.some((row) => isNumber(row[column]));
  if (isNumber(option.npv_mean) && isTold("variance_share_npv")) return { share: "variance_share_npv", name: "net present value", delta: "delta_cvar_npv", deltaName: "the mean of the worst net present values" };
  return isTold("variance_share_cost") ? { share: "variance_share_cost", name: "cost", delta: "delta_p80_cost", deltaName: "the P80 of the cost" } : null;
}

function attributionTitle(view, rows, spread) {
  const first = rows[0];
  const half = rows.findIndex((_, place) => sumOf(rows.slice(0, place + 1), (row) => row[spread.share]) >= 0.5);
  if (half > 0) return `Half of the spread of ${spread.name} comes from ${half + 1} of ${counted(rows.length, "source")}; most from ${first.name}: ${formatPercent(first[spread.share])}`;
  return `${formatPercent(first[spread.share])} of the spread of ${spread.name} comes from ${first.name}`;
}

/** A bar per source, the largest first. */
function drawAttribution(rows, spread, view, width) {
  const left = Math.min(260, width * 0.42);
  const drawing = plot({ width, height: 22 * rows.length + 44, margin: { left, right: 60, top: 8, bottom: 32 }, label: `Sources of the spread of ${spread.name}` });
  const { root, area } = drawing;
  const x = linearScale(niceDomain(rows.map((row) => row[spread.share])), [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS });
  const marks = rows.map((row, place) => {
    const [share, top] = [row[spread.share], area.top + 22 * place];
    const group = svg("g", null, svg("rect", { x: area.left, y: top, width: area.right - area.left, height: 20, class: "catch" }));
    group.append(svg("rect", { x: Math.min(x(0), x(share)), y: top + 3, width: Math.max(1, Math.abs(x(share) - x(0))), height: 14, class: row.kind === "project" ? "funded" : "out" }));
    group.append(text(Math.max(x(0), x(share)) + 5, top + 14, formatPercent(share), { css: "faint" }));
    root.append(text(0, top + 14, row.name, { room: left - 8 }), group);
    const change = isNumber(row[spread.delta]) ? `without it ${spread.deltaName} ${row[spread.delta] < 0 ? "falls" : "rises"} by ${fullAmount(Math.abs(row[spread.delta]), currencyOf(view))}` : "";
    return { node: group, tell: [row.name, `${formatPercent(share)} of the variance of ${spread.name}`, change].filter(Boolean), attributes: row.kind === "project" ? { "data-project": row.source } : {} };
  });
  tellMarks(root, marks);
  return root;
}

/** The tornado of an option; none where nothing spreads. */
function attributionFigure(view) {
  const all = ofOption(view, "attribution");
  const spread = spreadOf(all, view.row);
  if (!spread) return null;
  const rows = all.filter((row) => isNumber(row[spread.share])).map((row) => ({ ...row, name: row.name || row.source })).sort((one, other) => Math.abs(other[spread.share]) - Math.abs(one[spread.share]));
  const currency = currencyOf(view);
  const amount = (title, column) => ({ title, of: (row) => row[column], as: "amount", unit: currency });
  return figure({
    title: attributionTitle(view, rows, spread),
    subtitle: `Parts of the variance of ${spread.name}; what projects owe to a shared driver counts as the driver's. Scenario ${view.scenario}`,
    legend: rows.some((row) => row.kind !== "project") && legendOf([["funded", "a project's own"], ["out", "shared by projects"]]),
    chart: (width) => drawAttribution(rows.slice(0, SOURCES), spread, view, width),
    isLong: true,
    table: {
      rows,
      columns: [
        { title: "Source", of: (row) => row.name, as: "text" },
        { title: "Kind", of: (row) => row.kind, as: "text" },
        isNumber(view.row.npv_mean) && { title: "Of the variance of NPV", of: (row) => row.variance_share_npv, as: "percent" },
        { title: "Of the variance of cost", of: (row) => row.variance_share_cost, as: "percent" },
        isNumber(view.row.npv_mean) && amount("Mean NPV without it", "delta_mean_npv"),
        isNumber(view.row.npv_mean) && amount("Worst NPVs without it", "delta_cvar_npv"),
        amount("P80 of cost without it", "delta_p80_cost"),
      ].filter(Boolean),
    },
    foot: [provenance(view, { simulated: true }), worthKnowing(view), rows.length > SOURCES && `the ${SOURCES} largest are drawn; the table has all`],
  });
}

/** The source that is most worth knowing before the decision, in words. */
function worthKnowing(view) {
  const table = view.report.table("information");
  const rows = table ? table.rows({ scenario: view.scenario }) : [];
  const most = rows[0];
  if (!most) return null;
  const worth = formatNumber(most.value_of_information);
  return `most worth knowing before the decision: ${most.name || most.source}; another option would then be chosen in ${formatPercent(most.p_another)} of the futures, which is worth ${worth} in the mean of what ranks the best`;
}
