//! Numbers that become canonical without a detour over a double: their canonical text is their
//! own text up to its last digits.

/// What is canonical of a number's text.
pub(super) struct Canonical {
    /// The byte up to which the text stays as it is.
    pub(super) kept: usize,
    /// The byte after the number.
    pub(super) end: usize,
    last: [u8; 2],
    last_length: usize,
}

impl Canonical {
    /// The digits that follow what is kept.
    pub(super) fn last(&self) -> &[u8] {
        &self.last[..self.last_length]
    }

    fn unchanged(kept: usize, end: usize) -> Self {
        Self { kept, end, last: [0; 2], last_length: 0 }
    }
}

/// The canonical text of the number at byte `start`, if it is easily told: the number has at most
/// 17 digits and no exponent, and is not so small that its canonical text has one.
pub(super) fn canonical(bytes: &[u8], start: usize) -> Option<Canonical> {
    let first = start + usize::from(bytes[start] == b'-');
    let (value, point) = few_digits(bytes, first);
    let starts_with_zero = bytes.get(first) == Some(&b'0');
    if bytes.get(point) != Some(&b'.') {
        let plain = (1..=15).contains(&(point - first)) && !starts_with_zero;
        return (plain && !matches!(bytes.get(point), Some(b'e' | b'E')))
            .then_some(Canonical::unchanged(point, point));
    }
    let (value, end) = digits(bytes, point + 1, value);
    let places = end - point - 1;
    let length = end - first - 1;
    let grammatical = point > first && places > 0 && !(starts_with_zero && point > first + 1);
    if !grammatical || length > 19 || matches!(bytes.get(end), Some(b'e' | b'E')) {
        return None;
    }
    if length <= 15 {
        // Decimals of up to 15 digits and doubles map one to one: only zeros can go.
        if starts_with_zero && value < POWERS_OF_TEN[places.saturating_sub(6)] {
            return None;
        }
        let zeros = bytes[point + 1..end].iter().rev().take_while(|digit| **digit == b'0').count();
        let kept = if zeros == places { point } else { end - zeros };
        return Some(Canonical::unchanged(kept, end));
    }
    long(&bytes[point + 1..end], point + 1, value)
}

/// The canonical text of a number of 16 or 17 digits. `value` are its digits, `places` those behind
/// the point, which start at byte `first`.
#[inline]
fn long(places: &[u8], first: usize, value: u64) -> Option<Canonical> {
    let end = first + places.len();
    if value.is_multiple_of(10) || value >= 10 * LEAST_OF_17_DIGITS {
        return None;
    }
    let is_short = value < LEAST_OF_17_DIGITS;
    let (scaled, scale) = if is_short { (value * 10, places.len() + 1) } else { (value, places.len()) };
    if scaled < LEAST_OF_17_DIGITS {
        return None;
    }
    let shortest = shortest(scaled, scale)?;
    if shortest == scaled {
        return Some(Canonical::unchanged(end, end));
    }
    if is_short {
        return None;
    }
    let digit = |value: u64| b'0' + u8::try_from(value % 10).unwrap_or_default();
    let last = [digit(shortest / 10), digit(shortest)];
    if shortest / 100 == value / 100 && last != *b"00" {
        let last_length = if last[1] == b'0' { 1 } else { 2 };
        return Some(Canonical { kept: end - 2, end, last, last_length });
    }
    let carries = shortest / 100 > value / 100;
    if last == *b"00" { without_last(&places[..places.len() - 2], first, carries) } else { None }
}

/// The canonical text of a number whose last two digits become zeros. `places` are the digits
/// between the point and them.
#[cold]
fn without_last(places: &[u8], first: usize, carries: bool) -> Option<Canonical> {
    let end = first + places.len() + 2;
    let before = |dropped: u8| places.iter().rposition(|digit| *digit != dropped);
    if carries {
        // The carry goes through nines.
        let raised = before(b'9')?;
        Some(Canonical { kept: first + raised, end, last: [places[raised] + 1, 0], last_length: 1 })
    } else {
        Some(Canonical::unchanged(first + before(b'0')? + 1, end))
    }
}

/// The least number of 17 digits.
const LEAST_OF_17_DIGITS: u64 = 10_000_000_000_000_000;

const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1; 20];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// The value of the digits from byte `at` on, and the byte after them; as long as there are no more
/// than 19.
#[inline]
fn few_digits(bytes: &[u8], mut at: usize) -> (u64, usize) {
    let mut value = 0_u64;
    while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        at += 1;
    }
    (value, at)
}

/// Appends the digits from byte `at` on to `value` and gives the byte after them. The value is
/// right as long as there are no more than 19 digits.
#[inline]
fn digits(bytes: &[u8], mut at: usize, mut value: u64) -> (u64, usize) {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let chunk = u64::from_le_bytes(*chunk);
        let others = other_than_digits(chunk);
        if others == 0 {
            value = value.wrapping_mul(100_000_000).wrapping_add(eight_digits(chunk));
            at += 8;
            continue;
        }
        let count = others.trailing_zeros() / 8;
        if count > 0 {
            // What is shifted in counts as zeros in front.
            let rest = eight_digits(chunk << (64 - 8 * count));
            value = value.wrapping_mul(POWERS_OF_TEN[count as usize]).wrapping_add(rest);
        }
        return (value, at + count as usize);
    }
    let (rest, end) = few_digits(bytes, at);
    (value.wrapping_mul(POWERS_OF_TEN[end - at]).wrapping_add(rest), end)
}

