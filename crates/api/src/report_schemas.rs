//! The shapes of reports, as the description shows them.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::schemas::shapes;

shapes! {
    /// What became of the messages of a run, a campaign or a channel.
    Report {
        subject: ReportSubject,
        /// When it was asked for.
        at: String,
        /// Whether all deliveries have ended; what comes back may still change.
        ended: bool,
        /// Oldest first.
        runs: Vec<ReportRun>,
        figures: Figures,
        rates: Vec<Rate>,
        /// Different people, by figure.
        people: BTreeMap<String, u64>,
        /// Excluded lines by reason, most first.
        exclusions: Vec<ReasonCount>,
        /// Failed lines by reason, most first.
        failures: Vec<ReasonCount>,
    }
    ReportSubject {
        /// `run`, `campaign` or `channel`.
        kind: String,
        name: String,
        /// From when on and until when messages were settled, where it is not about all time.
        from: Option<String>,
        to: Option<String>,
    }
    ReportRun {
        run: String,
        campaign: String,
        started_at: String,
    }
    ReasonCount {
        reason: Option<String>,
        count: u64,
    }
    /// How many lines of the ledger each figure counts. Always: targeted = excluded + sent + failed + in_doubt + pending.
    Figures {
        targeted: u64,
        excluded: u64,
        /// Accepted by the next hop, whatever came back since.
        sent: u64,
        failed: u64,
        in_doubt: u64,
        pending: u64,
        bounced: u64,
        complained: u64,
        /// Opened once or more.
        opened: u64,
        /// Clicked once or more.
        clicked: u64,
        opened_and_clicked: u64,
        /// Sent, and not opened.
        not_opened: u64,
        unsubscribed: u64,
        /// All opens, those of one message again and again among them.
        opens: u64,
        /// All clicks.
        clicks: u64,
    }
    /// A share, said whole: `count` of `of`.
    Rate {
        name: String,
        /// The figure that is counted.
        numerator: String,
        /// What it is a share of, in the names of figures.
        denominator: String,
        count: u64,
        of: u64,
        /// `count / of`; none where there is nothing to be a share of.
        value: Option<f64>,
        /// Where the true share lies with 95 % confidence (Wilson's interval).
        low: Option<f64>,
        high: Option<f64>,
    }
    Breakdown {
        /// Most targeted first; links by the messages that were clicked.
        rows: Vec<BreakdownRow>,
        /// What is in no row, because there are too many.
        others: Figures,
        /// All lines.
        total: Figures,
    }
    BreakdownRow {
        /// None for lines without a value.
        value: Option<String>,
        figures: Figures,
        rates: Vec<Rate>,
        /// How its shares differ from those of the row of `base`, by the name of the rate.
        #[serde(default)]
        differences: BTreeMap<String, RateDifference>,
    }
    /// This row's share minus the other's.
    RateDifference {
        value: f64,
        /// Where the true difference lies (Newcombe's interval); all of a breakdown together with 95 % confidence.
        low: f64,
        high: f64,
        /// Whether the interval leaves 0 out; otherwise chance alone may explain the difference.
        conclusive: bool,
    }
    Timeline {
        /// `hour` or `day`.
        step: String,
        zone: String,
        points: Vec<TimelinePoint>,
    }
    /// What happened from `at` on, until the next point.
    TimelinePoint {
        /// RFC 3339, with the offset of the zone.
        at: String,
        excluded: u64,
        sent: u64,
        failed: u64,
        opens: u64,
        /// Messages opened for the first time.
        opened: u64,
        clicks: u64,
        /// Messages clicked for the first time.
        clicked: u64,
        unsubscribed: u64,
    }
    ReportPeople {
        total: u64,
        rows: Vec<ReportPerson>,
    }
    /// A person and a message.
    ReportPerson {
        run: String,
        activity: String,
        dimension: String,
        key: String,
        channel: String,
        address: Option<String>,
        status: String,
        reason: Option<String>,
        segment_code: Option<String>,
        message_id: Option<String>,
        opens: u64,
        clicks: u64,
        unsubscribes: u64,
        updated_at: String,
    }
}
