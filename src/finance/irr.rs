//! Returns of cash flows, one per period: the rates of return and the payback that spreadsheets compute.

/// Parts of the sum of sizes below which a sum is rounding.
const ROUNDING: f64 = 1e-12;

/// All internal rates of return above −1, rising: the rates per period at which the flows have a net present value
/// of 0. There is none unless flows change their sign, exactly one if they do so once (the rule of Descartes, 1637), and
/// there may be several if they do so more often. Rates at which the net present value only touches 0 may be left out.
pub fn internal_rates(flows: &[f64]) -> Vec<f64> {
    let size = flows.iter().fold(0.0, |largest: f64, flow| largest.max(flow.abs()));
    let (Some(first), Some(last)) =
        (flows.iter().position(|&flow| flow != 0.0), flows.iter().rposition(|&flow| flow != 0.0))
    else {
        return Vec::new();
    };
    // The flows are the coefficients of a polynomial in the discount factor of one period; zeros before the first and
    // after the last flow move no root above 0.
    let coefficients: Vec<f64> = flows[first..=last].iter().map(|flow| flow / size).collect();
    let mut rates: Vec<f64> =
        positive_roots(&coefficients).into_iter().map(|factor| 1.0 / factor - 1.0).collect();
    rates.reverse();
    rates
}

/// The internal rate of return, given [all of them](internal_rates): the only one, or else the only one that is not
/// below 0, which is that of a project with a last payment. `None` if that leaves none or several: then no single rate
/// decides whether the flows are worth having.
pub fn internal_rate(all: &[f64]) -> Option<f64> {
    let gains: Vec<f64> = all.iter().copied().filter(|&rate| rate >= 0.0).collect();
    match (all, gains.as_slice()) {
        (&[only], _) | (_, &[only]) => Some(only),
        _ => None,
    }
}

/// Number of sign changes between neighbours, zeros left out.
fn sign_changes(coefficients: &[f64]) -> usize {
    let signs: Vec<bool> = coefficients.iter().filter(|&&one| one != 0.0).map(|&one| one > 0.0).collect();
    signs.windows(2).filter(|pair| pair[0] != pair[1]).count()
}

/// The roots above 0 at which a polynomial changes its sign, rising. Between two places at which its slope is 0 it has
/// one root at most.
fn positive_roots(coefficients: &[f64]) -> Vec<f64> {
    let changes = sign_changes(coefficients);
    let Some((&leading, others)) = coefficients.split_last() else { return Vec::new() };
    if changes == 0 {
        return Vec::new();
    }
    // No root is larger (Cauchy 1829).
    let bound = 1.0 + others.iter().fold(0.0, |largest: f64, one| largest.max((one / leading).abs()));
    let mut places = vec![0.0];
    if changes > 1 {
        let slope: Vec<f64> =
            coefficients.iter().enumerate().skip(1).map(|(power, one)| power as f64 * one).collect();
        places.extend(positive_roots(trimmed(&slope)));
    }
    places.push(bound);
    places.windows(2).filter_map(|pair| root_between(coefficients, pair[0], pair[1])).collect()
}

/// Without the zeros at the end, which are no powers.
fn trimmed(coefficients: &[f64]) -> &[f64] {
    let length = coefficients.iter().rposition(|&one| one != 0.0).map_or(0, |last| last + 1);
    &coefficients[..length]
}

fn value(coefficients: &[f64], at: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |higher, one| higher * at + one)
}

/// The place between two at which a polynomial changes its sign, by bisection to the last digit.
fn root_between(coefficients: &[f64], mut low: f64, mut high: f64) -> Option<f64> {
    let is_positive = value(coefficients, low) > 0.0;
    if is_positive == (value(coefficients, high) > 0.0) {
        return None;
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return (middle > 0.0).then_some(middle);
        }
        if (value(coefficients, middle) > 0.0) == is_positive { low = middle } else { high = middle }
    }
}

/// The modified internal rate of return: the rate at which what is paid (discounted to the first period at `rate`)
/// grows to what is received (carried forward to the last at the same rate), as the function MIRR of spreadsheets has
/// it over the same row of periods. `None` unless something is paid and something received, in more than one period.
pub fn modified_rate(flows: &[f64], rate: f64) -> Option<f64> {
    let periods = flows.len().checked_sub(1).filter(|&periods| periods > 0)?;
    let growth = 1.0 + rate;
    let forward = |sum: f64, flow: &f64| sum * growth + flow.max(0.0);
    let received = flows.iter().fold(0.0, forward);
    let paid = flows.iter().rev().fold(0.0, |sum, flow| sum / growth + (-flow).max(0.0));
    let has_both = received > 0.0 && paid > 0.0;
    has_both.then(|| (received / paid).powf(1.0 / periods as f64) - 1.0)
}