/// Not zero in each byte of `chunk` that is no digit, up to the first of them.
#[inline]
fn other_than_digits(chunk: u64) -> u64 {
    const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    // A digit has the high half 3, with 6 added too. A carry only reaches bytes behind a non-digit.
    let halves = (chunk & HIGH) | (chunk.wrapping_add(0x0606_0606_0606_0606) & HIGH) >> 4;
    halves ^ 0x3333_3333_3333_3333
}

/// The value of eight digits, computed in three steps of pairwise sums.
#[inline]
fn eight_digits(chunk: u64) -> u64 {
    let ones = chunk & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}

/// Of all decimals that read as the same double as `value`·10^-`places`, the one with the fewest
/// digits, the closest to the double among those; as a multiple of 10^-`places`.
///
/// `value` has 17 digits. `None` where the answer hangs on a tie, at a power of two, or below
/// 1/8, where 64 bits are not enough.
///
/// The double is m·2^-s, so in units of the last digit it is m·10^places/2^s. Everything is
/// measured in 2^-s of that unit: in this measure `value`, the double, half the distance to the
/// next double (10^places/2) and all that is computed are integers, and all differences fit 64 bits,
/// so that it does not matter that the large ones wrap around.
///
/// Seventeen digits make a double between 1.1 and 22.3 units wide, so at most one multiple of 100
/// reads as that double; failing that the nearest multiple of 10 may; failing that the nearest
/// integer does.
#[inline]
#[allow(clippy::cast_precision_loss, reason = "the quotient is a first guess, and is verified")]
fn shortest(value: u64, places: usize) -> Option<u64> {
    const FRACTION: u64 = (1 << 52) - 1;
    if !(2..=18).contains(&places) {
        return None;
    }
    let unit = POWERS_OF_TEN[places];
    let half = (unit / 2).cast_signed();
    let guess = (value.cast_signed() as f64 / unit.cast_signed() as f64).to_bits();
    let shift = 1075 - (guess >> 52);
    if shift > 55 {
        return None;
    }
    let mantissa = (guess & FRACTION) | (FRACTION + 1);
    let missing = (value << shift).wrapping_sub(mantissa.wrapping_mul(unit)).cast_signed();
    // The guess was rounded twice, so it can be one double off.
    let step = i64::from(missing > half) - i64::from(missing < -half);
    let mantissa = mantissa.wrapping_add_signed(step);
    let missing = missing - step * unit.cast_signed();
    if missing.abs() >= half || mantissa <= FRACTION + 1 || mantissa > 2 * FRACTION + 1 {
        return None;
    }
    let whole = value.wrapping_add_signed(-missing >> shift);
    let fraction = -missing & ((1 << shift) - 1);
    for step in [100, 10, 1] {
        let rest = whole % step;
        let down = (rest << shift).cast_signed() + fraction;
        let up = (step << shift).cast_signed() - down;
        let nearest = down.min(up);
        if nearest <= half {
            let told = nearest < half && down != up;
            return told.then_some(whole - rest + if down < up { 0 } else { step });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(value: u64, places: usize) -> String {
        let digits = format!("{value:0width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        format!("{whole}.{fraction}")
    }

    fn ecmascript(double: f64) -> String {
        ryu_js::Buffer::new().format(double).to_owned()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

        #[test]
        fn the_shortest_decimal_is_the_one_that_ecmascript_writes(
            value in 10_000_000_000_000_000..100_000_000_000_000_000_u64,
            places in 2..=19_usize,
        ) {
            if let Some(shortest) = shortest(value, places) {
                let double: f64 = text(value, places).parse().unwrap();
                let shortest = text(shortest, places);
                let shortest = shortest.trim_end_matches('0').trim_end_matches('.');
                prop_assert_eq!(shortest, ecmascript(double));
            }
        }

        #[test]
        fn the_text_of_a_plain_number_becomes_what_ecmascript_writes(
            value in prop_oneof![0..100_000_000_000_000_000_u64, 0..1_000_000_u64],
            places in 0..=19_usize,
            negative: bool,
        ) {
            let mut number = if negative { "-".to_owned() } else { String::new() };
            number.push_str(text(value, places).trim_end_matches('.'));
            if let Some(canonical) = canonical(number.as_bytes(), 0) {
                prop_assert_eq!(canonical.end, number.len());
                let mut written = number.as_bytes()[..canonical.kept].to_vec();
                written.extend_from_slice(canonical.last());
                let double: f64 = number.parse().unwrap();
                prop_assert_eq!(written, ecmascript(double).into_bytes());
            }
        }
    }

    #[test]
    fn most_numbers_of_17_digits_are_easily_told() {
        let easy = (0..1_000).filter(|step| shortest(43_420_273_000_000_009 + step * 7_919, 15).is_some());
        assert!(easy.count() > 950);
    }
}
