//! Accounts: what became of every number that a log gave.
//!
//! An account is itself a record and the leaf right behind those that it adds. Each number is
//! added or void in exactly one account; until then every account lists it as open (its
//! transaction has not ended) or in doubt (whether it committed was never answered).

use std::collections::BTreeSet;

use crate::json::{Object, Value, Writer};
use crate::{Error, Result};

const WHAT: &str = "account";

/// No account may list more numbers than this: it bounds the work that one signed line can cause.
const LARGEST: u64 = 1 << 26;

/// Numbers of records, as runs of consecutive ones, in an order that may mean something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    /// First and last number of each run.
    runs: Vec<(u64, u64)>,
}

impl Numbers {
    /// Appends a number.
    pub fn push(&mut self, seq: u64) {
        match self.runs.last_mut() {
            Some((_, last)) if *last + 1 == seq => *last = seq,
            _ => self.runs.push((seq, seq)),
        }
    }

    /// The numbers in their order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.runs.iter().flat_map(|(first, last)| *first..=*last)
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.runs.iter().fold(0, |sum: u64, (first, last)| sum.saturating_add(last - first + 1))
    }

    /// Whether there is no number.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// An array of runs: a number, or an array of the first and the last one. Left out when empty.
    fn write(&self, writer: &mut Writer, name: &str) {
        if self.is_empty() {
            return;
        }
        writer.member(name).begin_array();
        for (first, last) in &self.runs {
            if first == last {
                writer.integer(signed(*first));
            } else {
                writer.begin_array().integer(signed(*first)).integer(signed(*last)).end_array();
            }
        }
        writer.end_array();
    }

    fn from_json(object: &Object, name: &str) -> Result<Self> {
        let malformed = || malformed(&format!("{name} does not list numbers"));
        let mut numbers = Self::default();
        for run in object.optional_array(WHAT, name)?.unwrap_or_default() {
            let (first, last) = match run {
                Value::Array(run) => match &run[..] {
                    [first, last] => (unsigned(first), unsigned(last)),
                    _ => return Err(malformed()),
                },
                seq => (unsigned(seq), unsigned(seq)),
            };
            let (Some(first), Some(last)) = (first, last) else { return Err(malformed()) };
            if first == 0 || first > last {
                return Err(malformed());
            }
            numbers.runs.push((first, last));
        }
        if numbers.len() > LARGEST {
            return Err(too_many(name));
        }
        Ok(numbers)
    }
}

impl FromIterator<u64> for Numbers {
    fn from_iter<I: IntoIterator<Item = u64>>(seqs: I) -> Self {
        let mut numbers = Self::default();
        seqs.into_iter().for_each(|seq| numbers.push(seq));
        numbers
    }
}

/// What became of the numbers since the account before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// The index of the leaf of the first number in `added`, or of this account if it adds none.
    pub first: u64,
    /// The number of the account before, 0 if this is the log's first.
    pub previous: u64,
    /// The number of the record that began the epoch.
    pub start: u64,
    /// Committed: a leaf each, in the order of the leaves.
    pub added: Numbers,
    /// Rolled back, or never written.
    pub void: Numbers,
    /// Given to transactions that have not ended.
    pub open: Numbers,
    /// Given to transactions of which it is not known whether they committed.
    pub doubt: Numbers,
    /// Those among `added` that an earlier epoch gave and this one found in the database.
    pub recovered: Numbers,
}

impl Account {
    /// Whether the account says nothing but that its node is alive.
    #[must_use]
    pub fn is_heartbeat(&self) -> bool {
        self.added.is_empty() && self.void.is_empty()
    }

    /// The members that sort before `"epoch"`.
    pub(super) fn write_head(&self, writer: &mut Writer) {
        self.added.write(writer, "added");
        self.doubt.write(writer, "doubt");
    }

    /// The members between `"epoch"` and `"kind"`.
    pub(super) fn write_first(&self, writer: &mut Writer) {
        writer.member("first").integer(signed(self.first));
    }

    /// The members between `"log"` and `"seq"`.
    pub(super) fn write_middle(&self, writer: &mut Writer) {
        self.open.write(writer, "open");
        writer.member("previous").integer(signed(self.previous));
        self.recovered.write(writer, "recovered");
    }

    /// The member between `"seq"` and `"time"`.
    pub(super) fn write_start(&self, writer: &mut Writer) {
        writer.member("start").integer(signed(self.start));
    }

    /// The member behind `"v"`.
    pub(super) fn write_tail(&self, writer: &mut Writer) {
        self.void.write(writer, "void");
    }

    pub(super) fn from_json(object: &Object) -> Result<Self> {
        let number = |name| {
            let number = u64::try_from(object.required_i64(WHAT, name)?).ok();
            number.ok_or_else(|| malformed(&format!("{name} is negative")))
        };
        Ok(Self {
            first: number("first")?,
            previous: number("previous")?,
            start: number("start")?,
            added: Numbers::from_json(object, "added")?,
            void: Numbers::from_json(object, "void")?,
            open: Numbers::from_json(object, "open")?,
            doubt: Numbers::from_json(object, "doubt")?,
            recovered: Numbers::from_json(object, "recovered")?,
        })
    }
}

/// Follows the accounts of one log and sees that they account for every number exactly once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outstanding {
    /// Numbers below `account` that no account has added or called void.
    numbers: BTreeSet<u64>,
    account: u64,
    leaves: u64,
}

impl Outstanding {
    /// Before the first account of a log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of the last account, 0 before the first.
    #[must_use]
    pub fn account(&self) -> u64 {
        self.account
    }

