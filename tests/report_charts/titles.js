// A report of a few rows: what titles say of it must be true.
const viewOf = (tables, further = {}) => {
  const rows = (name, wanted) => (tables[name] || []).filter((row) => Object.entries(wanted).every(([key, value]) => row[key] === undefined || row[key] === value));
  const report = {
    batch: { currency: "EUR", periods: ["2027", "2028"], trials: 1000 },
    dependencies: [],
    table: (name) => (tables[name] ? { rows: (wanted = {}) => rows(name, wanted) } : null),
    project: (id) => ({ id, name: id, attributes: {} }),
    name: (id) => `project ${id}`,
    objective: (id) => ({ id, name: id }),
    objectives: [],
    ...further,
  };
  return { report, scenario: "base", option: 1, row: (tables.options || [])[0] };
};
const goal = [{ scenario: "base", goal: "maximise strategic_value" }];
const option = (objective, further = {}) => ({ scenario: "base", rank: 1, option: 1, status: "optimal", gap: 0, objective, cost: 100e6, projects: 3, ...further });

// The goal of a scenario, single, mixed, in order.
const goalName = (words) => goalOf(viewOf({ scenarios: [{ scenario: "base", goal: words }] })).name;
check(["maximise npv", "minimise cost", "maximise 0.6 strategic_value + 0.4 npv", "maximise cost, then projects"].map(goalName), ["net present value", "cost", "objective", "cost"]);

// The waterline: who stands on the wrong side of the line.
const listOf = (chosen, money) => {
  const cases = [["A", 10, 100], ["B", 10, 80], ["C", 10, 60], ["D", 10, 40]].map(([project, cost, strategic_value]) => ({ scenario: "base", project, cost, strategic_value }));
  const view = viewOf({ scenarios: goal, business_cases: cases, selection: chosen.map((project) => ({ scenario: "base", option: 1, project, fraction: 1 })) });
  return waterlineTitle(rankedList(view), money, view);
};
check(listOf(["A", "B"], 20), "A ranked list and option 1 agree: both end with 2 projects, where the money does");
check(listOf(["A", "C"], 20), "Down the ranked list the money ends after 2 projects; option 1 funds 1 below that line and passes over 1 above it");
check(listOf(["A"], 20), "Down the ranked list the money ends after 2 projects; option 1 passes over 1 above it");
check(listOf(["A", "B", "C"], 20), "Down the ranked list the money ends after 2 projects; option 1 funds 1 below that line");
check(listOf(["A"], null), "1 of 4 projects is funded: no budget ends the list");
check(listOf(["A", "B"], 50), "2 of 4 projects are funded, and the money would pay for the whole list");
check(listOf(["A", "B", "C", "D"], 50), "All 4 projects are funded, and the money would pay for the whole list");
check(listOf([], 0), "A ranked list and option 1 agree: both end with no projects, where the money does");

const refund = viewOf({ scenarios: goal, business_cases: [["A", 30, 9], ["B", 20, 4], ["R", -10, 0]].map(([project, cost, strategic_value]) => ({ scenario: "base", project, cost, strategic_value })) });
check(rankedList(refund).map((row) => [row.project, row.from, row.to]), [["A", -10, 20], ["B", 20, 40]]);

// Just missed: the smallest loss if forced in; excluded projects never are.
const nearest = (losses) => nearestMissed(losses.map(([project, loss, reason], place) => ({ project, place, decision: { cost_of_forcing: loss, reason } }))).map((row) => row.project);
check(nearest([["A", 3], ["B", 1], ["C", null], ["D", 0, "excluded"], ["E", 1]]), ["B", "E", "A", "C"]);

// The ranked list beside the option: better, equal, worse, against the rules.
const beside = (value, further, words = "maximise strategic_value") => {
  const baseline = { scenario: "base", objective: 100, cost: 70e6, status: "feasible", unspent: 30e6, budget: 100e6, rule: "cut_line", ...further };
  return baselineTitle(viewOf({ scenarios: [{ scenario: "base", goal: words }], options: [option(value)], baseline: [baseline] }), baseline);
};
check(beside(130), "Option 1 brings 30 % more strategic value than a ranked list, which leaves 30 % of the money unspent");
check(beside(130, { unspent: 0 }), "Option 1 brings 30 % more strategic value than a ranked list");
check(beside(100), "A ranked list does as well as option 1 and leaves 30 % of the money unspent");
check(beside(90), "A ranked list brings more strategic value than option 1, which is not the best by that");
check(beside(130, { status: "infeasible" }), "A ranked list breaks the rules of this scenario; option 1 keeps them");
check(beside(130, {}, "maximise 0.6 strategic_value + 0.4 npv"), "The objective of option 1 is 30 % better than that of a ranked list, which leaves 30 % of the money unspent");
check(beside(5, { objective: 0, unspent: null }), "Option 1 brings 5 more strategic value than a ranked list");
check(beside(20e6, { objective: -10e6, unspent: null }, "maximise npv"), "Option 1 brings 30 M EUR more net present value than a ranked list");

