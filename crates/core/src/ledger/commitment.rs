//! What a record says about column values without telling them.
//!
//! Keys are derived downwards, each by HMAC-SHA-256, so that any of them can be disclosed without
//! the ones above it:
//!
//! ```text
//! commitment key ── salt ──▶ instance key ── table, row id ──▶ row key ──▶ commitments
//!                                         └─ "locators" ──▶ locator key ──▶ locators
//! ```
//!
//! * The *salt* is 32 random bytes for each process instance. Once it is destroyed nothing can be
//!   computed about that instance any more. Rows that belong to no instance hang on the
//!   installation's own key, which stands in for an instance key.
//! * A *commitment* is 128 bits of the HMAC, under the row key, of `'F'` and every fixed column that
//!   is not NULL in the byte order of their names, or of `'U'` and one updatable column. A column is
//!   its name as a packed string and its value as a packed value ([`crate::packed`]).
//! * A *locator* is 32 bits of SipHash-2-4, under the locator key, of the table, the row id and one
//!   fixed column. It proves nothing; it tells which of the columns under one commitment changed.

use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use crate::crypto::{Active, Backend, Mac, MacKey, Secret};
use crate::keys::KeyId;
use crate::packed::{Reader, Value, Writer};
use crate::{Error, Result, base64url};

/// Length of a process instance's salt, in bytes.
pub const SALT_LEN: usize = 32;

/// One column as commitments see it: its packed name and its packed value.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    name: &'a str,
    packed_name: &'a [u8],
    packed_value: &'a [u8],
}

impl<'a> Column<'a> {
    /// Reads the name and then the value.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let (name, packed_name) = Self::read_name(reader)?;
        Ok(Self { name, packed_name, packed_value: Self::read_value(reader)? })
    }

    /// The column `name` from its packed name and its packed value.
    pub(crate) fn from_packed(name: &'a str, packed_name: &'a [u8], packed_value: &'a [u8]) -> Self {
        Self { name, packed_name, packed_value }
    }

    /// Reads the name, then a byte that is not part of the column, then the value.
    pub(super) fn read_classed(reader: &mut Reader<'a>) -> Result<(Self, u8)> {
        let (name, packed_name) = Self::read_name(reader)?;
        let class = reader.u8()?;
        Ok((Self { name, packed_name, packed_value: Self::read_value(reader)? }, class))
    }

    fn read_name(reader: &mut Reader<'a>) -> Result<(&'a str, &'a [u8])> {
        let start = reader.rest();
        let name = reader.text()?;
        Ok((name, &start[..start.len() - reader.rest().len()]))
    }

    fn read_value(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
        let start = reader.rest();
        reader.value()?;
        Ok(&start[..start.len() - reader.rest().len()])
    }

    /// The column's name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Whether the value is NULL.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.packed_value == [0]
    }
}

/// The key that all commitments of an installation hang on. Zeroized when dropped.
#[derive(Debug)]
pub struct CommitmentKey {
    kid: KeyId,
    mac: PreparedMac,
}

impl CommitmentKey {
    /// Prepares the key.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self { kid: KeyId::of_secret(secret), mac: PreparedMac::new(secret) }
    }

    /// The key's id, which records name.
    #[must_use]
    pub fn kid(&self) -> KeyId {
        self.kid
    }

    /// The key of the process instance with `salt`; without one, of what belongs to no instance.
    #[must_use]
    pub fn instance(&self, salt: Option<&[u8; SALT_LEN]>) -> InstanceKey {
        // The label is not 32 bytes long, so it is nobody's salt.
        InstanceKey::new(Secret::new(
            self.mac.0.mac(&[salt.map_or(&b"bulla installation"[..], |salt| &salt[..])]),
        ))
    }
}

/// The key of one process instance: whoever has it can check that instance's rows and no others.
#[derive(Debug)]
pub struct InstanceKey {
    secret: Secret,
    mac: PreparedMac,
    /// Its first 16 bytes.
    locators: Secret,
}

impl InstanceKey {
    /// The key with these bytes, as disclosed.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        let mac = PreparedMac::new(&secret);
        let locators = Secret::new(mac.0.mac(&[b"locators"]));
        Self { secret, mac, locators }
    }

    /// The bytes, to be disclosed.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The key of the row `id` of `table`.
    #[must_use]
    pub fn row(&self, table: &str, id: &str) -> RowKey {
        let lengths = packed_lengths(table, id);
        let parts: [&[u8]; 4] = [&lengths[0], table.as_bytes(), &lengths[1], id.as_bytes()];
        RowKey::new(Secret::new(self.mac.0.mac(&parts)))
    }

    /// The key for what an update set in all rows of `tables` that had `value` in `column`.
    #[must_use]
    pub fn predicate(&self, tables: &str, column: &str, value: Value<'_>) -> RowKey {
        let mut packed = Writer::new();
        packed.string(Some(tables)).string(Some(column)).value(value);
        RowKey::new(Secret::new(self.mac.0.mac(&[&packed.finish()])))
    }

    /// What makes the locators of the row `id` of `table`.
    #[must_use]
    pub fn locators(&self, table: &str, id: &str) -> RowLocators {
        let key = self.locators.expose().first_chunk().expect("a secret is longer than 16 bytes");
        let mut hasher = SipHasher24::new_with_key(key);
        let lengths = packed_lengths(table, id);
        let parts: [&[u8]; 4] = [&lengths[0], table.as_bytes(), &lengths[1], id.as_bytes()];
        for part in parts {
            hasher.write(part);
        }
        RowLocators(hasher)
    }
}

