//! Numbers that become canonical without a detour over a double: their canonical text is their
//! own text up to its last digits.

use std::hint::select_unpredictable;

/// What is canonical of a number's text.
pub(super) struct Canonical {
    /// The byte up to which the text stays as it is.
    pub(super) kept: usize,
    /// The byte after the number.
    pub(super) end: usize,
    last: [u8; 2],
    last_length: u8,
}

impl Canonical {
    /// Writes the digits that follow what is kept.
    #[inline]
    pub(super) fn write_last(&self, out: &mut Vec<u8>) {
        let length = out.len() + usize::from(self.last_length);
        out.extend_from_slice(&self.last);
        out.truncate(length);
    }

    fn unchanged(kept: usize, end: usize) -> Self {
        Self { kept, end, last: [0; 2], last_length: 0 }
    }
}

/// The canonical text of the number at byte `start`, if it is easily told: the number has at most
/// 17 digits and no exponent, and is not so small that its canonical text has one.
#[inline]
pub(super) fn canonical(bytes: &[u8], start: usize) -> Option<Canonical> {
    let first = start + usize::from(bytes[start] == b'-');
    common(bytes, first).or_else(|| any(bytes, first))
}

/// As [`any`], for the most common numbers alone: an integer of up to seven digits, or 16 or 17
/// digits of which one to seven stand before the point.
#[inline]
fn common(bytes: &[u8], first: usize) -> Option<Canonical> {
    let text = bytes.get(first..)?.first_chunk::<24>()?;
    let [front, behind_first, tail] = [0, 1, 9].map(|at| eight_bytes(text, at));
    let point = other_than_digits(front).trailing_zeros() / 8;
    if !(1..=7).contains(&point) || text[0] == b'0' {
        return None;
    }
    match text[point as usize] {
        b'.' => {}
        b'e' | b'E' => return None,
        _ => return Some(Canonical::unchanged(first + point as usize, first + point as usize)),
    }
    let whole = !(u64::MAX << (8 * point));
    let head = (front & whole) | (behind_first & !whole);
    if other_than_digits(head) | other_than_digits(tail) != 0 {
        return None;
    }
    // A number of 16 digits is taken for one of 17 that ends in zero.
    let (last, length) = if text[17].is_ascii_digit() { (text[17] - b'0', 18) } else { (0, 17) };
    if matches!(text[length], b'0'..=b'9' | b'e' | b'E') {
        return None;
    }
    let (head, given) = (eight_digits(head), u64::from(text[16] - b'0') * 10 + u64::from(last));
    let value = head * 1_000_000_000 + eight_digits(tail) * 10 + u64::from(last);
    let last_two = shortest(value, given, 17 - point as usize)?;
    let (digits, last_length) = TWO_DIGITS[(last_two & 127) as usize];
    // With the last two digits vanish the zeros, or nines that a carry goes through, in front of them.
    // The seven digits looked at are behind the point.
    let (vanishing, carry) = select_unpredictable(last_two == 0, (ZEROS, 0), (NINES, 1));
    let run = ((tail ^ vanishing) << 8).leading_zeros() as usize / 8;
    let before = 15 - run.min(7);
    let vanish = last_two.is_multiple_of(100);
    if vanish && run >= 7 {
        return None;
    }
    let kept = select_unpredictable(vanish, before, 16);
    let last = select_unpredictable(vanish, [text[before] + carry, 0], digits);
    Some(Canonical { kept: first + kept, end: first + length, last, last_length })
}

/// The digits of numbers up to 99 without a zero at the end, and how many these are.
const TWO_DIGITS: [([u8; 2], u8); 128] = {
    let mut digits = [([b'0'; 2], 1); 128];
    let mut value = 0;
    while value < 100 {
        digits[value as usize] = ([b'0' + value / 10, b'0' + value % 10], 2 - (value % 10 == 0) as u8);
        value += 1;
    }
    digits
};