// Frontiers: how what money buys gets dearer.
const front = (...points) => slopeTitle(points.map(([x, y]) => ({ x, y })), ["cost", "strategic value"]);
check(front([10, 60], [20, 90], [40, 100]), "Half of the cost brings 90 % of the strategic value; the last tenth 10 %");
check(front([10, 60]), "One selection is best by both cost and strategic value");
check(front([10, 60], [20, 40]), "More cost means less strategic value: 2 selections between the two ends");
check(front([-10, 60], [20, 90]), "Strategic value rises with cost over 2 selections");

// Budgets: what the next step buys.
const sweep = (place, ...steps) => {
  const view = viewOf({ scenarios: goal });
  const rows = steps.map(([x, y], at) => ({ scenario: at === place ? "base" : `s${at}`, x, y }));
  return sweepTitle(view, rows);
};
check(sweep(0, [100, 50], [110, 52.5], [121, 54.6]), "10 % more budget buys 5 % more strategic value; the 10 % after that 4 %");
check(sweep(1, [100, 50], [110, 52.5]), "The last 10 % of budget bought 5 % more strategic value");
check(sweep(0, [100, 50], [110, 50], [121, 51]), "10 % more budget buys no more strategic value; the 10 % after that 2 %");
check(sweep(0, [100, 50], [110, 50]), "10 % more budget buys no more strategic value");

// Fit: what is over, what is likely to be over, what is tightest.
const money = { one: "Line", limit: "budget", limits: "budgets" };
const fit = (...rows) => fitTitle([{ name: "capex", rows: rows.map(([plan, limit, p_over], at) => ({ period: String(2027 + at), plan, limit, p_over })) }], money);
check(fit([50, 100, 0], [99, 100, 0]), "The plan keeps every budget; the tightest is capex in 2028, used to 99 %");
check(fit([50, 100, 0.8], [99, 100, 0.1]), "The plan keeps every budget, but capex in 2027 is over in 80 % of the simulated futures");
check(fit([50, 100, 0.005], [99, 100, 0]), "The plan keeps every budget; the riskiest, capex in 2027, is over in 0.5 % of the simulated futures");
check([sharesScale([36, 12]), sharesScale([36, 8]), sharesScale([36, 0])], [true, false, true]);
check(fit([150, 100, 0.99]), "The plan is over 1 budget; capex is over in 99 % of the simulated futures");
check(fit([150, 100], [50, 100]), "The plan is over 1 budget; the tightest is capex in 2027, used to 150 %");
check(fit([50, null]), "No budget limits the plan");
check(fit([0, 0]), "The plan keeps every budget");

// Roadmap: when most projects start, and which are moved.
const starts = (...rows) => roadmapTitle(viewOf({}), rows.map(([from, former]) => ({ from, former, to: 1 })));
check(starts([0, 0], [0, 0], [1, 0]), "2 of 3 projects start in 2027; 1 is later than first planned");
check(starts([1, 1]), "The one project starts in 2028");
check(starts([0, 0], [0, 0]), "All 2 projects start in 2027");

