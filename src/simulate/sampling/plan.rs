//! Design of the sample: how trials are stratified, and what that means for standard errors.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::{Percentile, SamplingMethod, SimulationSettings};

use super::normal;
use super::sobol;
use super::streams::{Grain, Stream};

/// Independent replicates of a Latin hypercube: enough to estimate an error from, few enough that each keeps
/// most of what stratification gains.
const REPLICATES: usize = 20;
/// A replicate has at least about this many trials.
const FEWEST_IN_REPLICATE: usize = 50;

/// The trials and their sections: a random design has one, a Latin hypercube design one per replicate, one of Sobol
/// points one per net.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    trials: usize,
    tail: f64,
    sections: Vec<Range<usize>>,
    sampling: SamplingMethod,
    percentiles: Vec<Percentile>,
    /// The dimension of the Sobol sequence that each stream follows; streams without one are Latin hypercubes.
    dimensions: BTreeMap<Stream, usize>,
}

impl Design {
    /// The design that settings ask for.
    pub fn new(settings: &SimulationSettings) -> Self {
        let trials = settings.sampling.trials(settings.trials);
        let count = match settings.sampling {
            SamplingMethod::Random => 1,
            SamplingMethod::Latin => (trials / FEWEST_IN_REPLICATE).clamp(2, REPLICATES),
            SamplingMethod::Sobol => trials / SamplingMethod::trials_of_net(trials),
        };
        let start = |section: usize| section * trials / count;
        let sections = (0..count).map(|section| start(section)..start(section + 1)).collect();
        let percentiles = settings.percentiles.clone();
        let dimensions = BTreeMap::new();
        Self { trials, tail: settings.tail, sections, sampling: settings.sampling, percentiles, dimensions }
    }

    /// The same design, in which these streams follow the dimensions of the Sobol sequence, one each, as far as these
    /// go. The first dimensions fill space best.
    #[must_use]
    pub fn with_dimensions(self, streams: impl IntoIterator<Item = Stream>) -> Self {
        Self { dimensions: streams.into_iter().zip(0..sobol::DIMENSIONS).collect(), ..self }
    }

    /// True if trials are points of the Sobol sequence.
    pub fn has_dimensions(&self) -> bool {
        self.sampling == SamplingMethod::Sobol
    }

    /// Number of trials.
    pub fn trials(&self) -> usize {
        self.trials
    }

    /// The trials of each section.
    pub fn sections(&self) -> &[Range<usize>] {
        &self.sections
    }

    /// True if every trial is independent of every other; if not, every section is.
    pub fn trials_are_independent(&self) -> bool {
        self.sampling == SamplingMethod::Random
    }

    /// The percentiles to report in addition to the usual ones.
    pub fn percentiles(&self) -> &[Percentile] {
        &self.percentiles
    }

    /// Number of trials in the tail that CVaR averages: the share of it, rounded up.
    pub fn tail_trials(&self) -> usize {
        // The product is rounded: 7 % of 100 trials must be 7, not 8.
        let trials = (self.tail * self.trials as f64 - 1e-9).ceil() as usize;
        trials.clamp(1, self.trials)
    }

    /// All trials.
    pub fn all(&self) -> Stretch<'_> {
        Stretch { design: self, first: 0, count: self.trials }
    }

    /// The trials in stretches of about this many: at least so many each, but for the last, and at least a section where
    /// trials depend on each other.
    pub fn stretches(&self, about: usize) -> Vec<Stretch<'_>> {
        let ends: Vec<usize> = match self.trials_are_independent() {
            true => {
                (0..self.trials.div_ceil(about)).map(|part| ((part + 1) * about).min(self.trials)).collect()
            }
            false => self.sections.iter().map(|section| section.end).collect(),
        };
        let mut stretches = Vec::new();
        let mut first = 0;
        for end in ends {
            if end - first >= about || end == self.trials {
                stretches.push(Stretch { design: self, first, count: end - first });
                first = end;
            }
        }
        stretches
    }

    /// One number above 0 and below 1 per trial.
    pub fn uniforms(&self, stream: &Stream, grain: Grain, uniforms: &mut [f64]) {
        self.all().uniforms(stream, grain, uniforms);
    }

    /// The points of each net in one dimension.
    fn points(&self, dimension: usize) -> Vec<u32> {
        sobol::points(dimension, SamplingMethod::trials_of_net(self.trials).ilog2())
    }

    /// One standard normal score per trial.
    pub fn scores(&self, stream: &Stream, scores: &mut [f64]) {
        self.all().scores(stream, scores);
    }
}

/// Trials of a design that follow each other: whole sections, where the trials of a section depend on each other. They are
/// the same numbers as those that are drawn of all trials at once.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    design: &'a Design,
    first: usize,
    count: usize,
}

