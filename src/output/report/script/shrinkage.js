// What planned values lose because favourable estimates are chosen: estimates drawn towards their common mean.

/** True if the first option stays first among the options once benefits are as expected, in words. */
function firstByShrunk(view) {
  const options = optionsOf(view).filter((row) => isNumber(row.npv_shrunk));
  const first = options.find((row) => row.option === 1);
  if (!first || options.length < 2) return null;
  const best = options.reduce((one, other) => (other.npv_shrunk > one.npv_shrunk ? other : one));
  return best.npv_shrunk > first.npv_shrunk ? `with benefits as expected option ${best.option} has a higher net present value than option 1` : "option 1 has the highest net present value of the options with benefits as expected, too";
}

/** The expected disappointment of an option, project by project; none where no prior is given. */
function shrinkageFigure(view) {
  const rows = ofOption(view, "shrinkage");
  const { row } = view;
  if (rows.length === 0 || !isNumber(row.expected_disappointment)) return null;
  const currency = currencyOf(view);
  const amount = (title, of) => ({ title, of, as: "amount", unit: currency });
  const less = row.expected_disappointment;
  const kept = rows.filter((one) => !isNumber(one.weight)).length;
  const prior = view.report.batch.prior_sd_benefit;
  const assumed = isNumber(prior) ? `true benefits per unit of cost are taken to scatter by ${formatPercent(prior)} around the ${formatNumber(rows[0].mean)} of all candidates together, and estimates to err as the simulation says` : null;
  return figure({
    title: `${capital(optionName(view))} will on average bring ${fullAmount(Math.abs(less), currency)} ${less >= 0 ? "less" : "more"} than planned: who chooses by estimates chooses those that are too good`,
    subtitle: `Net present value as planned, and with each estimated benefit drawn towards the mean of all candidates. Scenario ${view.scenario}`,
    table: {
      rows: [...rows].sort((one, other) => other.npv - other.npv_shrunk - (one.npv - one.npv_shrunk)),
      columns: [
        { title: "Project", of: (one) => view.report.name(one.project), as: "text", project: (one) => one.project },
        { title: "Benefit per cost, estimated", of: (one) => one.benefit_per_cost, as: "number" },
        { title: "Weight of the estimate", of: (one) => one.weight, as: "percent" },
        { title: "Benefit per cost, expected", of: (one) => one.shrunk, as: "number" },
        amount("NPV, planned", (one) => one.npv),
        amount("NPV, expected", (one) => one.npv_shrunk),
        amount("Less than planned", (one) => one.npv - one.npv_shrunk),
      ],
    },
    foot: [provenance(view), assumed, firstByShrunk(view), kept > 0 && `${counted(kept, "project")} without a cost, a benefit or a known error ${kept === 1 ? "stays" : "stay"} as planned`],
    isLong: true,
  });
}
