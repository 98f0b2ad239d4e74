// What the report says of a set of weights.
const weighed = (name, weight, low, high, consistency_ratio) => ({ name, weight, low, high, consistency_ratio });
check(weightsTitle([weighed("Reach", 0.3, 0.2, 0.4), weighed("Clean air", 0.7, 0.6, 0.8), weighed("Jobs", 0, 0, 0)]), "The weight of Reach is the least certain: from 20 % to 40 %");
check(weightsTitle([weighed("Reach", 0.3, 0.3, 0.3, 0.0512), weighed("Clean air", 0.7, 0.7, 0.7, 0.0512)]), "Judgements agree well enough: their consistency ratio is 0.0512");
check(weightsTitle([weighed("Reach", 0.3, 0.3, 0.3, 0.25), weighed("Clean air", 0.7, 0.7, 0.7, null)]), "Judgements contradict each other: their consistency ratio is 0.25, above 0.1");

// Weights by judgements of pairs, as the form of the next run shows them: those that the program finds.
const rounded = (found) => found && [...found.weights, found.ratio].map((own) => Number(own.toFixed(4)));
const criteria = [[0, 1, 0.2], [0, 2, 3], [0, 3, 0.5], [0, 4, 5], [1, 2, 7], [1, 3, 1], [1, 4, 7], [2, 3, 0.25], [2, 4, 3], [3, 4, 7]];
check(rounded(judgedWeights(5, criteria)), [0.1522, 0.4335, 0.0716, 0.305, 0.0378, 0.0503]);
check(rounded(judgedWeights(3, [[0, 1, 6], [0, 2, 3], [1, 2, 0.5]])), [0.6667, 0.1111, 0.2222, 0]);
check(rounded(judgedWeights(3, [[1, 0, 4], [0, 2, 2]])), [0.1818, 0.7273, 0.0909, 0]);
check(judgedWeights(3, [[1, 0, 4]]), null);

// A slider moves its weight; the others keep their proportions.
const tenths = (shares) => shares.map((share) => Number(share.toFixed(6)));
check(tenths(sharedOut([0.5, 0.3, 0.2], 0, 0.2)), [0.2, 0.48, 0.32]);
check(tenths(sharedOut([1, 0, 0], 0, 0.4)), [0.4, 0.3, 0.3]);
check(tenths(sharedOut([0.5, 0.5], 1, 1)), [0, 1]);
const groups = siblingGroups({ objectives: [{ id: "a", parent: null }, { id: "b", parent: null }, { id: "a1", parent: "a" }, { id: "a2", parent: "a" }, { id: "b1", parent: "b" }] });
check(groups.map(({ parent, group }) => [parent, ...group.map((one) => one.id)]), [["", "a", "b"], ["a", "a1", "a2"]]);
