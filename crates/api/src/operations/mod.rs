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
    restore_table infer_table get_table_quality list_table_versions test_channel
    list_audiences get_audience import_audience delete_audience
    list_files put_file get_file delete_file
    count_rows preview_rows explain_rule show_distribution suggest_values
    check_rule list_functions list_date_presets
    list_filters list_favorites add_favorite remove_favorite
    list_activity_kinds get_common_settings
    list_campaigns get_campaign get_campaign_schedule preview_schedule start_run dry_run_campaign
    list_marks move_mark forget_mark
    get_draft save_draft discard_draft apply_draft
    get_document_draft save_document_draft discard_document_draft apply_document_draft
    list_contents check_content render_content send_proof list_personalization
    publish_campaign unpublish_campaign suspend_campaign continue_campaign close_campaign stop_campaign
    archive_campaign restore_campaign
    duplicate_campaign signal_campaign list_launches compare_campaign list_versions restore_version list_audit
    run_tests
    list_templates get_template create_campaign copy_as_template
    list_comments add_comment change_comment delete_comment
    export_campaign import_campaign change_campaigns show_calendar
    list_runs get_run pause_run resume_run stop_run restart_run approve_activity reject_activity
    retry_activity skip_activity go_on_activity list_alerts list_logs list_tasks
    get_population export_population get_ledger get_trace
    get_report get_report_breakdown get_report_timeline list_report_people export_report
    search_people get_person
    list_register add_to_register remove_from_register import_register
    list_caught_messages get_caught_message
    get_status
}

operations! {
    /// What mails link to and what machines ask.
    outside:
    track_open track_click show_unsubscribe unsubscribe check_health check_readiness show_metrics
}
