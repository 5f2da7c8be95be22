//! Patterns of names of files in the folder for files, such as `incoming/*.csv`: `*` is any part of a name within a
//! folder, `?` one character, `**` any folders.

use crate::problem::Problem;

/// The longest pattern, in bytes.
const BYTES_MAX: usize = 500;

/// Whether a name of a file (its path below the folder for files) is one that the pattern means. Names that begin with
/// a dot are hidden: only a pattern that begins so means them.
pub fn matches(pattern: &str, name: &str) -> bool {
    let parts = |text: &'_ str| text.split('/').map(|part| part.chars().collect::<Vec<char>>()).collect::<Vec<_>>();
    folders(&parts(pattern), &parts(name))
}

/// Whether a pattern may mean a file whose name is known but for some parts, which stand in it as `*`.
pub fn may_mean(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Whether what is left of the pattern may mean what is left of the name, for each place in the name.
    let mut below = vec![false; name.len() + 1];
    for at in (0..=pattern.len()).rev() {
        let mut here = vec![false; name.len() + 1];
        for of in (0..=name.len()).rev() {
            let any = |part: Option<&char>| part == Some(&'*');
            here[of] = match (pattern.get(at), name.get(of)) {
                (None, None) => true,
                (one, _) if any(one) => below[of] || of < name.len() && here[of + 1],
                (_, other) if any(other) => here[of + 1] || at < pattern.len() && below[of],
                (Some(one), Some(other)) => (*one == '?' || one == other) && below[of + 1],
                _ => false,
            };
        }
        below = here;
    }
    below[0]
}

/// Adds a problem to a pattern that can mean no file.
pub fn check(pattern: &str, pointer: &str, problems: &mut Vec<Problem>) {
    let parts: Vec<&str> = pattern.split('/').collect();
    let outside = pattern.contains(['\\', '\0']) || pattern.as_bytes().get(1) == Some(&b':');
    if pattern.len() > BYTES_MAX || outside || parts.iter().any(|part| part.is_empty() || *part == "..") {
        let message = format!("`{pattern}` is no pattern of files");
        problems.push(
            Problem::error("bad_path", pointer, message)
                .hint("write it as from the folder for files, such as `incoming/*.csv`"),
        );
    }
}

fn folders(pattern: &[Vec<char>], name: &[Vec<char>]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first[..] == ['*', '*'] => {
            // The last part is the file itself, which `**` does not stand for.
            (0..=name.len()).any(|skipped| folders(rest, &name[skipped..]))
        }
        (Some((first, rest)), Some((part, names))) => is_part(first, part) && folders(rest, names),
        _ => false,
    }
}

fn is_part(pattern: &[char], name: &[char]) -> bool {
    if name.first() == Some(&'.') && pattern.first() != Some(&'.') {
        return false;
    }
    // For a `*` that was met: where it is, and how much of the name it has taken.
    let (mut at, mut of, mut star) = (0, 0, None);
    while of < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[of] => (at, of) = (at + 1, of + 1),
            _ => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    (at, of) = (place + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|left| *left == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_names() {
        for (pattern, name, meant) in [
            ("incoming/*.csv", "incoming/people.csv", true),
            ("incoming/*.csv", "incoming/old/people.csv", false),
            ("incoming/*.csv", "incoming/people.csv.gz", false),
            ("incoming/*.csv", "incoming/.people.csv", false),
            ("incoming/**/*.csv", "incoming/old/er/people.csv", true),
            ("incoming/**/*.csv", "incoming/people.csv", true),
            ("p?ople_*_*.csv", "people_2026_12.csv", true),
            ("p?ople_*_*.csv", "people_2026.csv", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("été.csv", "été.csv", true),
            ("*", "people.csv", true),
            ("people.csv", "People.csv", false),
        ] {
            assert_eq!(matches(pattern, name), meant, "{pattern} {name}");
        }
    }

    #[test]
    fn patterns_stay_in_the_folder() {
        for (pattern, wrong) in
            [("in/*.csv", false), ("../*.csv", true), ("/etc/*", true), ("in//x", true), ("", true), ("c:\\x", true)]
        {
            let mut problems = Vec::new();
            check(pattern, "/schedule/on/file", &mut problems);
            assert_eq!(!problems.is_empty(), wrong, "{pattern}");
        }
    }
}
