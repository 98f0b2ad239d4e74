// Three significant digits, thin spaces, true minus signs, no zeros that tell nothing.
check(formatNumber(0), "0");
check(formatNumber(12.345), "12.3");
check(formatNumber(0.012345), "0.0123");
check(formatNumber(1234567), "1 230 000");
check(formatNumber(-1234.5), "-1 230");
check(formatNumber(9.996), "10");
check(formatNumber(5.1), "5.1");
check(formatNumber(1e-9), "0.000000001");
check(formatNumber(null), "–");
check(formatNumber(NaN), "–");
check(formatCount(10000), "10 000");
check(formatCount(-0.2), "0");

// Numbers that are not quite all or nothing do not read as such.
check(formatPercent(0), "0 %");
check(formatPercent(1), "100 %");
check(formatPercent(0.0004), "< 0.1 %");
check(formatPercent(0.9996), "> 99.9 %");
check(formatPercent(-0.9996), "< -99.9 %");
check(formatPercent(-1), "-100 %");
check(formatPercent(0.996), "99.6 %");
check(formatPercent(0.05), "5 %");
check(formatPercent(0.042), "4.2 %");
check(formatPercent(-0.042), "-4.2 %");
check(formatPercent(-0.0001), "< 0.1 %");
check(formatPercent(0.28), "28 %");
check(formatPercent(1.3), "130 %");
check(formatChance(0.28, 0.0046), "28 ± 0.5 %");
check(formatChance(0, 0), "0 %");
check(formatChange(105, 100), "+5 %");
check(formatChange(97.9, 100), "-2.1 %");
check(formatChange(-50, -100), "+50 %");
check(formatChange(5, 0), "–");

// An estimate is told to the digit that its error leaves.
check(withError(18.134, 0.12), "18.1 ± 0.1");
check(withError(1234.5, 56), "1 235 ± 56");
check(withError(18.134, 0), "18.1");
check(withError(18.134, 0.0001), "18.1 ± 0.0001");

// One unit per column, by the largest; a small number beside large ones is not written as zero.
check(amounts([220e6, 5e6], "EUR").unit, "M EUR");
check([220e6, 5e6, 1e4, 0, -5e6].map(amounts([220e6, 5e6], "EUR").format), ["220", "5", "0.01", "0", "-5"]);
check([47.31e6, 0.4e6].map(amounts([47.31e6, 0.4e6], "EUR").format), ["47.3", "0.4"]);
check(amounts([220e6], "").unit, "millions");
check(amounts([25000], "hours").unit, "thousands of hours");
check(amounts([9000], "EUR").unit, "EUR");
check(amounts([25000], "k EUR").unit, "thousands of k EUR");
check(amounts([], "EUR").format(0), "0");
check(amounts([1.5, 20], "").format(1.5), "1.5");
check(amounts([3, 85], "").format(85), "85");
check(fullAmount(18.13e6, "EUR"), "18.1 M EUR");
check(fullAmount(999.9e6, "EUR"), "1 bn EUR");
check(fullAmount(-250000, "$"), "-250 k $");
check(fullAmount(12.3e6), "12.3 million");
check(fullAmount(9990, "EUR"), "9 990 EUR");
check(fullAmount(0, "EUR"), "0 EUR");

// Singular and plural, lists, long names.
check(counted(0, "project"), "no projects");
check(counted(1, "project"), "1 project");
check(counted(1200, "capacity", "capacities"), "1 200 capacities");
check(listed([]), "");
check(listed(["A"]), "A");
check(listed(["A", "B", "C"]), "A, B and C");
check(listed(["A", "B", "C", "D"]), "A, B and 2 more");
check(shortened("Western trunk main", 9), "West…main");
check(shortened("short", 9), "short");
check(measureName("strategic_value"), "strategic value");
check(capital(""), "");