impl Stretch<'_> {
    /// The first trial.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Number of trials.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Its trials.
    pub fn trials(&self) -> Range<usize> {
        self.first..self.first + self.count
    }

    /// One number above 0 and below 1 per trial.
    pub fn uniforms(&self, stream: &Stream, grain: Grain, uniforms: &mut [f64]) {
        stream.uniforms_from(self.first, grain, uniforms);
        if self.design.trials_are_independent() {
            return;
        }
        let dimension = self.design.dimensions.get(stream);
        let points = dimension.map(|&dimension| self.design.points(dimension));
        let mut order = Vec::new();
        let (here, sections) = (self.trials(), (0..).zip(&self.design.sections));
        for (section, trials) in sections.filter(|(_, trials)| here.contains(&trials.start)) {
            let uniforms = &mut uniforms[trials.start - self.first..trials.end - self.first];
            match &points {
                Some(points) => stream.scramble(section, points, uniforms, &mut order),
                None => stream.stratify(section, uniforms, &mut order),
            }
        }
    }

    /// One standard normal score per trial.
    pub fn scores(&self, stream: &Stream, scores: &mut [f64]) {
        self.uniforms(stream, Grain::Fine, scores);
        normal::scores(scores);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(trials: usize, sampling: SamplingMethod, tail: f64) -> Design {
        Design::new(&SimulationSettings {
            seed: 1,
            trials,
            sampling,
            tail,
            percentiles: Vec::new(),
            decision_trials: 1_000,
        })
    }

    #[test]
    fn replicates_share_the_trials_evenly() {
        for (trials, count) in [(100, 2), (251, 5), (999, 19), (1_000, 20), (10_007, 20)] {
            let design = design(trials, SamplingMethod::Latin, 0.05);
            let sizes: Vec<usize> = design.sections().iter().map(Range::len).collect();
            assert_eq!(sizes.len(), count);
            assert_eq!(sizes.iter().sum::<usize>(), trials);
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        }
        assert_eq!(design(5_000, SamplingMethod::Random, 0.05).sections().len(), 1);
    }

    #[test]
    fn stretches_draw_what_all_trials_are_drawn_as() {
        for sampling in SamplingMethod::ALL {
            let design = design(4_007, sampling, 0.05);
            let stream = Stream::new(1, "test", &[]);
            let design =
                if sampling == SamplingMethod::Sobol { design.with_dimensions([stream]) } else { design };
            let mut all = vec![0.0; design.trials()];
            design.scores(&stream, &mut all);
            for about in [1, 333, 1_000, 5_000] {
                let stretches = design.stretches(about);
                assert!(stretches.iter().rev().skip(1).all(|stretch| stretch.count() >= about));
                let drawn = stretches.iter().flat_map(|stretch| {
                    let mut part = vec![0.0; stretch.count()];
                    stretch.scores(&stream, &mut part);
                    part
                });
                assert_eq!(drawn.collect::<Vec<f64>>(), all, "{sampling:?}, {about}");
            }
        }
    }

    #[test]
    fn the_tail_is_rounded_up_and_rounding_errors_are_not() {
        let tail_trials = |trials, tail| design(trials, SamplingMethod::Random, tail).tail_trials();
        assert_eq!(tail_trials(100, 0.07), 7);
        assert_eq!(tail_trials(101, 0.05), 6);
        assert_eq!(tail_trials(100, 1e-9), 1);
        assert_eq!(tail_trials(100, 1.0), 100);
    }

    #[test]
    fn streams_beyond_the_dimensions_are_latin_hypercubes_in_each_net() {
        let streams: Vec<Stream> =
            (0..sobol::DIMENSIONS + 1).map(|number| Stream::new(1, "test", &[&number.to_string()])).collect();
        let latin = design(1_024, SamplingMethod::Sobol, 0.05);
        let sobol = latin.clone().with_dimensions(streams.iter().copied());
        let of = |design: &Design, stream: &Stream| {
            let mut uniforms = vec![0.0; 1_024];
            design.uniforms(stream, Grain::Coarse, &mut uniforms);
            uniforms
        };
        let [first, beyond] = [&streams[0], &streams[sobol::DIMENSIONS]];
        assert_ne!(of(&sobol, first), of(&latin, first));
        assert_eq!(of(&sobol, beyond), of(&latin, beyond));
        for uniforms in [of(&sobol, first), of(&sobol, beyond)] {
            for net in sobol.sections() {
                let mut strata: Vec<usize> =
                    uniforms[net.clone()].iter().map(|uniform| (uniform * 64.0) as usize).collect();
                strata.sort_unstable();
                assert!(strata.into_iter().eq(0..64));
            }
        }
    }
}
