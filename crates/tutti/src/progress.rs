//! A run as it goes, on stderr, and only on a terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tutti_runner::{ActivitySummary, DeliverySummary, RunSummary};

use crate::output::thousands;

/// Whether bars are drawn.
pub fn is_shown() -> bool {
    std::io::stderr().is_terminal()
}

/// A line with a moving sign, or nothing where there is no terminal.
pub fn spinner(message: impl Into<String>) -> ProgressBar {
    if !is_shown() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_style(style("{spinner:.cyan} {msg}")).with_message(message.into());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// A bar up to a known number.
pub fn bar(message: impl Into<String>, total: u64) -> ProgressBar {
    if !is_shown() {
        return ProgressBar::hidden();
    }
    ProgressBar::new(total)
        .with_style(
            style("{spinner:.cyan} {msg:32} {bar:28.cyan/dim} {human_pos:>10}/{human_len} {per_sec:.dim}")
                .progress_chars("━╸─"),
        )
        .with_message(message.into())
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Draws a run: a line for each activity that is done, and bars for those that work.
pub struct RunView {
    bars: MultiProgress,
    labels: BTreeMap<String, String>,
    working: BTreeMap<String, ProgressBar>,
    told: BTreeSet<String>,
    width: usize,
}

impl RunView {
    /// `labels` by activity; one without has its id.
    pub fn new(labels: BTreeMap<String, String>) -> Self {
        let width = labels.values().map(|label| label.chars().count()).max().unwrap_or(16).clamp(16, 36);
        Self { bars: MultiProgress::new(), labels, working: BTreeMap::new(), told: BTreeSet::new(), width }
    }

    /// Shows what is new in `summary`.
    pub fn update(&mut self, summary: &RunSummary) {
        if !is_shown() {
            return;
        }
        for activity in &summary.activities {
            let delivery = summary.deliveries.iter().find(|delivery| delivery.activity == activity.id);
            match activity.state.as_str() {
                "completed" | "failed" => self.end(activity, delivery),
                "running" => self.work(activity, delivery),
                _ => self.rest(activity),
            }
        }
    }

    /// Removes the bars; the lines stay.
    pub fn finish(&mut self) {
        for bar in std::mem::take(&mut self.working).into_values() {
            bar.finish_and_clear();
        }
    }

    fn end(&mut self, activity: &ActivitySummary, delivery: Option<&DeliverySummary>) {
        if let Some(bar) = self.working.remove(&activity.id) {
            bar.finish_and_clear();
        }
        if !self.told.insert(activity.id.clone()) {
            return;
        }
        let sign = if activity.state == "completed" { "\u{1b}[32m✓\u{1b}[0m" } else { "\u{1b}[31m✗\u{1b}[0m" };
        let note = match (activity.note.as_deref(), delivery) {
            (Some(note), _) if !note.is_empty() => note.to_owned(),
            (_, Some(delivery)) => format!("{} of {} sent", thousands(delivery.sent), thousands(delivery.targeted)),
            _ => String::new(),
        };
        let elapsed =
            activity.elapsed_ms.map_or_else(String::new, |ms| format!("  \u{1b}[2m{}\u{1b}[0m", duration(ms)));
        let line = format!("{sign} {:width$}  {note}{elapsed}", self.label(&activity.id), width = self.width);
        if self.bars.println(line).is_err() {
            tracing::debug!("a line of progress could not be drawn");
        }
    }

    fn work(&mut self, activity: &ActivitySummary, delivery: Option<&DeliverySummary>) {
        self.told.remove(&activity.id);
        let label = self.label(&activity.id);
        let bars = &self.bars;
        let targeted = delivery.map(|delivery| (delivery.targeted, delivery.targeted - delivery.pending));
        let bar = self.working.entry(activity.id.clone()).or_insert_with(|| bars.add(spinner(&label)));
        if let Some((targeted, done)) = targeted
            && targeted > 0
        {
            if bar.length() != Some(targeted.unsigned_abs()) {
                let sending = bars.insert_after(bar, self::bar(label, targeted.unsigned_abs()));
                bar.finish_and_clear();
                *bar = sending;
            }
            bar.set_position(done.unsigned_abs());
        }
        bar.tick();
    }

    fn rest(&mut self, activity: &ActivitySummary) {
        self.told.remove(&activity.id);
        if let Some(bar) = self.working.remove(&activity.id) {
            bar.finish_and_clear();
        }
    }

    fn label(&self, activity: &str) -> String {
        self.labels.get(activity).cloned().unwrap_or_else(|| activity.to_owned())
    }
}

/// A green tick, where colours are drawn.
pub fn tick() -> String {
    if is_shown() { "\u{1b}[32m✓\u{1b}[0m".to_owned() } else { "✓".to_owned() }
}

/// Less bright, where colours are drawn.
pub fn dim(text: &str) -> String {
    if is_shown() { format!("\u{1b}[2m{text}\u{1b}[0m") } else { format!("({text})") }
}

/// Milliseconds as a person says them.
pub fn duration(ms: i64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => format!("{seconds}.{} s", ms % 1000 / 100),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
