//! The templates that come with Tutti. Each is proved by a test of its campaign (`templates/tests`).

use std::sync::LazyLock;

use tutti_model::document::Document;
use tutti_model::source::{self, SourceFile};

/// The files, in the order in which they are shown.
const FILES: [(&str, &str); 8] = [
    ("welcome_series.yaml", include_str!("../../templates/welcome_series.yaml")),
    ("win_back.yaml", include_str!("../../templates/win_back.yaml")),
    ("birthday.yaml", include_str!("../../templates/birthday.yaml")),
    ("abandoned_basket.yaml", include_str!("../../templates/abandoned_basket.yaml")),
    ("contract_renewal.yaml", include_str!("../../templates/contract_renewal.yaml")),
    ("event_invitation.yaml", include_str!("../../templates/event_invitation.yaml")),
    ("ab_test_winner.yaml", include_str!("../../templates/ab_test_winner.yaml")),
    ("product_recall.yaml", include_str!("../../templates/product_recall.yaml")),
];

static LIBRARY: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let mut problems = Vec::new();
    let sources = FILES.iter().filter_map(|(path, text)| {
        source::parse(&SourceFile { path: (*path).to_owned(), text: (*text).to_owned() }).ok()
    });
    sources.flatten().filter_map(|source| Document::read(&source.value, &mut problems)).collect()
});

/// The templates that come with Tutti.
pub(super) fn all() -> &'static [Document] {
    &LIBRARY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_sound_template() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".yaml")).collect();
        names.sort();
        let mut known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
        for (path, text) in FILES {
            let file = SourceFile { path: path.to_owned(), text: text.to_owned() };
            let mut problems = Vec::new();
            for source in source::parse(&file).unwrap() {
                let document = Document::read(&source.value, &mut problems).unwrap();
                assert_eq!(format!("{}.yaml", document.name), path);
            }
            assert!(problems.is_empty(), "{path}: {problems:#?}");
        }
    }
}