/// After how many periods what came in first covers what was paid out, counted from the first flow; within a period
/// money is taken to flow evenly. `None` if that never happens, or nothing flows. Nothing is discounted.
pub fn payback(flows: &[f64]) -> Option<f64> {
    let first = flows.iter().position(|&flow| flow != 0.0)?;
    let least = -ROUNDING * flows.iter().map(|flow| flow.abs()).sum::<f64>();
    let mut balance = 0.0;
    for (period, flow) in flows[first..].iter().enumerate() {
        let before = balance;
        balance += flow;
        if balance >= least {
            let part = if *flow > 0.0 { (-before / flow).clamp(0.0, 1.0) } else { 0.0 };
            // A balance that is never negative has nothing to pay back.
            return Some(if period == 0 { 0.0 } else { (period - 1) as f64 + part });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flows, a rate, and what LibreOffice Calc 7.4 makes of them: `=IRR(A1:F1)`, `=MIRR(A1:F1;rate;rate)` and
    /// `=NPV(rate;A1:F1)` in a sheet that was computed without a screen (`soffice --convert-to fods`). The sixth has
    /// two internal rates: Calc gives 20 % for a guess of 30 %.
    const SPREADSHEET: [(&[f64], f64, f64, f64, f64); 12] = [
        (
            &[-70000.0, 12000.0, 15000.0, 18000.0, 21000.0, 26000.0],
            0.1,
            0.0866309480365316,
            0.0914343700012537,
            -2439.37408872741,
        ),
        (
            &[-120000.0, 39000.0, 30000.0, 21000.0, 37000.0, 46000.0],
            0.12,
            0.130735539470838,
            0.126094130365905,
            2946.81639828136,
        ),
        (&[-100.0, 60.0, 72.0], 0.07, 0.2, 0.167047556871613, 17.7218269073004),
        (
            &[-1000.0, 300.0, 300.0, 300.0, 300.0],
            0.05,
            0.0771384729520836,
            0.0663573827514226,
            60.7477630940076,
        ),
        (
            &[-500.0, -500.0, 200.0, 400.0, 600.0, 900.0],
            0.08,
            0.238950104322329,
            0.186722891625259,
            536.648598623807,
        ),
        (&[-100.0, 230.0, -132.0], 0.1, 0.1, 0.1, 0.0),
        (&[-100.0, 0.0, 0.0, 0.0, 0.0, 50.0], 0.03, -0.129449436703876, -0.129449436703876, -55.213165806594),
        (&[-1e6, 5.0, 0.0, 0.0, 3e6, 1e5], 0.15, 0.324279915388761, 0.288385666500592, 665201.528813058),
        (&[0.0, -250.0, 100.0, 0.0, 220.0], 0.09, 0.111851280789222, 0.102454507186857, 9.78325467510238),
        (&[-100.0, 20.0, 20.0, 20.0], 0.1, -0.217627217307409, -0.128462664424667, -45.6936001639232),
        (&[-10.0, 25.0], 0.2, 1.5, 1.5, 9.02777777777778),
        (&[-40.0, -30.0, 15.0, 10.0, 85.0, -5.0], 0.25, 0.138373151190567, 0.181578561910316, -12.88192),
    ];

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-10 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn rates_are_those_of_a_spreadsheet() {
        for (flows, rate, irr, mirr, _) in SPREADSHEET {
            let all = internal_rates(flows);
            close(modified_rate(flows, rate).unwrap(), mirr);
            match internal_rate(&all) {
                Some(found) => close(found, irr),
                None => assert_eq!(flows, SPREADSHEET[5].0),
            }
        }
        let two = internal_rates(SPREADSHEET[5].0);
        close(two[0], 0.1);
        close(two[1], 0.2);
        // The payment at the end of the last makes a second rate, at which nearly all would be lost.
        let two = internal_rates(SPREADSHEET[11].0);
        assert!(two.len() == 2 && two[0] < -0.9, "{two:?}");
    }

    #[test]
    fn net_present_values_at_the_end_of_periods_are_those_of_a_spreadsheet() {
        use crate::domain::DiscountTiming;
        use crate::finance::DiscountFactors;
        use crate::units::Money;
        for (flows, rate, _, _, npv) in SPREADSHEET {
            let factors = DiscountFactors::new(rate, DiscountTiming::End, flows.len());
            let amounts: Vec<Money> = flows.iter().copied().map(Money::new).collect();
            let value = factors.present_value(&amounts, 0).value();
            assert!((value - npv).abs() <= 1e-9 * npv.abs().max(1.0), "{flows:?}");
        }
    }

    #[test]
    fn flows_of_one_sign_have_no_rate() {
        for flows in [&[][..], &[0.0, 0.0], &[5.0, 7.0], &[-5.0, 0.0, -7.0], &[-5.0]] {
            assert!(internal_rates(flows).is_empty(), "{flows:?}");
            assert_eq!(modified_rate(flows, 0.1), None, "{flows:?}");
        }
    }

    #[test]
    fn every_rate_is_found() {
        // (1 − 1.05 v)(1 − 1.1 v)(1 − 1.4 v)(1 + v) has roots at 5, 10 and 40 %, and none for its last factor.
        let multiplied = |one: Vec<f64>, other: [f64; 2]| {
            let mut product = vec![0.0; one.len() + 1];
            for (power, factor) in one.iter().enumerate() {
                product[power] += factor * other[0];
                product[power + 1] += factor * other[1];
            }
            product
        };
        let factors = [[1.0, -1.05], [1.0, -1.1], [1.0, -1.4], [1.0, 1.0]];
        let flows = factors.into_iter().fold(vec![-1000.0], multiplied);
        let rates = internal_rates(&flows);
        assert_eq!(rates.len(), 3, "{rates:?}");
        for (found, expected) in rates.iter().zip([0.05, 0.1, 0.4]) {
            assert!((found - expected).abs() < 1e-9, "{rates:?}");
        }
    }

    #[test]
    fn payback_is_told_to_parts_of_a_period() {
        close(payback(&[-100.0, 60.0, 72.0]).unwrap(), 1.0 + 40.0 / 72.0);
        assert_eq!(payback(&[0.0, -100.0, 60.0, 40.0, 5.0]), Some(2.0));
        assert_eq!(payback(&[-100.0, 60.0]), None);
        assert_eq!(payback(&[0.0, 0.0]), None);
        assert_eq!(payback(&[5.0, -1.0]), Some(0.0));
        // Sums that are equal on paper are equal.
        assert_eq!(payback(&[-0.3, 0.1, 0.2]), Some(2.0));
        assert_eq!(payback(&[-0.8, 0.1, 0.7]), Some(2.0));
    }
}
