//! What transactions read of one row: every value that was opened must be the one written last, or
//! one that was replaced only while the transaction ran.

use std::rc::Rc;

use super::replay::Mark;

/// Follows the values that were opened, by the tags at the end of their envelopes.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// How long a transaction may go on with what it read, in milliseconds.
    grace: i64,
    /// How often the sealed value was set.
    set: usize,
    /// When it was set last.
    since: Option<i64>,
    /// Which value each known tag is of.
    known: Vec<([u8; 16], usize)>,
    /// Opened in the record that is being replayed, which may set the value as well.
    pending: Option<(Rc<Mark>, [u8; 16])>,
    /// Opened since the value was set last, with tags that are not known to be of older values.
    latest: Vec<(Rc<Mark>, [u8; 16])>,
    /// The transaction that was given an older value.
    pub(super) stale: Option<Rc<Mark>>,
}

impl Opened {
    pub(super) fn new(grace: i64) -> Self {
        Self { grace, ..Self::default() }
    }

    /// The sealed value was set.
    pub(super) fn set(&mut self, mark: &Mark) {
        if self.pending.as_ref().is_some_and(|(opened, _)| (opened.log, opened.seq) == (mark.log, mark.seq)) {
            // A transaction may read back what it wrote; the record does not tell which came first.
            self.pending = None;
        }
        self.settle();
        self.set += 1;
        self.since = Some(mark.time);
        self.latest.clear();
    }

    /// A transaction opened the value with this tag.
    pub(super) fn seen(&mut self, mark: Rc<Mark>, tag: [u8; 16]) {
        self.settle();
        self.pending = Some((mark, tag));
    }

    /// Ends the replay; `actual` are the tags of the values that stand in the row.
    pub(super) fn finish(&mut self, actual: &[[u8; 16]]) {
        self.settle();
        if !actual.is_empty()
            && let Some((mark, _)) = self.latest.iter().find(|(_, tag)| !actual.contains(tag))
        {
            self.stale.get_or_insert_with(|| mark.clone());
        }
    }

    /// Judges what was opened, unless the value was set so shortly before that the transaction may
    /// have begun earlier.
    fn settle(&mut self) {
        let Some((mark, tag)) = self.pending.take() else { return };
        let late = self.since.is_none_or(|since| mark.time.saturating_sub(since) > self.grace);
        if !late {
            return;
        }
        match self.known.iter().find(|(known, _)| *known == tag) {
            Some((_, of)) if *of != self.set => {
                self.stale.get_or_insert(mark);
            }
            Some(_) => {}
            None => {
                self.known.push((tag, self.set));
                self.latest.push((mark, tag));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: i64 = 10;

    fn mark(seq: u64, time: i64) -> Rc<Mark> {
        Rc::new(Mark { log: 0, seq, time, user: None })
    }

    /// The record that was given an older value, after these events: number, time, and the tag
    /// that was opened, or none if the value was set.
    fn stale(events: &[(u64, i64, Option<u8>)], actual: u8) -> Option<u64> {
        let mut opened = Opened::new(GRACE);
        for (seq, time, tag) in events {
            match tag {
                Some(tag) => opened.seen(mark(*seq, *time), [*tag; 16]),
                None => opened.set(&mark(*seq, *time)),
            }
        }
        opened.finish(&[[actual; 16]]);
        opened.stale.map(|mark| mark.seq)
    }

    #[test]
    fn the_newest_value_may_be_opened_as_often_as_wanted() {
        let events = [(1, 0, None), (2, 50, Some(1)), (3, 60, Some(1)), (4, 70, None), (5, 99, Some(2))];
        assert_eq!(stale(&events, 2), None);
    }

    #[test]
    fn an_older_value_put_back_and_used_is_found_though_it_was_taken_away_again() {
        assert_eq!(stale(&[(1, 0, None), (2, 50, Some(7))], 1), Some(2));
        let events = [(1, 0, None), (2, 50, Some(1)), (3, 60, None), (4, 90, Some(1)), (5, 95, None)];
        assert_eq!(stale(&events, 3), Some(4));
    }

    #[test]
    fn a_transaction_may_go_on_with_what_was_replaced_while_it_ran() {
        assert_eq!(stale(&[(1, 0, None), (2, 50, Some(1)), (3, 60, None), (4, 70, Some(1))], 2), None);
    }

    #[test]
    fn a_transaction_may_read_back_what_it_wrote() {
        assert_eq!(stale(&[(1, 0, None), (2, 50, Some(2)), (2, 50, None), (3, 90, Some(2))], 2), None);
    }
}