// Risk: chances of zero, one and between; safer options that cost, cost nothing, or are none.
const loss = (row) => spreadTitle(viewOf({ options: [option(1, row)] }), "npv");
check(loss({ p_loss: 0.28, npv_p50: 21.3e6 }), "Option 1 loses money in 28 % of the futures; half of the futures bring more than 21.3 M EUR");
check(loss({ p_loss: 0, npv_p50: 21.3e6 }), "No simulated future of option 1 loses money; half of the futures bring more than 21.3 M EUR");
const dearer = (row) => spreadTitle(viewOf({ options: [option(1, row)] }), "cost");
check(dearer({ cost: 100e6, cost_p50: 108e6, cost_p90: 130e6 }), "Half of the futures cost at least 8 % more than planned, one of ten more than 130 M EUR");
check(dearer({ cost: 100e6, cost_p50: 100e6 }), "Half of the futures cost at least as much as planned");
check(dearer({ cost: 100e6, cost_p50: 95e6 }), "Half of the futures cost at most 5 % less than planned");
const safer = (objective, chance) => {
  const options = [option(100, { p_over_budget: 0.86, p_over_budget_se: 0.004 }), option(objective, { option: 2, rank: 2, p_over_budget: chance, p_over_budget_se: 0.004 })];
  return safetyTitle(viewOf({ scenarios: goal, options }), options, RISKS[0]);
};
check(safer(98, 0.7), "Option 2 is over a budget in 70 % of the futures instead of 86 %, and costs 2 % of the strategic value");
check(safer(100, 0.7), "Option 2 is over a budget in 70 % of the futures instead of 86 %, and costs nothing");
check(safer(103, 0.7), "Option 2 is over a budget in 70 % of the futures instead of 86 %, and is even 3 % better in strategic value");
check(safer(98, 0.855), "No option is clearly safer than option 1: over a budget in 86 % of the futures");
check(knownPoints({ npv_p10: -5, npv_p50: 5, npv_p90: 9, npv_p10_se: 1, p_loss: 0.3 }, "npv").map((one) => [one.x, one.y]), [[-5, 0.1], [0, 0.3], [5, 0.5], [9, 0.9]]);
check(knownPoints({ npv_p10: 5, npv_p50: 6, p_loss: 0 }, "npv").map((one) => one.x), [5, 6]);

// Groups and objectives.
const shares = (...rows) => groupsTitle(rows.map(([name, part, value]) => ({ name, money: part, value })), "strategic value");
check(shares(["Growth", 0.6, 0.4], ["Safety", 0.4, 0.6]), "Growth takes 60 % of the money and brings 40 % of the strategic value; Safety brings 60 % with 40 %");
check(shares(["Growth", 0.6, null], ["Safety", 0.4, null]), "Growth takes 60 % of the money");
check(shares(["Growth", 0.6, 0.7], ["Safety", 0.4, 0.3]), "Growth takes 60 % of the money and brings 70 % of the strategic value");
const aims = (...rows) => objectivesTitle(viewOf({}), rows.map(([name, value, reached]) => ({ name, value, weight: null, isLeaf: true, isTold: reached !== undefined, reached })));
check(aims(["Safety", 0.7], ["Growth", 0.3]), "Safety brings the largest part of the value: 70 %");
check(aims(["Safety", 0.7, true], ["Growth", 0.3, false]), "Safety brings the largest part of the value: 70 %; 1 of 2 targets is reached");
check(aims(["Safety", 0, true], ["Growth", 0]), "The target is reached");
check(aims(["Safety", 0, false], ["Growth", 0, false]), "None of 2 targets is reached");
check(aims(["Safety", 0]), "1 objective of option 1");

// Money by objective: a project's cost is split as its contributions are.
const split = viewOf({
  objectives: [["top", 1], ["a", 0.5], ["b", 0.5]].map(([objective, share]) => ({ scenario: "base", option: 1, objective, share })),
  contributions: [["P", "a", 3], ["P", "b", 1], ["Q", "b", 2]].map(([project, objective, contribution]) => ({ scenario: "base", option: 1, project, objective, contribution })),
  business_cases: [{ scenario: "base", project: "P", cost: 80 }, { scenario: "base", project: "Q", cost: 20 }],
  selection: ["P", "Q"].map((project) => ({ scenario: "base", option: 1, project, fraction: 1 })),
}, { objectives: [{ id: "top", parent: null }, { id: "a", parent: "top" }, { id: "b", parent: "top" }] });
check(objectiveTree(split).map((row) => [row.id, row.depth, row.money]), [["top", 0, 1], ["a", 1, 0.6], ["b", 1, 0.4]]);

