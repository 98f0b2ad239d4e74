// Ticks are 1, 2 or 5 times a power of ten, without the dust of binary fractions.
check(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
check(ticks(0, 235, 5), [0, 50, 100, 150, 200]);
check(ticks(-40, 80, 6), [-40, -20, 0, 20, 40, 60, 80]);
check(ticks(0, 0.3, 3), [0, 0.1, 0.2, 0.3]);
check(ticks(5, 5, 4), [5]);

// Axes of bars begin at zero; equal and absent numbers still give an axis.
check(niceDomain([12, 235]), [0, 250]);
check(niceDomain([-26, 67]), [-40, 80]);
check(niceDomain([784, 831], { zero: false }), [780, 840]);
check(niceDomain([]), [0, 1]);
check(niceDomain([0, 0]), [0, 1]);
check(niceDomain([null, 5]), [0, 5]);
check(niceDomain([7, 7], { zero: false }), [6, 8]);
check(isFarFromZero([784, 831]), true);
check(isFarFromZero([0, 831]), false);
check(isFarFromZero([5, 5]), false);
check(isFarFromZero([-5, 831]), false);

const scale = linearScale([0, 250], [100, 600]);
check([0, 125, 250].map(scale), [100, 350, 600]);
check(linearScale([3, 3], [0, 10])(3), 0);

const bands = bandScale(["2027", "2028"], [0, 200], 0.5);
check([bands("2027"), bands("2028"), bands.width, bands.middle("2028")], [25, 125, 50, 150]);

check(tickWriter([0, 0.2], { divisor: 1 })(0.2), "0.2");
check([80e6, 100e6].map(tickWriter([80e6, 100e6], amounts([220e6], "EUR"))), ["80", "100"]);
check([0.85, 0.855].map(tickWriter([0.85, 0.855], PERCENT_TICKS)), ["85.0 %", "85.5 %"]);
check(labelStep(12, 100, 4), 6);
check(labelStep(3, 1000, 4), 1);
