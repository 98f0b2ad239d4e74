//! A scatter chart as SVG.

use std::fmt::Write;

use super::figure::shown;

/// A point of a chart.
pub(super) struct Point {
    pub x: f64,
    pub y: f64,
    /// Risk, from 0 to 1.
    pub risk: Option<f64>,
    pub label: String,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 80.0;
const BOTTOM: f64 = 46.0;
const MARGIN: f64 = 18.0;

/// Linear map from values to coordinates.
struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn new(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(f64::NEG_INFINITY, f64::max);
        // A single value is drawn in the middle.
        let room = if high > low { 0.08 * (high - low) } else { 0.1 * low.abs().max(1.0) };
        Self { low: low - room, high: high + room, from, to }
    }

    fn place(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Round values between the ends, about five of them.
    fn ticks(&self) -> Vec<f64> {
        let rough = (self.high - self.low) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(rough);
        let first = (self.low / step).ceil();
        let tick = |number: u8| (first + f64::from(number)) * step;
        (0..12).map(tick).take_while(|tick| *tick <= self.high).collect()
    }
}

/// Points by two values; the fuller one is, the higher its risk.
pub(super) fn scatter(points: &[Point], x_label: &str, y_label: &str) -> String {
    if points.is_empty() {
        return String::new();
    }
    let x = Scale::new(points.iter().map(|point| point.x), LEFT, WIDTH - MARGIN);
    let y = Scale::new(points.iter().map(|point| point.y), HEIGHT - BOTTOM, MARGIN);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{y_label} against {x_label} of {} options\">",
        points.len()
    );
    axes(&mut svg, &x, &y, x_label, y_label);
    for Point { x: cost, y: value, risk, label } in points {
        let (left, top) = (x.place(*cost), y.place(*value));
        let risk_text =
            risk.map_or_else(String::new, |risk| format!(", P(over budget) {:.1} %", 100.0 * risk));
        let _ = write!(
            svg,
            "<g><title>Option {label}: {y_label} {}, {x_label} {}{risk_text}</title>\
             <circle cx=\"{left:.1}\" cy=\"{top:.1}\" r=\"9\" fill-opacity=\"{:.2}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{label}</text></g>",
            shown(Some(*value)),
            shown(Some(*cost)),
            risk.unwrap_or(0.0).clamp(0.0, 1.0),
            left + 12.0,
            top + 4.0,
        );
    }
    svg.push_str("</svg>");
    svg
}

fn axes(svg: &mut String, x: &Scale, y: &Scale, x_label: &str, y_label: &str) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - MARGIN);
    for tick in x.ticks() {
        let (at, text) = (x.place(tick), shown(Some(tick)));
        let _ = write!(
            svg,
            "<line class=\"axis\" x1=\"{at:.1}\" y1=\"{MARGIN}\" x2=\"{at:.1}\" y2=\"{bottom}\"/>\
             <text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{text}</text>",
            bottom + 16.0
        );
    }
    for tick in y.ticks() {
        let (at, text) = (y.place(tick), shown(Some(tick)));
        let _ = write!(
            svg,
            "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            LEFT - 6.0,
            at + 4.0
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{right}\" y=\"{}\" text-anchor=\"end\">{x_label}</text><text x=\"4\" y=\"12\">{y_label}</text>",
        HEIGHT - 6.0
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_lie_within_the_axes() {
        let points: Vec<Point> = [(10.0, 3.0), (20.0, 5.0), (20.0, 5.0)]
            .map(|(x, y)| Point { x, y, risk: Some(0.5), label: "1".to_owned() })
            .into();
        let svg = scatter(&points, "Cost", "Value");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        let one = scatter(&points[..1], "Cost", "Value");
        assert!(one.contains("<circle") && !one.contains("NaN"), "{one}");
        assert_eq!(scatter(&[], "Cost", "Value"), "");
    }

    #[test]
    fn ticks_are_round_and_within() {
        let scale = Scale::new([0.0, 97.0].into_iter(), 0.0, 1.0);
        assert_eq!(scale.ticks(), [0.0, 50.0, 100.0]);
    }
}
