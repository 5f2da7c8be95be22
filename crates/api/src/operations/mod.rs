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
    count_rows preview_rows explain_rule show_distribution suggest_values
    list_activity_kinds list_campaigns get_campaign start_run dry_run_campaign
    list_runs get_run pause_run resume_run stop_run get_population get_ledger get_trace
    list_caught_messages get_caught_message
    get_status
}

operations! {
    /// What mails link to and what machines ask.
    outside:
    track_open track_click show_unsubscribe unsubscribe check_health check_readiness show_metrics
}