// Projects that enter and leave between two points of a frontier, and where the option stands on its axes.
const points = [{ point: "F1" }, { point: "F2" }];
const onFront = viewOf({ selection: [["F1", "A"], ["F2", "B"], ["F2", "C"]].map(([point, project]) => ({ scenario: "base", option: point, project })), capacity: [2, 3].map((plan) => ({ scenario: "base", option: 1, resource: "crew", plan })), options: [option(5, { npv: 7 })] });
const named = { line: () => ({ name: "Roads" }), resource: () => ({ name: "crew" }), objective: () => ({ name: "Growth" }) };
check(["line.r-1", "resource.crew", "objective.g", "strategic_value"].map((id) => frontierName(named, id)), ["spend on Roads", "demand for crew", "Growth", "strategic value"]);
check([...frontierChanges(onFront, points).values()], [[], ["in against the point before: project B and project C", "out: project A"]]);
check([measureOf(onFront, "npv"), measureOf(onFront, "resource.crew"), measureOf(onFront, "line.capex") ?? null], [7, 5, null]);

// Sweeps of budgets: at least three amounts, of scenarios that differ in nothing else; budgets of another mix stand apart.
const swept = (...rows) => viewOf({
  options: rows.map(([scenario, , , objective]) => ({ scenario, rank: 1, option: 1, objective })),
  scenarios: rows.map(([scenario, capex, opex, objective, rate = 0.05]) => ({ scenario, goal: "maximise npv", discount_rate: rate, objective, "budget.capex.2027": capex, "budget.opex.2027": opex })),
});
const told = (view) => budgetSweep(view).map((row) => [row.x, row.y, row.isApart]);
check(told(swept(["base", 10, 20, 5], ["less", 5, 10, 3], ["more", 20, 40, 7])), [[15, 3, false], [30, 5, false], [60, 7, false]]);
check(told(swept(["base", 10, 20, 5], ["less", 5, 10, 3], ["other", 20, 30, 7])), [[15, 3, false], [30, 5, false], [50, 7, true]]);
check(told(swept(["base", 10, 20, 5], ["less", 5, 10, 3], ["dearer", 20, 40, 7, 0.08])), []);
check(budgetOf({ "budget.capex.2027": 10, "budget.opex.2027": null, "budget.*.2027": 8, "budget.*.2028": 9 }), 17);
check(told({ ...swept(["base", 10, 20, 5], ["less", 5, 10, 3], ["more", 20, 40, 7]), row: null }), []);

// The worth of a project: by its business case or an attribute; none where the tables do not tell, and then no list.
const worth = (measure) => worthOf(viewOf({}, { project: () => ({ attributes: { jobs: "12", place: "north" } }) }), { project: "A", strategic_value: 3, npv: -2 }, { measure, isMaximised: true });
check(["strategic_value", null, "npv", "projects", "attribute.jobs", "attribute.place", "attribute.none", "cost", "objective.growth"].map(worth), [3, 3, -2, 1, 12, null, null, null, null]);
check(rankedList(viewOf({ scenarios: goal, business_cases: [{ scenario: "base", project: "A", cost: 1, strategic_value: 0 }] })), []);

// Reasons link projects, and no number that looks like the id of one.
const projectLink = (_, id) => `<${id}>`;
const withIds = [["1", "Alpha Road"], ["2027", "Epsilon Pool"], ["P7", "A line of a long name"], ["P8", "P8"], ["9", "9"]];
const linked = (words) => withNames({ byId: { projects: new Map(withIds.map(([id, name]) => [id, { id, name }])) } }, words).join("");
const limits = "does not fit go in 2027; with it the objective is 1 worse";
check(linked(limits), limits);
check(linked("needs 1 (Alpha Road), which is forced out; 9 more"), "needs <1>, which is forced out; 9 more");
check(linked("P7 (A line of…) requires it; P8 excludes it"), "<P7> requires it; <P8> excludes it");