fn any(bytes: &[u8], first: usize) -> Option<Canonical> {
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
    let last_two = shortest(scaled, scaled % 100, scale)?;
    if last_two == scaled % 100 {
        return Some(Canonical::unchanged(end, end));
    }
    if is_short {
        return None;
    }
    if last_two.is_multiple_of(100) {
        return without_last(&places[..places.len() - 2], first, last_two > 0);
    }
    let (last, last_length) = TWO_DIGITS[(last_two & 127) as usize];
    Some(Canonical { kept: end - 2, end, last, last_length })
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

const ZEROS: u64 = u64::from_le_bytes(*b"00000000");
const NINES: u64 = u64::from_le_bytes(*b"99999999");

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

/// A power of ten and its reciprocal.
#[derive(Clone, Copy)]
struct Scale {
    unit: u64,
    /// 2^`bits` by the power of ten, cut to 64 bits.
    reciprocal: u64,
    bits: u32,
}

#[allow(clippy::cast_possible_truncation, reason = "but for 10^0, which nobody asks for, 64 bits it has")]
const SCALES: [Scale; 20] = {
    let mut scales = [Scale { unit: 1, reciprocal: 0, bits: 0 }; 20];
    let mut exponent = 1;
    while exponent < scales.len() {
        let unit = POWERS_OF_TEN[exponent];
        let bits = 127 - unit.leading_zeros();
        scales[exponent] = Scale { unit, reciprocal: ((1_u128 << bits) / unit as u128) as u64, bits };
        exponent += 1;
    }
    scales
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

#[inline]
fn eight_bytes(text: &[u8; 24], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&text[at..at + 8]);
    u64::from_le_bytes(bytes)
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
/// digits, the closest to the double among those; as a multiple of 10^-`places`, and of that only
/// what takes the place of the last two digits: 0 to 100.
///
/// `value` has 17 digits, of which `given` are the last two. `None` where the answer hangs on a tie,
/// at a power of two, below 1/8, where 64 bits are not enough, or is not among 0 to 100.
///
/// The double is m·2^-s, so in units of the last digit it is m·10^places/2^s. Everything is
/// measured in 2^-s of that unit: in this measure `value`, the double, half the distance to the
/// next double (10^places/2) and all that is computed are integers, and all differences fit 64 bits,
/// so that it does not matter that the large ones wrap around.
///
/// Seventeen digits make a double between 1.1 and 22.3 units wide, so at most one multiple of 100
/// reads as that double; failing that the nearest multiple of 10 may; failing that the nearest
/// integer does.
#[inline(always)]
#[allow(clippy::inline_always, reason = "a tenth of the time goes into the call")]
fn shortest(value: u64, given: u64, places: usize) -> Option<u64> {
    const LEAST_MANTISSA: u64 = 1 << 52;
    if !(2..=18).contains(&places) {
        return None;
    }
    let Scale { unit, reciprocal, bits } = SCALES[places];
    let half = (unit / 2).cast_signed();
    // The first 64 bits of the quotient may be too small by 2 and are a first guess, verified below.
    // 10^17 is less than 2^57.
    let guess = high_half(value << 7, reciprocal);
    let zeros = guess.leading_zeros();
    let mantissa = ((guess >> (10 - zeros)) + 1) >> 1;
    let shift = bits + zeros - 68;
    let missing = (value << shift).wrapping_sub(mantissa.wrapping_mul(unit)).cast_signed();
    if shift > 55 || missing.abs() >= half || mantissa <= LEAST_MANTISSA || mantissa >= 2 * LEAST_MANTISSA {
        return None;
    }
    // From here on everything counts from where `value` has two zeros. The double lies between -12
    // and 112 there.
    let double = (given << shift).cast_signed() - missing;
    let distance = |candidate: u64| (double - (candidate << shift).cast_signed()).abs();
    let whole = double >> shift;
    let hundreds = if whole < 50 { 0 } else { 100 };
    let tens = ((whole + 25).cast_unsigned() / 10 * 10).wrapping_sub(20);
    let ones = ((double + (1 << (shift - 1))) >> shift).cast_unsigned();
    let is_hundred = distance(hundreds) <= half;
    let is_ten = distance(tens) <= half;
    let (nearest, step) = select_unpredictable(is_ten, (tens, 10), (ones, 1));
    let (nearest, step) = select_unpredictable(is_hundred, (hundreds, 100), (nearest, step));
    let distance = distance(nearest);
    let told = distance < half && 2 * distance != step << shift;
    (told && nearest <= 100).then_some(nearest)
}

/// The upper 64 bits of a product.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "half of 128 bits is 64 bits")]
fn high_half(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
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
            if let Some(last_two) = shortest(value, value % 100, places) {
                let double: f64 = text(value, places).parse().unwrap();
                let shortest = text(value / 100 * 100 + last_two, places);
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
            for behind in ["", ",", ", and more than twenty-four bytes behind it"] {
                let document = format!("{number}{behind}");
                if let Some(canonical) = canonical(document.as_bytes(), 0) {
                    prop_assert_eq!(canonical.end, number.len());
                    let mut written = number.as_bytes()[..canonical.kept].to_vec();
                    canonical.write_last(&mut written);
                    let double: f64 = number.parse().unwrap();
                    prop_assert_eq!(written, ecmascript(double).into_bytes());
                }
            }
        }
    }

    #[test]
    fn most_numbers_of_17_digits_are_easily_told() {
        let value = |step: u64| 43_420_273_000_000_009 + step * 7_919;
        let easy = (0..1_000).filter(|step| shortest(value(*step), value(*step) % 100, 15).is_some());
        assert!(easy.count() > 950);
    }
}
