//! Methods to draw simulated futures.

/// Sampling method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SamplingMethod {
    /// Independent trials.
    Random,
    /// Latin hypercube (McKay, Beckman and Conover 1979), in independent replicates from which errors are estimated.
    #[default]
    Latin,
    /// Points of the Sobol sequence, in nets that are scrambled independently of each other (Owen 1997), from which
    /// errors are estimated.
    Sobol,
}

impl SamplingMethod {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Random, Self::Latin, Self::Sobol];
    /// Fewest nets of the Sobol sequence: enough to estimate an error from.
    pub const FEWEST_NETS: usize = 16;

    /// The word that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Latin => "latin",
            Self::Sobol => "sobol",
        }
    }

    /// The number of trials that is drawn where `wanted` are asked for: as many, but for nets of the Sobol sequence,
    /// each of which has a power of two: less than a fifteenth more.
    pub fn trials(self, wanted: usize) -> usize {
        match self {
            Self::Random | Self::Latin => wanted,
            Self::Sobol => wanted.next_multiple_of(Self::trials_of_net(wanted)),
        }
    }

    /// Number of trials in a net of the Sobol sequence: the largest power of two of which this number of trials, rounded
    /// up, has [enough](Self::FEWEST_NETS).
    pub fn trials_of_net(trials: usize) -> usize {
        let is_enough = |net: &usize| trials.div_ceil(*net) >= Self::FEWEST_NETS;
        std::iter::successors(Some(1_usize), |net| net.checked_mul(2))
            .take_while(is_enough)
            .last()
            .unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nets_are_powers_of_two_and_enough() {
        let sobol = |wanted| SamplingMethod::Sobol.trials(wanted);
        for (wanted, trials, net) in
            [(100, 100, 4), (128, 128, 8), (1_000, 1_024, 64), (4_096, 4_096, 256), (10_000, 10_240, 512)]
        {
            assert_eq!((sobol(wanted), SamplingMethod::trials_of_net(trials)), (trials, net), "{wanted}");
        }
        for wanted in 16..5_000 {
            let (trials, net) = (sobol(wanted), SamplingMethod::trials_of_net(wanted));
            assert!(net.is_power_of_two() && trials % net == 0 && trials / net >= 16, "{wanted}");
            assert!(trials >= wanted && 15 * (trials - wanted) < wanted, "{wanted} {trials}");
            // What was rounded up once stays.
            assert_eq!((sobol(trials), SamplingMethod::trials_of_net(trials)), (trials, net), "{wanted}");
        }
        assert_eq!(SamplingMethod::Latin.trials(1_001), 1_001);
    }
}