    /// How many leaves the accounts have added, themselves included.
    #[must_use]
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The numbers that are open or in doubt.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.numbers.iter().copied()
    }

    /// Goes on from `account`, whose number is `seq`, without those before it.
    #[must_use]
    pub fn after(seq: u64, account: &Account) -> Self {
        Self {
            numbers: account.open.iter().chain(account.doubt.iter()).collect(),
            account: seq,
            leaves: account.first + account.added.len() + 1,
        }
    }

    /// Takes up the next account, whose number is `seq`; refuses it, and stays as it is, if it
    /// does not follow or leaves a number out or speaks of one twice.
    pub fn apply(&mut self, seq: u64, account: &Account) -> Result<()> {
        let refuse = |problem: String| Err(malformed(&format!("account {seq} {problem}")));
        if account.previous != self.account || account.first != self.leaves || seq <= self.account {
            return refuse(format!("does not follow account {}", self.account));
        }
        if seq - self.account > LARGEST {
            return Err(too_many(&format!("account {seq}")));
        }
        let lists = [&account.added, &account.void, &account.open, &account.doubt];
        let mut left = self.numbers.clone();
        left.extend(self.account + 1..seq);
        for number in lists.iter().flat_map(|list| list.iter()) {
            if !left.remove(&number) {
                return refuse(format!("speaks of number {number} twice, or though it was not given"));
            }
        }
        if let Some(number) = left.first() {
            return refuse(format!("leaves number {number} out"));
        }
        let added: BTreeSet<u64> = account.added.iter().collect();
        if account.recovered.iter().any(|number| !added.contains(&number)) {
            return refuse("recovers what it does not add".into());
        }
        *self = Self::after(seq, account);
        Ok(())
    }
}

/// A number as JSON writes it; numbers stay below 2^53.
pub(super) fn signed(number: u64) -> i64 {
    number.cast_signed()
}

fn unsigned(value: &Value) -> Option<u64> {
    value.as_i64().and_then(|number| number.try_into().ok())
}

fn too_many(what: &str) -> Error {
    malformed(&format!("{what} lists more than {LARGEST} numbers"))
}

fn malformed(problem: &str) -> Error {
    Error::MalformedRecord { problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(seqs: &[u64]) -> Numbers {
        seqs.iter().copied().collect()
    }

    fn read(json: &str) -> Result<Numbers> {
        let json = crate::json::parse(json.as_bytes(), crate::json::Limits::default())?;
        Numbers::from_json(json.as_object().unwrap(), "added")
    }

    #[test]
    fn numbers_keep_their_order_and_are_written_as_runs() {
        let order = [5, 6, 7, 3, 9, 10, 4];
        let mut writer = Writer::object();
        numbers(&order).write(&mut writer, "added");
        let json = String::from_utf8(writer.finish()).unwrap();
        assert_eq!(json, r#"{"added":[[5,7],3,[9,10],4]}"#);
        let read = read(&json).unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), order);
        assert_eq!(read.len(), 7);
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for json in ["[0]", "[-1]", "[[2,1]]", "[[1]]", "[\"1\"]", "[1.5]", "1", "[[1,67108865]]"] {
            read(&format!("{{\"added\":{json}}}")).unwrap_err();
        }
    }

    fn account(previous: u64, first: u64) -> Account {
        Account { first, previous, ..Account::default() }
    }

    #[test]
    fn accounts_that_follow_each_other_leave_nothing_out() {
        let mut log = Outstanding::new();
        let first = Account { added: numbers(&[3, 1]), open: numbers(&[2]), ..account(0, 0) };
        log.apply(4, &first).unwrap();
        assert_eq!(log.numbers().collect::<Vec<_>>(), [2]);
        let second = Account { doubt: numbers(&[2]), void: numbers(&[5]), ..account(4, 3) };
        log.apply(6, &second).unwrap();
        let third = Account { added: numbers(&[2]), recovered: numbers(&[2]), ..account(6, 4) };
        log.apply(7, &third).unwrap();
        assert_eq!((log.numbers().count(), log.account(), log.leaves()), (0, 7, 6));
    }

    #[test]
    fn an_account_that_does_not_add_up_is_refused() {
        let refused = |seq, account: &Account| {
            let mut log = Outstanding::new();
            let error = log.apply(seq, account).unwrap_err().to_string();
            assert_eq!(log, Outstanding::new());
            error
        };
        let added = |seqs: &[u64]| Account { added: numbers(seqs), ..account(0, 0) };
        assert_eq!(refused(3, &added(&[1])), "not a record: account 3 leaves number 2 out");
        let twice = "not a record: account 3 speaks of number 1 twice, or though it was not given";
        assert_eq!(refused(3, &added(&[1, 2, 1])), twice);
        assert_eq!(refused(3, &Account { void: numbers(&[1]), ..added(&[1, 2]) }), twice);
        let unknown = "not a record: account 3 speaks of number 3 twice, or though it was not given";
        assert_eq!(refused(3, &added(&[1, 2, 3])), unknown);
        let astray = "not a record: account 3 does not follow account 0";
        assert_eq!(refused(3, &Account { previous: 1, ..added(&[1, 2]) }), astray);
        assert_eq!(refused(3, &Account { first: 1, ..added(&[1, 2]) }), astray);
        let recovered = Account { recovered: numbers(&[2]), void: numbers(&[2]), ..added(&[1]) };
        assert_eq!(refused(3, &recovered), "not a record: account 3 recovers what it does not add");
        let huge = "not a record: account 1125899906842624 lists more than 67108864 numbers";
        assert_eq!(refused(1 << 50, &account(0, 0)), huge);
    }
}
