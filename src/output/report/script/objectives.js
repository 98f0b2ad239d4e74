// Does it serve strategy: the tree of objectives with what the option gives to each, beside its weight and its target.

/** Objectives of the option in the order of the tree, parents before children, with their depth. */
function objectiveTree(view) {
  const rows = new Map(ofOption(view, "objectives").map((row) => [row.objective, row]));
  const known = view.report.objectives || [];
  const parentOf = new Map(known.map((one) => [one.id, one.parent || null]));
  const children = (parent) => [...rows.keys()].filter((id) => ((rows.has(parentOf.get(id)) && parentOf.get(id)) || null) === parent);
  const found = [];
  const walk = (parent, depth) => {
    for (const id of children(parent)) {
      const row = rows.get(id);
      const below = children(id);
      found.push({ ...row, id, name: view.report.objective(id).name || row.name || id, depth, isLeaf: below.length === 0, isTold: isNumber(row.target), money: null, value: row.share });
      if (depth < 20) walk(id, depth + 1);
    }
  };
  walk(null, 0);
  return withMoney(view, found, children);
}

/** Money by objective: the cost of each project, split as its contributions are, where the tables tell them. */
function withMoney(view, tree, children) {
  const given = ofOption(view, "contributions").filter((row) => row.objective && !row.key_result && row.contribution > 0);
  if (given.length === 0) return tree;
  const costs = new Map(ofScenario(view, "business_cases").map((row) => [row.project, row.cost]));
  const chosen = chosenOf(view);
  const leaves = new Set(tree.filter((row) => row.isLeaf).map((row) => row.id));
  const totals = new Map();
  for (const row of given.filter((one) => leaves.has(one.objective))) totals.set(row.project, (totals.get(row.project) || 0) + row.contribution);
  const money = new Map();
  for (const row of given.filter((one) => leaves.has(one.objective) && chosen.has(one.project))) {
    const cost = (costs.get(row.project) || 0) * (chosen.get(row.project).fraction ?? 1);
    money.set(row.objective, (money.get(row.objective) || 0) + (cost * row.contribution) / totals.get(row.project));
  }
  const whole = [...money.values()].reduce((one, other) => one + other, 0);
  const under = (id) => (leaves.has(id) ? money.get(id) || 0 : children(id).reduce((sum, child) => sum + under(child), 0));
  return whole > 0 ? tree.map((row) => ({ ...row, money: under(row.id) / whole })) : tree;
}

function objectivesTitle(view, tree) {
  const leaves = tree.filter((row) => row.isLeaf && isNumber(row.value));
  const targets = tree.filter((row) => row.isTold);
  const reached = targets.filter((row) => row.reached === true || row.reached === "true").length;
  const aims = targets.length === 0 ? null : reached === targets.length ? `${targets.length === 1 ? "the target is" : `all ${targets.length} targets are`} reached` : `${reached === 0 ? "none" : reached} of ${counted(targets.length, "target")} ${reached < 2 ? "is" : "are"} reached`;
  const most = leaves.length > 1 ? leaves.reduce((one, other) => (other.value > one.value ? other : one)) : null;
  const gives = most && most.value > 0 ? `${most.name} brings the largest part of the value: ${formatPercent(most.value)}${isNumber(most.weight) ? `, with a weight of ${formatPercent(most.weight)}` : ""}` : null;
  return capital([gives, aims].filter(Boolean).join("; ") || `${counted(tree.length, "objective")} of ${optionName(view)}`);
}

