// Contrast by WCAG 2: text of charts 4.5, marks 3, on the ground of the page in light and in dark.
const luminance = (colour) => {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
};
const colours = (css, dark) => {
  const block = css.match(dark ? /:root\[data-theme="dark"\] \{([^}]*)\}/ : /:root \{([^}]*)\}/)[1];
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name, colour]));
};
const weak = (dark) => {
  const ground = colours(PAGE_STYLE, dark).paper;
  const needs = (name) => (/^(tick|over|missed)$/.test(name) ? 4.5 : /^(soft|grid)/.test(name) ? 1 : 3);
  return Object.entries(colours(CHART_STYLE, dark)).filter(([name, colour]) => contrast(colour, ground) < needs(name)).map(([name]) => name);
};
check(weak(false), []);
check(weak(true), []);
check(Object.keys(colours(CHART_STYLE, false)).length, Object.keys(colours(CHART_STYLE, true)).length);
check(Math.round(contrast("#000000", "#ffffff")), 21);
