// How sure the weights are: per objective the range that what was stated leaves, and the weight that is used.

/** The rows of the scenario's weight set; none where it pins every weight down and judges no pairs. */
function weightRows(view) {
  const rows = view.scenarioRow ? view.report.rows("weights", { weights: view.scenarioRow.weights }) : [];
  const isTelling = rows.some((row) => row.high - row.low > 1e-9 || isNumber(row.consistency_ratio));
  return isTelling ? rows.map((row) => ({ ...row, name: view.report.objective(row.objective).name || row.name || row.objective })) : [];
}

function weightsTitle(rows) {
  const widest = rows.reduce((one, other) => (other.high - other.low > one.high - one.low + 1e-9 ? other : one));
  const ratios = rows.map((row) => row.consistency_ratio).filter(isNumber);
  if (widest.high - widest.low > 1e-9) return `The weight of ${widest.name} is the least certain: from ${formatPercent(widest.low)} to ${formatPercent(widest.high)}`;
  const most = Math.max(...ratios);
  return `Judgements ${most > 0.1 ? "contradict each other" : "agree well enough"}: their consistency ratio is ${formatNumber(most)}${most > 0.1 ? ", above 0.1" : ""}`;
}

/** A bar from the least to the most weight of each objective, and a dot at the weight that is used. */
function drawWeights(rows, width) {
  const left = Math.min(300, width * 0.45);
  const row = 24;
  const drawing = plot({ width, height: row * rows.length + 40, margin: { left, right: 60, top: 8, bottom: 32 }, label: "Weights" });
  const { root, area } = drawing;
  const x = linearScale(niceDomain(rows.flatMap((one) => [0, one.high])), [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS });
  const marks = rows.map((one, place) => {
    const middle = area.top + place * row + row / 2 - 2;
    const group = svg("g", null, svg("rect", { x: area.left, y: middle - row / 2 + 2, width: area.right - area.left, height: row - 4, class: "catch" }));
    group.append(svg("rect", { x: x(one.low), y: middle - 4, width: Math.max(1, x(one.high) - x(one.low)), height: 8, class: "out" }));
    if (isNumber(one.weight)) group.append(point(x(one.weight), middle, 5, "funded"));
    group.append(text(x(one.high) + 9, middle + 4, isNumber(one.weight) ? formatPercent(one.weight) : "by class", { css: "faint" }));
    root.append(text(0, middle + 4, one.name, { room: left - 10 }), group);
    const used = isNumber(one.weight) ? `weight ${formatPercent(one.weight)}` : "its weight differs between classes";
    return { node: group, tell: [one.name, used, `from ${formatPercent(one.low)} to ${formatPercent(one.high)}`] };
  });
  tellMarks(root, marks);
  return root;
}

chapter({
  id: "weights",
  title: "Weights",
  question: "How sure are the weights?",
  build(view) {
    const rows = weightRows(view);
    if (rows.length === 0) return null;
    const isJudged = rows.some((row) => isNumber(row.consistency_ratio));
    return figure({
      title: weightsTitle(rows),
      subtitle: `Weight set ${view.scenarioRow.weights}: the weight of each objective in the whole, within what was stated of it. Scenario ${view.scenario}`,
      legend: legendOf([["funded", "weight used"], ["out", "from the least to the most"]]),
      chart: (width) => drawWeights(rows, width),
      table: {
        rows,
        columns: [
          { title: "Objective", of: (row) => row.name, as: "text" },
          { title: "Weight", of: (row) => row.weight, as: "percent" },
          { title: "Least", of: (row) => row.low, as: "percent" },
          { title: "Most", of: (row) => row.high, as: "percent" },
          isJudged && { title: "Consistency ratio", of: (row) => row.consistency_ratio, as: "number" },
        ].filter(Boolean),
      },
      foot: [provenance(view)],
    });
  },
});
