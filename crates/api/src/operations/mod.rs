//! The operations: one file each, named as the operation is everywhere, and one word in a list here.

use crate::routes::Routes;

/// Makes the modules of operations and the function that adds them to the routes.
macro_rules! operations {
    ($(#[$meta:meta])* $function:ident: $($name:ident)*) => {
        $(pub(crate) mod $name;)*

        $(#[$meta])*
        pub(crate) fn $function(routes: Routes) -> Routes {
            routes$(.add(stringify!($name), $name::__path_handle, $name::handle))*
        }
    };
}

operations! {
    /// Everything under the prefix.
    api:
    list_documents get_document delete_document apply_documents validate_documents diff_documents
    list_tables import_table upload_file
    restore_table
    list_audiences get_audience import_audience delete_audience
    list_files put_file get_file delete_file
    count_rows preview_rows explain_rule show_distribution suggest_values
    check_rule list_functions
    list_activity_kinds get_common_settings
    list_campaigns get_campaign get_campaign_schedule preview_schedule start_run dry_run_campaign
    list_marks move_mark forget_mark
    get_draft save_draft discard_draft apply_draft
    publish_campaign unpublish_campaign close_campaign stop_campaign archive_campaign restore_campaign
    duplicate_campaign signal_campaign list_launches compare_campaign list_versions restore_version list_audit
    list_runs get_run pause_run resume_run stop_run approve_activity reject_activity
    retry_activity skip_activity list_alerts
    get_population get_ledger get_trace
    list_caught_messages get_caught_message
    get_status
}

operations! {
    /// What mails link to and what machines ask.
    outside:
    track_open track_click show_unsubscribe unsubscribe check_health check_readiness show_metrics
}