/** Bars of money (where it is known), weight and value for each objective, indented as in the tree. */
function drawObjectives(tree, { first, second, third }, width) {
  const left = Math.min(300, width * 0.45);
  const [row, band] = [30, 11];
  const drawing = plot({ width, height: row * tree.length + 40, margin: { left, right: 96, top: 8, bottom: 32 }, label: "Objectives" });
  const { root, area } = drawing;
  const x = linearScale(niceDomain(tree.flatMap((one) => [first.of(one), second.of(one), third ? third.of(one) : 0])), [area.left, area.right]);
  baseAxis(drawing, x, { form: PERCENT_TICKS });
  const marks = tree.map((one, place) => {
    const top = area.top + place * row;
    const group = svg("g", null, svg("rect", { x: area.left, y: top, width: area.right - area.left, height: row - 4, class: "catch" }));
    [first, second].forEach((part, at) => {
      const share = part.of(one);
      if (!isNumber(share)) return;
      group.append(svg("rect", { x: Math.min(x(0), x(share)), y: top + 1 + at * (band + 1), width: Math.max(1, Math.abs(x(share) - x(0))), height: band, class: part.css }));
      group.append(text(Math.max(x(0), x(share)) + 5, top + 10 + at * (band + 1), formatPercent(share), { css: at ? "strong" : "faint" }));
    });
    if (third && isNumber(third.of(one))) group.append(line(x(third.of(one)), top, x(third.of(one)), top + row - 5, "limit"));
    const isReached = one.reached === true || one.reached === "true";
    if (one.isTold) group.append(text(area.right + 92, top + 16, isReached ? "✓ reached" : "✗ missed", { anchor: "end", css: isReached ? "faint" : "over" }));
    const indent = 14 * one.depth;
    root.append(text(indent, top + 16, one.name, { room: left - 10 - indent, css: one.isLeaf ? "" : "strong" }), group);
    return { node: group, tell: objectiveHint(one, [first, second, third].filter(Boolean)) };
  });
  tellMarks(root, marks);
  return root;
}

function objectiveHint(one, parts) {
  const shares = parts.filter((part) => isNumber(part.of(one))).map((part) => `${formatPercent(part.of(one))} ${part.words}`);
  const target = one.isTold ? `score ${formatNumber(one.score)}, target ${formatNumber(one.target)}` : isNumber(one.score) ? `score ${formatNumber(one.score)}` : null;
  return [one.name, ...shares, target].filter(Boolean);
}

chapter({
  id: "objectives",
  title: "Strategy",
  question: "Does it serve strategy?",
  build(view) {
    const tree = objectiveTree(view);
    // One objective without a target has all of the value, which says nothing.
    const isTelling = tree.filter((row) => row.isLeaf).length > 1 && tree.some((row) => row.value > 0);
    if (!isTelling && !tree.some((row) => row.isTold)) return null;
    const hasMoney = tree.some((row) => isNumber(row.money));
    const value = { of: (row) => row.value, css: "plan-bar", words: "of the value" };
    const weight = { of: (row) => row.weight, css: "out", words: "of the weight" };
    const money = { of: (row) => row.money, css: "out", words: "of the money" };
    const isTold = tree.some((row) => row.isTold);
    const isWeighed = tree.some((row) => isNumber(row.weight));
    return figure({
      title: objectivesTitle(view, tree),
      subtitle: `Objectives: share of ${hasMoney ? "the money" : "the weights"} and of the option's strategic value. Scenario ${view.scenario}`,
      legend: legendOf([["out", hasMoney ? "of the money" : "of the weight"], ["plan", "of the value"], hasMoney && isWeighed && ["budget line", "weight"]].filter(Boolean)),
      chart: (width) => drawObjectives(tree, hasMoney ? { first: money, second: value, third: isWeighed ? weight : null } : { first: weight, second: value }, width),
      table: {
        rows: tree,
        columns: [
          { title: "Objective", of: (row) => `${"\u2003".repeat(row.depth)}${row.name}`, as: "text" },
          isWeighed && { title: "Weight", of: (row) => row.weight, as: "percent" },
          hasMoney && { title: "Of the money", of: (row) => row.money, as: "percent" },
          { title: "Of the value", of: (row) => row.value, as: "percent" },
          { title: "Score", of: (row) => row.score, as: "number" },
          isTold && { title: "Target", of: (row) => row.target, as: "number" },
          isTold && { title: "Reached", of: (row) => (row.isTold ? (row.reached === true || row.reached === "true" ? "yes" : "no") : ""), as: "text" },
        ].filter(Boolean),
      },
      foot: [provenance(view), hasMoney && "money of a project is split as what it contributes"],
    });
  },
});
