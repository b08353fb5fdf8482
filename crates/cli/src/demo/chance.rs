//! Chance that can be had again: one generator, handed down, and the distributions the model asks
//! for.
//!
//! xoshiro256++ (Blackman and Vigna, 2019), its state filled by `SplitMix64` (Steele, Lea and Flood,
//! 2014). Neither is fit for secrets. The logarithms and exponentials are the platform's, so that
//! the same seed gives the same numbers on one platform.

/// A source of chance that follows from a seed.
#[derive(Debug, Clone)]
pub(super) struct Chance {
    state: [u64; 4],
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self { state: [(); 4].map(|()| split_mix(&mut state)) }
    }

    /// A source of its own for the `n`-th of something: what it draws changes nothing for others.
    pub(super) fn fork(&self, n: u64) -> Self {
        let mut state = self.state[0] ^ n.wrapping_mul(0xa076_1d64_78bd_642f);
        Self::new(split_mix(&mut state))
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let drawn = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        drawn
    }

    /// Any number from 0 to 1, 1 excluded.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so often.
    pub(super) fn hits(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Any of `0..below`; 0 where there is none.
    pub(super) fn below(&mut self, below: usize) -> usize {
        let wide = u128::from(self.next()) * below as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// Any of them. None of none.
    pub(super) fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let index = self.below(among.len());
        among.get(index)
    }

    /// The index of one of `weights`, each as likely as its weight says.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Normal, mean 0 and deviation 1 (Box and Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Log-normal with this median.
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Poisson; for means of a few.
    pub(super) fn poisson(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Failures before the first success.
    pub(super) fn geometric(&mut self, success: f64) -> usize {
        let mut count = 0;
        while !self.hits(success) {
            count += 1;
        }
        count
    }

    /// Gamma with mean 1 and this whole shape: Poisson arrivals with such a rate are negative
    /// binomial.
    pub(super) fn gamma_of_mean_1(&mut self, shape: u8) -> f64 {
        let sum: f64 = (0..shape).map(|_| -(1.0 - self.unit()).ln()).sum();
        sum / f64::from(shape)
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Weights added up, to draw from many of them quickly.
#[derive(Debug, Clone, Default)]
pub(super) struct Weights {
    sums: Vec<f64>,
}

impl FromIterator<f64> for Weights {
    fn from_iter<I: IntoIterator<Item = f64>>(weights: I) -> Self {
        let add = |sum: &mut f64, weight| {
            *sum += weight;
            Some(*sum)
        };
        Self { sums: weights.into_iter().scan(0.0, add).collect() }
    }
}

impl Weights {
    /// The index of one of them; none where all weigh nothing.
    pub(super) fn draw(&self, chance: &mut Chance) -> Option<usize> {
        let total = self.sums.last().copied().filter(|total| *total > 0.0)?;
        let at = chance.unit() * total;
        Some(self.sums.partition_point(|sum| *sum <= at))
    }
}

#[cfg(test)]
mod tests {
    use super::{Chance, Weights};

    const DRAWS: usize = 20_000;

    fn mean(mut draw: impl FnMut(&mut Chance) -> f64) -> f64 {
        let mut chance = Chance::new(7);
        (0..DRAWS).map(|_| draw(&mut chance)).sum::<f64>() / 20_000.0
    }

    #[test]
    fn the_generators_are_the_published_ones() {
        // The first draws of SplitMix64 from 0, as its authors' program prints them.
        let mut state = 0;
        assert_eq!(super::split_mix(&mut state), 0xe220_a839_7b1d_cdaf);
        assert_eq!(super::split_mix(&mut state), 0x6e78_9e6a_a1b9_65f4);
        // xoshiro256++ from the state 1, 2, 3, 4.
        let mut chance = Chance { state: [1, 2, 3, 4] };
        assert_eq!([chance.next(), chance.next()], [41_943_041, 58_720_359]);
    }

    #[test]
    fn a_fork_draws_its_own_and_leaves_the_rest_alone() {
        let chance = Chance::new(1);
        assert_eq!(chance.fork(3).next(), chance.fork(3).next());
        assert_ne!(chance.fork(3).next(), chance.fork(4).next());
        assert_eq!(chance.clone().next(), Chance::new(1).next());
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn distributions_have_the_means_they_should() {
        let near = |found: f64, wanted: f64| {
            assert!((found - wanted).abs() < 0.05 * wanted, "{found} is not near {wanted}");
        };
        near(mean(Chance::unit), 0.5);
        near(mean(|it| it.poisson(1.5) as f64), 1.5);
        near(mean(|it| it.geometric(0.75) as f64), 1.0 / 3.0);
        near(mean(|it| it.gamma_of_mean_1(8)), 1.0);
        near(mean(|it| it.log_normal(2.0, 0.5)), 2.0 * 0.125_f64.exp());
        near(mean(|it| it.below(5) as f64), 2.0);
        near(mean(|it| it.weighted(&[1.0, 3.0]) as f64), 0.75);
    }

    #[test]
    fn what_weighs_nothing_is_never_drawn() {
        let weights: Weights = [0.0, 1.0, 0.0, 3.0, 0.0].into_iter().collect();
        let mut chance = Chance::new(7);
        let drawn: Vec<_> = (0..1_000).filter_map(|_| weights.draw(&mut chance)).collect();
        assert_eq!(drawn.len(), 1_000);
        assert!(drawn.iter().all(|index| [1, 3].contains(index)));
        assert_eq!(Weights::default().draw(&mut chance), None);
    }
}
