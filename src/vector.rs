//! Inner loops compiled for several widths of vector, of which the widest that the processor has runs.
//!
//! All give the same bits: the compiler neither reorders floating-point sums nor fuses them with products, and
//! no function of the standard library that may differ between machines belongs in such a loop.

/// The widths of vector that inner loops are compiled for, narrowest first.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    /// The width that every processor of the target has.
    Plain,
    /// 256 bits: AVX2.
    Avx2,
    /// 512 bits: AVX-512 with the parts that make it complete for 64-bit numbers.
    Avx512,
}

/// The widest vectors that the processor has.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn width() -> Width {
    // The answers are cached by the standard library.
    let widest = if std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512dq")
    {
        Width::Avx512
    } else if std::arch::is_x86_feature_detected!("avx2") {
        Width::Avx2
    } else {
        Width::Plain
    };
    #[cfg(test)]
    let widest = widest.min(tests::WIDEST.get());
    widest
}

/// True if loops run in the widest vectors, of which the processor has twice as many registers as of others.
#[inline]
pub(crate) fn has_many_registers() -> bool {
    #[cfg(target_arch = "x86_64")]
    return width() == Width::Avx512;
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Declares a function that is compiled for every width of vector, and runs as the processor can.
///
/// Functions that it calls belong into its loops only if they are `#[inline(always)]`: what is not inlined is
/// compiled once, for the narrowest vectors.
macro_rules! widened {
    (
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident $(<$(const $size:ident: usize),+>)? ($($argument:ident: $kind:ty),* $(,)?)
            $(-> $result:ty)? $body:block
    ) => {
        $(#[$meta])*
        #[allow(unsafe_code, reason = "only the caller of a function for some processors knows the processor")]
        $visibility fn $name $(<$(const $size: usize),+>)? ($($argument: $kind),*) $(-> $result)? {
            #[inline(always)]
            fn plain $(<$(const $size: usize),+>)? ($($argument: $kind),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2 $(<$(const $size: usize),+>)? ($($argument: $kind),*) $(-> $result)? {
                    plain $(::<$($size),+>)? ($($argument),*)
                }
                #[target_feature(enable = "avx512f,avx512vl,avx512dq")]
                fn avx512 $(<$(const $size: usize),+>)? ($($argument: $kind),*) $(-> $result)? {
                    plain $(::<$($size),+>)? ($($argument),*)
                }
                match $crate::vector::width() {
                    // SAFETY: the processor has just been found to have what the function needs.
                    $crate::vector::Width::Avx512 => return unsafe { avx512 $(::<$($size),+>)? ($($argument),*) },
                    // SAFETY: as above.
                    $crate::vector::Width::Avx2 => return unsafe { avx2 $(::<$($size),+>)? ($($argument),*) },
                    $crate::vector::Width::Plain => {}
                }
            }
            plain $(::<$($size),+>)? ($($argument),*)
        }
    };
}
pub(crate) use widened;

/// Runs something with every width that the processor has, one after the other, and asserts that all agree.
#[cfg(test)]
pub(crate) fn assert_same_at_every_width<T: PartialEq + std::fmt::Debug>(run: impl Fn() -> T) {
    #[cfg(target_arch = "x86_64")]
    {
        tests::WIDEST.set(Width::Plain);
        let plain = run();
        for widest in [Width::Avx2, Width::Avx512] {
            tests::WIDEST.set(widest);
            assert_eq!(run(), plain, "{:?} and plain vectors differ", width());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    drop(run());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "x86_64")]
    thread_local! {
        /// The widest vectors that the loops of this thread may use.
        pub(super) static WIDEST: std::cell::Cell<Width> = const { std::cell::Cell::new(Width::Avx512) };
    }

    widened! {
        /// Products, quotients and roots whose last bits a fused or reordered operation would change.
        fn mix(left: &[f64], right: &[f64], out: &mut [f64]) {
            for ((out, a), b) in out.iter_mut().zip(left).zip(right) {
                *out = (a * b + 0.1).sqrt() / (a - b * 0.3) + out.round_ties_even();
            }
        }
    }

    #[test]
    fn every_width_gives_the_same_bits() {
        let numbers = |from: f64| (1..=103).map(|step| from + f64::from(step).ln()).collect::<Vec<f64>>();
        assert_same_at_every_width(|| {
            let mut out = numbers(0.25);
            mix(&numbers(1.0), &numbers(0.7), &mut out);
            out.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        });
    }

    #[test]
    #[should_panic(expected = "vectors differ")]
    #[cfg(target_arch = "x86_64")]
    fn a_difference_between_widths_is_seen() {
        if width() == Width::Plain {
            panic!("vectors differ: this processor has but one width");
        }
        assert_same_at_every_width(width);
    }
}
