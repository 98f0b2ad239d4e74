// Numbers as people read them: three significant digits, thin spaces between thousands, one unit per column, and words
// that fit their number. Nothing here knows the page.

const MINUS = "\u2212";
// Narrow and without a line break.
const THIN = "\u202f";
const NONE = "–";

/** Decimals that give a number of this size so many significant digits; whole numbers lose none. */
function decimalsOf(size, digits = 3) {
  const magnitude = Math.floor(Math.log10(Math.abs(size) || 1));
  // 9.996 has three digits as 10.0, not as 10.00.
  const rounded = Number(Math.abs(size || 1).toExponential(digits - 1));
  return Math.max(0, digits - 1 - Math.max(magnitude, Math.floor(Math.log10(rounded))));
}

/** Digits with thin spaces and a true minus sign. A number that rounds to zero has no sign. */
function withDecimals(value, decimals) {
  const [whole, fraction] = Math.abs(value).toFixed(Math.min(decimals, 20)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  const text = fraction ? `${grouped}.${fraction}` : grouped;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** A number with so many significant digits, without zeros that tell nothing: `12.3`, `0.0123`, `1 230`, `5`. */
function formatNumber(value, digits = 3) {
  if (!isNumber(value)) return NONE;
  const rounded = Number(value.toPrecision(digits));
  return withDecimals(rounded, Number.isInteger(rounded) ? 0 : decimalsOf(rounded, digits)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** A count, with every digit. */
function formatCount(value) {
  return isNumber(value) ? withDecimals(value, 0) : NONE;
}

/** A share as a percentage: `12 %`, `4.2 %`, `< 0.1 %`; what is not quite all or nothing does not read as such. */
function formatPercent(share) {
  if (!isNumber(share)) return NONE;
  const percent = 100 * share;
  const size = Math.abs(percent);
  if (size > 0 && size < 0.05) return `< 0.1${THIN}%`;
  if (size < 100 && size >= 99.95) return `${percent < 0 ? `< ${MINUS}` : "> "}99.9${THIN}%`;
  const isNearWhole = size > 99 && size < 100;
  return withDecimals(percent, (size < 10 && !Number.isInteger(percent)) || isNearWhole ? 1 : 0).replace(/\.0$/, "") + `${THIN}%`;
}

/** A chance is not said more precisely than it was drawn: with an error it is `12 ± 0.3 %`. */
function formatChance(share, error) {
  if (!isNumber(share) || !isNumber(error) || error < 0.0005) return formatPercent(share);
  return `${formatPercent(share).slice(0, -2)} ± ${formatNumber(100 * error, 1)}${THIN}%`;
}

const SCALES = [
  { divisor: 1e9, letter: "bn", word: "billions" },
  { divisor: 1e6, letter: "M", word: "millions" },
  { divisor: 1e3, letter: "k", word: "thousands" },
];

/** True for units that may stand behind a letter of scale: `EUR`, `$`, but not `k EUR` or `person-months`. */
const takesLetter = (unit) => /^(\p{L}{2,3}|\p{Sc})$/u.test(unit);

/**
 * The form of all numbers of a column or an axis: one scale and one number of decimals, made from the largest of them.
 * `unit` goes into headings (`M EUR`), `format(value)` gives the digits, `full(value)` the digits with the unit.
 */
function amounts(values, unit = "") {
  const largest = values.reduce((most, value) => (isNumber(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const scale = SCALES.find(({ divisor }) => largest >= Math.max(divisor, 1e4) * 0.9995) || { divisor: 1, letter: "", word: "" };
  const isWhole = scale.divisor === 1 && values.every((value) => !isNumber(value) || Number.isInteger(value));
  const decimals = isWhole ? 0 : decimalsOf(largest / scale.divisor);
  const format = (value) => {
    if (!isNumber(value)) return NONE;
    const scaled = value / scale.divisor;
    // A small number beside large ones keeps a digit: 0 would be wrong.
    const isLost = scaled !== 0 && Math.abs(scaled) < 0.5 * 10 ** -decimals;
    return isLost ? formatNumber(scaled, 1) : withDecimals(scaled, decimals);
  };
  const name = takesLetter(unit) && scale.letter ? `${scale.letter} ${unit}` : [scale.word, unit].filter(Boolean).join(" of ");
  return { divisor: scale.divisor, decimals, unit: name, format, full: (value) => fullAmount(value, unit) };
}

/** An amount in a sentence, with three significant digits and a scale of its own: `18.1 M EUR`, `−250 k EUR`, `12.3 million`. */
function fullAmount(value, unit = "") {
  if (!isNumber(value)) return NONE;
  const rounded = Number(value.toPrecision(3));
  const scale = SCALES.find(({ divisor }) => Math.abs(rounded) >= Math.max(divisor, 1e4));
  if (!scale) return [formatNumber(value), unit].filter(Boolean).join(" ");
  const digits = formatNumber(value / scale.divisor);
  if (takesLetter(unit)) return `${digits} ${scale.letter} ${unit}`;
  return [`${digits} ${scale.word.slice(0, -1)}`, unit].filter(Boolean).join(" ");
}

/** An estimate with its standard error: `18.1 ± 0.1`. The estimate is told no more precisely than its error. */
function withError(value, error) {
  if (!isNumber(value) || !isNumber(error) || error <= 0) return formatNumber(value);
  const decimals = Math.min(decimalsOf(error, 1), decimalsOf(value));
  const isLost = error < 0.5 * 10 ** -decimals;
  return `${withDecimals(value, decimals)} ± ${isLost ? formatNumber(error, 1) : withDecimals(error, decimals)}`;
}

/** The difference of two numbers as a part of the second: `+5 %`, `−2.1 %`; none from zero. */
function formatChange(value, base) {
  if (!isNumber(value) || !isNumber(base) || base === 0) return NONE;
  const change = (value - base) / Math.abs(base);
  return (change > 0 ? "+" : "") + formatPercent(change);
}

/** A count with its noun: `1 project`, `3 projects`, `no project`. */
function counted(count, one, many = `${one}s`) {
  if (count === 0) return `no ${many}`;
  return count === 1 ? `1 ${one}` : `${formatCount(count)} ${many}`;
}

/** Texts as a sentence lists them: `A, B and C`, `A, B and 3 more`. */
function listed(texts, most = 3) {
  const told = texts.length > most ? [...texts.slice(0, most - 1), `${texts.length - most + 1} more`] : texts;
  return told.length < 2 ? told.join("") : `${told.slice(0, -1).join(", ")} and ${told[told.length - 1]}`;
}

/** A long name, cut in the middle, where both ends tell it from others. */
function shortened(text, length) {
  const letters = [...text];
  if (letters.length <= length) return text;
  const front = Math.ceil((length - 1) / 2);
  return `${letters.slice(0, front).join("").trimEnd()}…${letters.slice(letters.length - (length - 1 - front)).join("").trimStart()}`;
}

/** The name of a measure as the tables have it, in words: `strategic_value` → `strategic value`. */
function measureName(id) {
  const known = { npv: "net present value", cost: "cost", budget_scale: "budget", strategic_value: "strategic value" };
  return known[id] || id.replace(/^(attribute|line|resource|objective|benefit)\./, "").replace(/_/g, " ");
}

/** The same with a capital letter, at the beginning of a title. */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
