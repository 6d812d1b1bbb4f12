//! The same work on many files, by as many threads as the machine has.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use std::{mem, thread};

use indicatif::{ProgressBar, ProgressStyle};

use crate::files::Course;
use crate::outcome::{self, Failure, Outcome, Result};

/// How often a thread tells of what it has done: waking the one that listens for each small file
/// would cost as much as the file.
const OFTEN: Duration = Duration::from_millis(20);

/// Does `act` for each of the `jobs`, with what `prepare` makes for each thread, and nothing if that
/// fails. Each result is told in the order of the jobs: a line for standard output, if there is one, or
/// a failure. One that fails does not keep the others from being done, unless `course` says so.
///
/// `done` is the verb of the summary: "sealed".
pub(crate) fn each<J: Sync, T: Send>(
    jobs: &[J],
    course: &Course,
    done: &str,
    prepare: impl Fn() -> Result<T>,
    act: impl Fn(&T, &J) -> Result<Option<String>> + Sync,
) -> Result<Outcome> {
    let stop = Arc::new(AtomicBool::new(false));
    let interrupted = Interrupted::watch(&stop)?;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let prepared: Vec<T> = (0..cores.min(jobs.len())).map(|_| prepare()).collect::<Result<_>>()?;
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    let bar = progress(jobs.len(), course);
    let mut summary = Summary::default();

    thread::scope(|scope| {
        for prepared in prepared {
            let sender = sender.clone();
            let (stop, next, act) = (&stop, &next, &act);
            scope.spawn(move || {
                let mut results = Vec::new();
                let mut sent = Instant::now();
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    let result = act(&prepared, job);
                    if result.is_err() && course.fail_fast {
                        stop.store(true, Ordering::Relaxed);
                    }
                    results.push((index, result));
                    if sent.elapsed() >= OFTEN {
                        sent = Instant::now();
                        if sender.send(mem::take(&mut results)).is_err() {
                            return;
                        }
                    }
                }
                // Nobody listens any more if what is told cannot be written.
                let _ = sender.send(results);
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (index, result) in results.into_iter().flatten() {
            bar.inc(1);
            early.insert(index, result);
            while let Some(result) = early.remove(&due) {
                due += 1;
                if let Err(failure) = bar.suspend(|| summary.take(result)) {
                    stop.store(true, Ordering::Relaxed);
                    return Err(failure);
                }
            }
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    let left = jobs.len() - summary.done - summary.failed;
    if jobs.len() > 1 && !course.quiet {
        summary.tell(jobs.len(), done, left);
    }
    Ok(if left > 0 && interrupted.is_so() { Outcome::Interrupted } else { summary.outcome })
}

/// What came of the jobs so far.
struct Summary {
    done: usize,
    failed: usize,
    outcome: Outcome,
}

impl Default for Summary {
    fn default() -> Self {
        Self { done: 0, failed: 0, outcome: Outcome::Done }
    }
}

impl Summary {
    fn take(&mut self, result: Result<Option<String>>) -> Result<()> {
        match result {
            Ok(line) => {
                self.done += 1;
                line.map_or(Ok(()), |line| outcome::print_line(&line))
            }
            Err(failure) => {
                self.failed += 1;
                self.outcome = self.outcome.max(failure.outcome);
                outcome::tell(&failure.message);
                Ok(())
            }
        }
    }

    fn tell(&self, all: usize, done: &str, left: usize) {
        let mut parts = vec![format!("{} of {all} files {done}", self.done)];
        if self.failed > 0 {
            parts.push(format!("{} failed", self.failed));
        }
        if left > 0 {
            parts.push(format!("{left} not begun"));
        }
        outcome::tell(&parts.join(", "));
    }
}

fn progress(jobs: usize, course: &Course) -> ProgressBar {
    if jobs < 2 || course.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(jobs as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} files, {eta} left") {
        bar.set_style(style);
    }
    bar
}

/// Whether the user asked the process to end. Then what was begun is completed, and nothing else is
/// begun; a second time ends the process at once.
struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    #[cfg(unix)]
    fn watch(stop: &Arc<AtomicBool>) -> Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::flag;
        let told = Arc::new(AtomicBool::new(false));
        let failed = |error: io::Error| Failure::unusable(format!("signals cannot be watched: {error}"));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_shutdown(signal, 130, Arc::clone(&told)).map_err(failed)?;
            flag::register(signal, Arc::clone(&told)).map_err(failed)?;
            flag::register(signal, Arc::clone(stop)).map_err(failed)?;
        }
        Ok(Self(told))
    }

    #[cfg(not(unix))]
    fn watch(stop: &Arc<AtomicBool>) -> Result<Self> {
        let _ = stop;
        Ok(Self(Arc::default()))
    }

    fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