/// What comes before each of two packed strings.
fn packed_lengths(table: &str, id: &str) -> [[u8; 4]; 2] {
    // Both come out of buffers below 2 GiB, whose lengths are an i32.
    [table, id].map(|text| u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes())
}

/// The key of one row: whoever has it can check that row and no other.
#[derive(Debug)]
pub struct RowKey {
    secret: Secret,
    mac: PreparedMac,
}

impl RowKey {
    /// The key with these bytes, as disclosed.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        let mac = PreparedMac::new(&secret);
        Self { secret, mac }
    }

    /// The bytes, to be disclosed.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The commitment to a row's fixed columns, which must be in the byte order of their names.
    /// NULL ones do not count.
    #[must_use]
    pub fn fixed(&self, columns: &[Column<'_>]) -> Commitment {
        debug_assert!(columns.is_sorted_by_key(Column::name), "fixed columns come in order");
        let mut parts: Vec<&[u8]> = Vec::with_capacity(1 + 2 * columns.len());
        parts.push(b"F");
        for column in columns.iter().filter(|column| !column.is_null()) {
            parts.extend([column.packed_name, column.packed_value]);
        }
        Commitment::truncate(self.mac.0.mac(&parts))
    }

    /// The commitment to one updatable column.
    #[must_use]
    pub fn updatable(&self, column: &Column<'_>) -> Commitment {
        Commitment::truncate(self.mac.0.mac(&[b"U", column.packed_name, column.packed_value]))
    }
}

/// Makes the locators of one row's fixed columns.
#[derive(Debug, Clone)]
pub struct RowLocators(SipHasher24);

impl RowLocators {
    /// The locator of one column.
    #[must_use]
    pub fn of(&self, column: &Column<'_>) -> Locator {
        let mut hasher = self.0;
        hasher.write(column.packed_name);
        hasher.write(column.packed_value);
        Locator::truncate(&hasher)
    }

    /// The locator of a column that is NULL.
    #[must_use]
    pub fn of_null(&self, name: &str) -> Locator {
        let mut packed = Writer::new();
        packed.string(Some(name)).value(Value::Null);
        let mut hasher = self.0;
        hasher.write(&packed.finish());
        Locator::truncate(&hasher)
    }
}

/// Tells which fixed column changed; too short to prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Locator(pub [u8; Self::LEN]);

impl Locator {
    /// Length in bytes.
    pub const LEN: usize = 4;

    fn truncate(hasher: &SipHasher24) -> Self {
        let bytes = hasher.finish().to_be_bytes();
        Self(*bytes.first_chunk().expect("a SipHash is longer than four bytes"))
    }
}

/// 128 bits that prove column values to whoever has the row's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment(pub [u8; Self::LEN]);

impl Commitment {
    /// Length in bytes.
    pub const LEN: usize = 16;

    fn truncate(mac: [u8; 32]) -> Self {
        Self(*mac.first_chunk().expect("a MAC is longer than 16 bytes"))
    }

    /// Reads the 22 characters that stand in a record.
    pub fn parse(text: &str) -> Result<Self> {
        decode(text, "a commitment").map(Self)
    }
}

impl std::fmt::Display for Commitment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        with_base64(&self.0, |text| f.write_str(text))
    }
}

/// What a record says of a process instance's salt, so that an altered one is found: 128 bits of
/// the SHA-256 of a label, the instance and the salt.
#[must_use]
pub fn salt_digest(instance: &str, salt: &[u8; SALT_LEN]) -> SaltDigest {
    let digest = Active::sha256(&[b"bulla salt\0", instance.as_bytes(), b"\0", salt]);
    SaltDigest(*digest.first_chunk().expect("a digest is longer than 16 bytes"))
}

/// The digest of a salt; see [`salt_digest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SaltDigest(pub [u8; 16]);

impl SaltDigest {
    pub(super) fn parse(text: &str) -> Result<Self> {
        decode(text, "a salt's digest").map(Self)
    }
}

/// Calls `write` with 16 bytes in base64url, without allocating.
pub(super) fn with_base64<T>(bytes: &[u8; 16], write: impl FnOnce(&str) -> T) -> T {
    let mut text = [0_u8; 22];
    base64url::write(bytes, &mut text);
    write(std::str::from_utf8(&text).expect("base64 is ASCII"))
}

/// Reads 16 bytes in base64url.
pub(super) fn decode(text: &str, what: &str) -> Result<[u8; 16]> {
    base64url::decode_array(text)
        .ok_or_else(|| Error::MalformedRecord { problem: format!("{what} is not 128 bits in base64url") })
}

