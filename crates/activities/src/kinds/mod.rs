//! The kinds of activities. A new kind is one file here and one word in the list.

macro_rules! kinds {
    ($($module:ident::$kind:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Every kind, in the order of the palette.
        pub(crate) static ALL: &[&dyn crate::activity::Activity] = &[$(&$module::$kind),*];
    };
}

kinds![
    build_audience::BuildAudience,
    incremental_query::IncrementalQuery,
    combine::Combine,
    deduplication::Deduplication,
    split::Split,
    enrichment::Enrichment,
    reconciliation::Reconciliation,
    change_dimension::ChangeDimension,
    email::Email,
    fork::Fork,
    end::End,
];
