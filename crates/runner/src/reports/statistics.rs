//! How sure a share is: intervals for one proportion and for the difference of two.

/// How often an interval is to hold the true value.
pub const CONFIDENCE: f64 = 0.95;

/// The interval of Wilson (1927, "Probable inference, the law of succession, and statistical inference") for `hits` of
/// `of`: it stays within 0 and 1 and is honest for few and for rare hits. `None` where there is nothing to count.
pub fn wilson(hits: u64, of: u64, confidence: f64) -> Option<(f64, f64)> {
    if of == 0 || hits > of {
        return None;
    }
    let (hits, of) = (hits as f64, of as f64);
    let z = normal_quantile(0.5 + confidence / 2.0);
    let (share, squared) = (hits / of, z * z);
    let middle = (share + squared / (2.0 * of)) / (1.0 + squared / of);
    let half = z / (1.0 + squared / of) * (share * (1.0 - share) / of + squared / (4.0 * of * of)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

/// The interval of Newcombe (1998, "Interval estimation for the difference between independent proportions", method 10)
/// for the first share minus the second.
pub fn newcombe(first: (u64, u64), second: (u64, u64), confidence: f64) -> Option<(f64, f64)> {
    let (low_1, high_1) = wilson(first.0, first.1, confidence)?;
    let (low_2, high_2) = wilson(second.0, second.1, confidence)?;
    let (share_1, share_2) = (first.0 as f64 / first.1 as f64, second.0 as f64 / second.1 as f64);
    let difference = share_1 - share_2;
    let below = ((share_1 - low_1).powi(2) + (high_2 - share_2).powi(2)).sqrt();
    let above = ((high_1 - share_1).powi(2) + (share_2 - low_2).powi(2)).sqrt();
    Some(((difference - below).max(-1.0), (difference + above).min(1.0)))
}

/// The confidence of each of several intervals so that all of them hold together with [`CONFIDENCE`] (Bonferroni):
/// looking at ten variants would otherwise find a winner by chance in two of five cases.
pub fn shared(comparisons: usize) -> f64 {
    1.0 - (1.0 - CONFIDENCE) / comparisons.max(1) as f64
}

/// The value that a standard normal variable is below with probability `p`: Acklam's rational approximation, whose
/// relative error is below 1.2e-9.
fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    const TAIL: f64 = 0.024_25;
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    if p < TAIL {
        tail(p)
    } else if p > 1.0 - TAIL {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        let r = q * q;
        polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_tables() {
        for (p, z) in
            [(0.975, 1.959_963_984_540_054), (0.5, 0.0), (0.995, 2.575_829_303_548_901), (0.01, -2.326_347_874)]
        {
            assert!((normal_quantile(p) - z).abs() < 1e-8, "{p}: {}", normal_quantile(p));
        }
    }

    #[test]
    fn intervals_are_those_of_the_papers() {
        let near = |found: Option<(f64, f64)>, low: f64, high: f64| {
            let (l, h) = found.unwrap();
            assert!((l - low).abs() < 5e-4 && (h - high).abs() < 5e-4, "{l} {h}");
        };
        // Newcombe's examples of 1998: 56/70 and 48/80, 9/10 and 3/10, 10/10 and 0/10.
        near(newcombe((56, 70), (48, 80), 0.95), 0.0524, 0.3339);
        near(newcombe((9, 10), (3, 10), 0.95), 0.1705, 0.8090);
        near(newcombe((10, 10), (0, 10), 0.95), 0.6075, 1.0);
        near(wilson(0, 10, 0.95), 0.0, 0.2775);
        near(wilson(81, 263, 0.95), 0.2553, 0.3662);
        assert_eq!((wilson(0, 0, 0.95), newcombe((0, 0), (1, 2), 0.95)), (None, None));
    }

    #[test]
    fn more_comparisons_ask_for_more() {
        assert!((shared(1) - 0.95).abs() < 1e-12 && (shared(5) - 0.99).abs() < 1e-12);
    }
}
