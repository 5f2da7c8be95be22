//! The kinds of activities. A new kind is one file here and one word in the list.

macro_rules! kinds {
    ($($module:ident::$kind:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Every kind, in the order of the palette.
        pub(crate) static ALL: &[&dyn crate::activity::Activity] = &[$(&$module::$kind),*];

        /// The file of each kind, whose module comment is its reference.
        pub(crate) static SOURCES: &[&str] = &[$(include_str!(concat!(stringify!($module), ".rs"))),*];
    };
}

kinds![
    build_audience::BuildAudience,
    read_audience::ReadAudience,
    incremental_query::IncrementalQuery,
    load_file::LoadFile,
    combine::Combine,
    deduplication::Deduplication,
    split::Split,
    enrichment::Enrichment,
    reconciliation::Reconciliation,
    change_dimension::ChangeDimension,
    save_audience::SaveAudience,
    extract_file::ExtractFile,
    update_data::UpdateData,
    http_call::HttpCall,
    email::Email,
    fork::Fork,
    and_join::AndJoin,
    test::Test,
    wait::Wait,
    approval::Approval,
    alert::Alert,
    end::End,
];
