//! The demo's documents, in the binary.

use tutti_model::source::SourceFile;

const FILES: [(&str, &str); 7] = [
    ("tables.yaml", include_str!("../../demo/tables.yaml")),
    ("dimensions.yaml", include_str!("../../demo/dimensions.yaml")),
    ("filters.yaml", include_str!("../../demo/filters.yaml")),
    ("channels.yaml", include_str!("../../demo/channels.yaml")),
    ("spring_winback.yaml", include_str!("../../demo/spring_winback.yaml")),
    ("vip_thanks.yaml", include_str!("../../demo/vip_thanks.yaml")),
    ("renewal_reminder.yaml", include_str!("../../demo/renewal_reminder.yaml")),
];

/// All documents, with channels that send to a catcher on `smtp_port`.
pub fn all(smtp_port: u16) -> Vec<SourceFile> {
    files(smtp_port, |_| true)
}

/// The channels alone.
pub fn channels(smtp_port: u16) -> Vec<SourceFile> {
    files(smtp_port, |path| path == "channels.yaml")
}

fn files(smtp_port: u16, wanted: impl Fn(&str) -> bool) -> Vec<SourceFile> {
    let file = |(path, text): (&str, &str)| SourceFile {
        path: format!("demo/{path}"),
        text: text.replace("${SMTP_PORT}", &smtp_port.to_string()),
    };
    FILES.into_iter().filter(|(path, _)| wanted(path)).map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let mut known: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
