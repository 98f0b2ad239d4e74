// Weights of the next run, set by sliders or by judgements of pairs, in its form. The server reads the fields
// `weight.ID` and `judgement.NUMBER`; sliders themselves have no name. Without scripts the form offers weight sets only.

/** Mean consistency indices of random judgements of 1, 2, 3, … objectives (Saaty 1980), as the program has them. */
const RANDOM_INDEX = [0, 0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/** Judgements of more siblings than these would be a long form. */
const MOST_PAIRED = 7;

/**
 * Weights and consistency ratio by judgements `[one, other, ratio]` of so many siblings: the principal eigenvector (Saaty
 * 1977; a missing pair counts as the ratio of its weights, Harker 1987); null while they do not connect all siblings.
 */
function judgedWeights(count, judgements) {
  const matrix = Array.from({ length: count }, () => new Array(count).fill(0));
  const reached = new Set([0]);
  for (const [one, other, ratio] of judgements) {
    matrix[one][other] = ratio;
    matrix[other][one] = 1 / ratio;
  }
  for (let step = 1; step < count; step += 1) for (const one of [...reached]) matrix[one].forEach((ratio, other) => ratio > 0 && reached.add(other));
  if (reached.size < count) return null;
  matrix.forEach((row, place) => { row[place] = row.filter((ratio) => ratio === 0).length; });
  let [weights, value] = [new Array(count).fill(1 / count), count];
  for (let step = 0; step < 10000; step += 1) {
    const next = matrix.map((row) => row.reduce((sum, own, place) => sum + own * weights[place], 0));
    value = next.reduce((sum, own) => sum + own, 0);
    const change = Math.max(...next.map((own, place) => Math.abs(own / value - weights[place])));
    weights = next.map((own) => own / value);
    if (change < 1e-12) break;
  }
  const most = ((count - 1) * (count - 2)) / 2;
  const missing = (count * (count - 1)) / 2 - judgements.length;
  const random = missing < most ? RANDOM_INDEX[count - 1] * (1 - missing / most) : 0;
  const ratio = random > 0 ? Math.max(0, (value - count) / (count - 1) / random) : 0;
  return { weights, ratio: ratio < 1e-9 ? 0 : ratio };
}

/** Shares with one of them set: the others keep their proportions and fill up the rest. */
function sharedOut(shares, place, share) {
  const rest = shares.reduce((sum, own, at) => sum + (at === place ? 0 : own), 0);
  const others = Math.max(1, shares.length - 1);
  return shares.map((own, at) => (at === place ? share : rest > 0 ? (own / rest) * (1 - share) : (1 - share) / others));
}

/** The objectives under one parent, of which there are two or more. */
function siblingGroups(report) {
  const known = new Set(report.objectives.map((one) => one.id));
  const groups = new Map();
  for (const one of report.objectives) {
    const parent = known.has(one.parent) ? one.parent : "";
    groups.set(parent, [...(groups.get(parent) || []), one]);
  }
  return [...groups].filter(([, group]) => group.length > 1).map(([parent, group]) => ({ parent, group }));
}

/** The sliders and judgements of one group of siblings. */
class SiblingWeights {
  constructor(report, { parent, group }, first, changed) {
    this.group = group;
    this.changed = changed;
    const weighed = group.map((one) => (isNumber(one.weight) ? one.weight : 1));
    const sum = weighed.reduce((one, other) => one + other, 0);
    this.given = weighed.map((own) => (sum > 0 ? own / sum : 1 / group.length));
    this.shares = this.given;
    this.sliders = group.map((one, place) => el("input", { type: "range", min: 0, max: 100, step: "any", "aria-label": `Weight of ${one.name}`, oninput: () => this.set(place, Number(this.sliders[place].value) / 100) }));
    this.numbers = group.map((one, place) => el("input", { type: "number", min: 0, max: 100, step: "any", name: `weight.${one.id}`, "data-change": `weight of ${one.name} … %`, "aria-label": `Weight of ${one.name} in per cent`, onchange: () => this.type(place) }));
    this.told = el("p", { class: "advice", role: "status" });
    this.pairs = group.length <= MOST_PAIRED ? this.pairFields(first) : [];
    const judge = this.pairs.length > 0 && el("details", null, el("summary", null, "Judge pairs instead"), this.pairs.map((pair) => pair.field), this.told);
    this.part = el("div", { class: "weigh" }, el("p", null, el("strong", null, parent ? `Under ${report.objective(parent).name || parent}` : "Objectives")), group.map((one, place) => el("div", { class: "weigh-row" }, el("span", null, one.name), this.sliders[place], this.numbers[place])), judge || null);
    this.draw(false);
  }

  /** Per pair a choice of the scale from 9 for the one to 9 for the other. */
  pairFields(first) {
    const pairs = this.group.flatMap((one, place) => this.group.slice(place + 1).map((other, next) => ({ one: place, other: place + 1 + next, names: [one, other] })));
    return pairs.map((pair, at) => {
      const [one, other] = pair.names;
      const option = (from, to, ratio) => el("option", { value: JSON.stringify([from.id, to.id, ratio]) }, ratio === 1 ? "both alike" : `${from.name} ${ratio} times`);
      const scale = [9, 8, 7, 6, 5, 4, 3, 2].map((ratio) => option(one, other, ratio));
      const back = [2, 3, 4, 5, 6, 7, 8, 9].map((ratio) => option(other, one, ratio));
      const select = el("select", { name: `judgement.${first + at}`, "data-change": `${one.name} or ${other.name}: …`, onchange: () => this.judge() }, el("option", { value: "" }, "not judged"), scale, option(one, other, 1), back);
      return { ...pair, select, field: el("label", null, `${one.name} or ${other.name}`, select) };
    });
  }

  type(place) {
    const share = Number(this.numbers[place].value) / 100;
    if (this.numbers[place].value !== "" && share >= 0 && share <= 1) this.set(place, share);
  }

  /** Sets the share of one sibling; those of the others follow, and judgements no longer hold. */
  set(place, share) {
    this.shares = sharedOut(this.shares, place, share);
    this.changed("weight");
    this.draw(true);
  }

  judge() {
    const ratioOf = (pair) => {
      const [from, , ratio] = JSON.parse(pair.select.value);
      return from === this.group[pair.one].id ? ratio : 1 / ratio;
    };
    const judged = this.pairs.filter((pair) => pair.select.value).map((pair) => [pair.one, pair.other, ratioOf(pair)]);
    const found = judged.length > 0 ? judgedWeights(this.group.length, judged) : null;
    this.shares = found ? found.weights : this.given;
    this.changed("judgement");
    this.draw(false);
    const words = found ? `Consistency ratio ${withDecimals(found.ratio, 2)}${found.ratio > 0.1 ? ": above 0.10 judgements contradict each other too much" : ""}` : judged.length > 0 ? "Judge more pairs: not every objective is connected to every other yet" : "";
    this.told.replaceChildren(words);
  }

  /** Shows the shares; `isSet` writes them into the fields that are sent. */
  draw(isSet) {
    this.shares.forEach((share, place) => {
      const written = String(Number((100 * share).toFixed(1)));
      this.sliders[place].value = 100 * share;
      this.numbers[place].value = isSet ? written : "";
      this.numbers[place].placeholder = written;
    });
  }

  /** Takes back what was set of one kind: `weight` or `judgement`. */
  clear(kind) {
    if (kind === "weight") this.numbers.forEach((number) => { number.value = ""; });
    else this.pairs.forEach((pair) => { pair.select.value = ""; });
    if (kind === "judgement") this.told.replaceChildren();
  }

  /** The weights of the tables again. */
  reset() {
    this.shares = this.given;
    this.clear("judgement");
    this.draw(false);
  }
}

/** Adds sliders and judgements to the form of the next run. A run has either of them, or a weight set that is chosen. */
function addWeighing(form, report) {
  const select = form.elements.weights;
  const groups = siblingGroups(report);
  if (!select || groups.length === 0) return;
  const parts = [];
  const changed = (kind) => {
    select.value = "";
    parts.forEach((part) => part.clear(kind === "weight" ? "judgement" : "weight"));
  };
  let first = 0;
  for (const group of groups) {
    const part = new SiblingWeights(report, group, first, changed);
    first += part.pairs.length;
    parts.push(part);
  }
  const reset = () => parts.forEach((part) => part.reset());
  select.addEventListener("change", reset);
  form.addEventListener("reset", () => setTimeout(reset));
  const told = el("p", { class: "advice" }, "Weights are shares of those under one parent; what is not touched stays as objectives.csv has it.");
  select.closest("label").after(el("details", { class: "weighing" }, el("summary", null, "Set weights here"), told, parts.map((part) => part.part)));
}
