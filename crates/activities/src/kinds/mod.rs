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
    read_audience::ReadAudience,
    combine::Combine,
    deduplication::Deduplication,
    split::Split,
    save_audience::SaveAudience,
    load_file::LoadFile,
    extract_file::ExtractFile,
    update_data::UpdateData,
    http_call::HttpCall,
    email::Email,
    fork::Fork,
    end::End,
];