/// A MAC key that does not print itself.
struct PreparedMac(Mac);

impl PreparedMac {
    fn new(secret: &Secret) -> Self {
        Self(MacKey::new(secret.expose()))
    }
}

impl std::fmt::Debug for PreparedMac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PreparedMac(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(name: &str, value: Value<'_>) -> Vec<u8> {
        let mut packed = Writer::new();
        packed.string(Some(name)).value(value);
        packed.finish()
    }

    fn column(packed: &[u8]) -> Column<'_> {
        Column::read(&mut Reader::new(packed)).unwrap()
    }

    fn key() -> CommitmentKey {
        CommitmentKey::new(&Secret::new([7; 32]))
    }

    fn commit(name: &str, value: Value<'_>) -> Commitment {
        key().instance(Some(&[1; 32])).row("T", "1").updatable(&column(&pack(name, value)))
    }

    #[test]
    fn values_that_look_alike_commit_differently() {
        let values = [
            Value::Null,
            Value::Text(""),
            Value::Text(" "),
            Value::Text("1"),
            Value::Bytes(b""),
            Value::Bytes(b"1"),
            Value::Integer(1),
            Value::Timestamp(1),
            Value::Double(1.0),
            Value::Double(f64::from_bits(1.0_f64.to_bits() + 1)),
            Value::Double(0.0),
            Value::Double(-0.0),
            Value::Integer((1 << 53) + 1),
            Value::Integer(1 << 53),
        ];
        let mut commitments: Vec<String> = values.map(|value| commit("C", value).to_string()).to_vec();
        commitments.push(commit("D", Value::Integer(1)).to_string());
        commitments.sort();
        commitments.dedup();
        assert_eq!(commitments.len(), values.len() + 1);
    }

    #[test]
    fn a_commitment_belongs_to_key_salt_table_row_and_class() {
        let packed = pack("C", Value::Integer(1));
        let c = column(&packed);
        let other = CommitmentKey::new(&Secret::new([8; 32]));
        let salt = Some(&[1; 32]);
        let mut commitments = vec![
            key().instance(salt).row("T", "1").updatable(&c),
            key().instance(salt).row("T", "1").fixed(&[c]),
            key().instance(salt).row("T", "2").updatable(&c),
            key().instance(salt).row("T1", "").updatable(&c),
            key().instance(salt).predicate("T", "1", Value::Null).updatable(&c),
            key().instance(Some(&[2; 32])).row("T", "1").updatable(&c),
            key().instance(None).row("T", "1").updatable(&c),
            other.instance(salt).row("T", "1").updatable(&c),
        ];
        commitments.sort_by_key(|commitment| commitment.0);
        commitments.dedup();
        assert_eq!(commitments.len(), 8);
    }

    #[test]
    fn a_disclosed_row_key_checks_that_row() {
        let packed = pack("C", Value::Integer(1));
        let row = key().instance(Some(&[1; 32])).row("T", "1");
        let disclosed = RowKey::new(row.secret().clone());
        assert_eq!(disclosed.updatable(&column(&packed)), row.updatable(&column(&packed)));
    }

    #[test]
    fn null_columns_do_not_count_among_the_fixed() {
        let (a, null, c) =
            (pack("A", Value::Integer(1)), pack("B", Value::Null), pack("C", Value::Integer(2)));
        let row = key().instance(None).row("T", "1");
        let (a, null, c) = (column(&a), column(&null), column(&c));
        assert_eq!(row.fixed(&[a, null, c]), row.fixed(&[a, c]));
        assert_ne!(row.fixed(&[a, c]), row.fixed(&[a]));
    }

    #[test]
    fn a_locator_changes_with_its_column_alone() {
        let (old, new) = (pack("A", Value::Text("x")), pack("A", Value::Text("y")));
        let null = pack("A", Value::Null);
        let instance = key().instance(None);
        let locators = instance.locators("T", "1");
        assert_ne!(locators.of(&column(&old)), locators.of(&column(&new)));
        assert_ne!(locators.of(&column(&old)), instance.locators("T", "2").of(&column(&old)));
        assert_eq!(locators.of(&column(&null)), locators.of_null("A"));
    }

    #[test]
    fn a_commitment_is_read_in_the_one_way_it_is_written() {
        let commitment = commit("C", Value::Integer(1));
        let text = commitment.to_string();
        assert_eq!(text.len(), 22);
        assert_eq!(Commitment::parse(&text).unwrap(), commitment);
        for position in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[position] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert_ne!(Commitment::parse(&changed).ok(), Some(commitment));
        }
        for malformed in ["", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB"] {
            let error = Commitment::parse(malformed).unwrap_err();
            assert_eq!(error.to_string(), "not a record: a commitment is not 128 bits in base64url");
        }
    }

    #[test]
    fn a_salt_digest_belongs_to_its_instance() {
        assert_ne!(salt_digest("a", &[1; 32]), salt_digest("b", &[1; 32]));
        assert_ne!(salt_digest("a", &[1; 32]), salt_digest("a", &[2; 32]));
    }
}