// A reversal that betters an option within its gap is no loss.
const close = viewOf({ scenarios: goal, options: [option(100, { gap: 0.001 })] });
check(costsGoal(close, 2), "costs 2 (2 %) of the objective");
check(costsGoal(close, -0.05), "would make the objective 0.05 better, within the gap of 0.1 % to which option 1 is proven");
// Key results: reached or not, how surely, and without whom.
const aim = (key_result, baseline, target, value, further = {}) => ({ scenario: "base", option: 1, key_result, name: key_result, unit: "%", period: "2028", due: "2028", baseline, target, value, path: target, reached: (value - baseline) / (target - baseline) >= 1 ? "true" : "false", ...further });
const keyResultsAre = (...rows) => {
  const view = viewOf({ key_results: rows });
  return keyResultsTitle(view, keyResultsOf(view));
};
check(keyResultsAre(aim("Churn", 8, 4, 4)), "Churn ≤ 4 % by 2028 is reached as planned, with 4 %");
check(keyResultsAre(aim("Churn", 8, 4, 5.25)), "Churn ≤ 4 % by 2028 is not reached as planned, with 5.25 %");
check(keyResultsAre(aim("Share", 10, 30, 31, { unit: "", p_reached: 0.71, without: "A", p_without: 0.38 })), "Share ≥ 30 by 2028 is reached in 71 % of the simulated futures; without project A in 38 %");
check(keyResultsAre(aim("Churn", 8, 4, 4, { p_reached: 0.9 }), aim("Share", 10, 30, 20, { p_reached: 0.1 }), aim("Calls", 10, 6, 5, { p_reached: 0.6 })), "2 of 3 key results are reached as planned; the least sure of these is Calls, in 60 % of the simulated futures");
check(keyResultsAre(aim("Churn", 8, 4, 4), aim("Calls", 10, 6, 5)), "All 2 key results are reached as planned");
check(keyResultsAre(aim("Churn", 8, 4, 6), aim("Calls", 10, 6, 8)), "None of 2 key results is reached as planned");

// Contributions: who serves nothing, or on whom most rests.
const gives = (project, outcome, share, key_result = "") => ({ scenario: "base", option: 1, project, objective: "o", key_result, outcome, share, contribution: share });
const contributed = (chosen, ...rows) => {
  const view = viewOf({ contributions: rows, selection: chosen.map((project) => ({ scenario: "base", option: 1, project, fraction: 1 })) });
  return contributionsTitle(view, outcomesOf(view));
};
check(contributed(["A", "B"], gives("A", "Growth", 0.25), gives("B", "Growth", 0.75), gives("A", "Churn", 1, "churn")), "Churn rests most on one project: project A brings 100 % of it");
check(contributed(["A", "B", "C"], gives("A", "Growth", 0.25), gives("B", "Growth", 0.75)), "1 funded project serves no objective or key result: project C");
check(contributed(["A", "B"], gives("A", "Growth", 0.995), gives("B", "Growth", 0.005)), "1 funded project serves no objective or key result: project B");
const left = (chosen, ...rows) => {
  const view = viewOf({ contributions: rows, key_results: [aim("Churn", 8, 4, 6)], objectives: [["g", "Growth", 0.5], ["s", "Safety", 0.5], ["n", "Nothing", 0]].map(([objective, name, weight]) => ({ scenario: "base", option: 1, objective, name, weight })) });
  return unservedOf(view, outcomesOf(view));
};
check(left(["A"], { ...gives("A", "Growth", 1), objective: "g" }), ["Churn", "Safety"]);

// Reserves: the line that needs the largest pot, and no pot where every budget holds.
const potsOf = (pots) => reserveTitle(viewOf({}, { line: (id) => ({ name: `line ${id}` }) }), Object.entries(pots).map(([line, reserve_p80]) => ({ line, period: "", reserve_p80 })));
check(potsOf({ capex: 5, opex: 0, "*": 2 }), "A reserve of 5 EUR beside the budget of line capex holds it in 8 of 10 futures; 1 other line needs one, too");
check(potsOf({ "*": 7 }), "A reserve of 7 EUR beside the budget of all lines together holds it in 8 of 10 futures");
check(potsOf({ capex: 0 }), "In 8 of 10 futures every budget holds without a reserve");
check(potsOf({ capex: null }), "No line has a budget that the futures could exceed");

// Sources of risk: by NPV where there are benefits, else by the cost.
const spread = (...rows) => spreadOf(rows.map(([npv, cost]) => ({ variance_share_npv: npv, variance_share_cost: cost })), { npv_mean: 3 });
check(spread([0.2, 0.6], [null, 0.4]).name, "net present value");
check(spread([null, 0.6], [null, 0.4]).name, "cost");
check(spreadOf([{ variance_share_npv: 1, variance_share_cost: 1 }], {}).name, "cost");
check(spread([null, null]), null);
const sourcesTitle = (...shares) => attributionTitle(viewOf({}), shares.map(([name, variance_share_npv]) => ({ name, variance_share_npv })), spread([1, 1]));
check(sourcesTitle(["Metro line", 0.6], ["Economy", 0.4]), "60 % of the spread of net present value comes from Metro line");
check(sourcesTitle(["Metro line", 0.3], ["Economy", 0.25], ["Depot", 0.2], ["Bridge", 0.25]), "Half of the spread of net present value comes from 2 of 4 sources; most from Metro line: 30 %");
