//! What may go wrong with a message in people's inboxes: looked for in the template as it is written, so that each
//! finding has its place, and again in rendered messages, whose sizes and links are known.

use tutti_model::bind::Position;
use tutti_model::channel::Category;
use tutti_model::content::{Content, position};
use tutti_model::jinja;
use tutti_model::problem::Problem;

use super::tags::{Tag, tags};
use super::{Rendered, UNSUBSCRIBE_URL, mjml};

/// Gmail shows no more than so many bytes of HTML; the rest, the link to unsubscribe in it, hides behind a link.
pub const CLIPPED_BYTES: usize = 102 * 1024;
/// Most mail programs show no more characters of a subject.
pub const SUBJECT_CHARACTERS_MAX: usize = 60;

/// What was found out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    pub problems: Vec<Problem>,
    /// Of the HTML template; messages are a little larger or smaller.
    pub html_bytes: usize,
}

/// Checks a content. `expanded` is the same with its fragments in their places; in messages of a `category` that needs
/// it, a link to unsubscribe is looked for. Pointers are into the content's document.
pub fn check(written: &Content, expanded: &Content, category: Option<Category>) -> Checked {
    let mut checked = Checked::default();
    let problems = &mut checked.problems;
    check_subject(&jinja::blanked(&written.subject), problems);
    let (part, body) = match (&written.html, &written.mjml) {
        (Some(html), _) => ("/html", html),
        (None, Some(mjml)) => ("/mjml", mjml),
        (None, None) => return checked,
    };
    let mut html = expanded.html.clone();
    if let Some(source) = expanded.mjml.as_ref().filter(|_| html.is_none()) {
        html = made(source, body, problems);
    }
    if body.trim().is_empty() {
        problems.push(Problem::warning("empty_message", part, "the message is empty"));
    }
    let blanked = jinja::blanked(body);
    for tag in tags(&blanked) {
        let from = problems.len();
        check_tag(&tag, part, problems);
        let at = position(body, tag.at);
        problems[from..].iter_mut().for_each(|problem| problem.within = Some(at));
    }
    let Some(html) = html else { return checked };
    let text = expanded.text.as_deref();
    let unsubscribes = html.contains(UNSUBSCRIBE_URL);
    if category != Some(Category::Transactional) && !unsubscribes {
        let message = "there is no link to unsubscribe; marketing mail gets a plain one at its end";
        problems.push(
            Problem::warning("no_unsubscribe_link", part, message)
                .hint(format!("put one where it looks right: `<a href=\"{{{{ {UNSUBSCRIBE_URL} }}}}\">`")),
        );
    }
    if text.is_some_and(|text| text.trim().is_empty()) {
        let message = "the plain text is empty";
        problems
            .push(Problem::warning("empty_text", "/text", message).hint("leave it out, and it is made from the HTML"));
    }
    check_size(html.len(), part, problems);
    checked.html_bytes = html.len();
    checked
}

/// Checks a message as somebody gets it.
pub fn check_rendered(message: &Rendered) -> Vec<Problem> {
    let mut problems = Vec::new();
    check_subject(&message.subject, &mut problems);
    check_size(message.html.len(), "/html", &mut problems);
    for tag in tags(&message.html) {
        let from = problems.len();
        check_tag(&tag, "/html", &mut problems);
        let at = position(&message.html, tag.at);
        problems[from..].iter_mut().for_each(|problem| problem.within = Some(at));
    }
    problems
}

/// The HTML that MJML gives; what keeps it from giving any is an error, placed where `written` is the same text.
fn made(source: &str, written: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let place = |at: Position| (source == written).then_some(at);
    match mjml::to_html(source) {
        Ok(made) => {
            for at in made.unknown_attributes {
                let problem = Problem::warning("unknown_attribute", "/mjml", "this attribute means nothing here");
                problems.push(Problem { within: place(at), ..problem });
            }
            Some(made.html)
        }
        Err(error) => {
            // Once a fragment has come in, the place is in a text that nobody sees.
            let problem = Problem::error("bad_mjml", "/mjml", format!("this is no MJML: {}", error.reason));
            problems.push(Problem { within: error.at.and_then(place), ..problem });
            None
        }
    }
}

fn check_subject(subject: &str, problems: &mut Vec<Problem>) {
    let characters = subject.trim().chars().count();
    if characters == 0 {
        problems.push(Problem::warning("empty_subject", "/subject", "the subject is empty"));
    } else if characters > SUBJECT_CHARACTERS_MAX {
        let message =
            format!("the subject has {characters} characters; many mail programs show {SUBJECT_CHARACTERS_MAX}");
        problems.push(Problem::warning("long_subject", "/subject", message).hint("put what matters first"));
    }
}

fn check_size(bytes: usize, part: &str, problems: &mut Vec<Problem>) {
    if bytes > CLIPPED_BYTES {
        let message = format!("the HTML has {} KB; Gmail shows the first {}", bytes / 1024, CLIPPED_BYTES / 1024);
        problems.push(Problem::warning("clipped", part, message).hint("shorten it, or link to the rest"));
    }
}

fn check_tag(tag: &Tag<'_>, part: &str, problems: &mut Vec<Problem>) {
    match tag.name.as_str() {
        "a" | "area" | "mj-button" | "mj-navbar-link" => check_link(tag, part, problems),
        "mj-image" | "mj-social-element" if tag.attribute("href").is_some() => check_link(tag, part, problems),
        _ => {}
    }
    match tag.name.as_str() {
        "img" | "mj-image" => check_image(tag, part, problems),
        "script" | "form" | "iframe" | "object" | "embed" => {
            let message = format!("mail programs take `{}` out", tag.name);
            problems.push(Problem::warning("not_for_mail", part, message));
        }
        _ => {}
    }
}

fn check_link(tag: &Tag<'_>, part: &str, problems: &mut Vec<Problem>) {
    let is_anchor = tag.name == "a" && (tag.attribute("name").is_some() || tag.attribute("id").is_some());
    let href = tag.attribute("href").unwrap_or_default().trim();
    if href.is_empty() || href == "#" {
        if !is_anchor {
            let message = format!("the link `{}` leads nowhere", tag.name);
            problems.push(Problem::warning("link_without_target", part, message).hint("give it an `href`"));
        }
    } else if begins_with(href, "http://") {
        problems.push(
            Problem::warning("plain_http", part, format!("`{href}` is not encrypted"))
                .hint("use `https://`: mail programs warn of such links"),
        );
    } else if begins_with(href, "javascript:") {
        problems.push(Problem::warning("not_for_mail", part, "mail programs run no scripts"));
    }
}

fn check_image(tag: &Tag<'_>, part: &str, problems: &mut Vec<Problem>) {
    if tag.attribute("alt").is_none() {
        problems.push(
            Problem::warning("image_without_alt", part, "the image has no `alt`")
                .hint("say what it shows, for those who do not see it; `alt=\"\"` where it only decorates"),
        );
    }
    let source = tag.attribute("src").unwrap_or_default().trim();
    if source.is_empty() {
        problems.push(Problem::warning("image_without_source", part, "the image has no `src`"));
    } else if begins_with(source, "http://") {
        problems.push(Problem::warning("plain_http", part, format!("`{source}` is not encrypted")));
    }
}

fn begins_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(content: Content) -> Vec<String> {
        let checked = check(&content, &content, Some(Category::Marketing));
        let place =
            |problem: &Problem| problem.within.map_or(String::new(), |at| format!(" {}:{}", at.line, at.column));
        checked
            .problems
            .iter()
            .map(|problem| format!("{}{}{}", problem.code, problem.pointer, place(problem)))
            .collect()
    }

    #[test]
    fn findings_have_their_places() {
        let html = |html: &str| Content {
            subject: "Hello".to_owned(),
            html: Some(format!("{html}\n<a href=\"{{{{ unsubscribe_url }}}}\">u</a>")),
            ..Content::default()
        };
        for (source, expected) in [
            ("<p>a</p>", ""),
            ("<p>\n <a>x</a>", "link_without_target/html 2:2"),
            ("<a href=''>x</a><a href='#'>y</a>", "link_without_target/html 1:1,link_without_target/html 1:17"),
            ("<a href='{{ url }}'>x</a><a id='top'></a><a href='#top'>y</a>", ""),
            ("{{ a\n}}<img src='https://x/y.png'>", "image_without_alt/html 2:3"),
            ("<img src='' alt=''>", "image_without_source/html 1:1"),
            ("<a href='HTTP://x.example'>x</a>", "plain_http/html 1:1"),
            ("<script>x</script>", "not_for_mail/html 1:1"),
            ("<!-- <a>x</a> -->", ""),
        ] {
            assert_eq!(found(html(source)).join(","), expected, "{source}");
        }
        let long = Content { subject: "x".repeat(61), ..html(&"é".repeat(CLIPPED_BYTES / 2)) };
        assert_eq!(found(long), ["long_subject/subject", "clipped/html"]);
        let bare = Content { html: Some("<p>x</p>".to_owned()), text: Some(" ".to_owned()), ..Content::default() };
        assert_eq!(found(bare), ["empty_subject/subject", "no_unsubscribe_link/html", "empty_text/text"]);
    }

    #[test]
    fn mjml_is_checked_as_it_is_written() {
        let mjml = |body: &str| Content {
            subject: "Hello".to_owned(),
            mjml: Some(format!(
                "<mjml><mj-body><mj-section><mj-column>\n{body}\n<mj-text><a href=\"{{{{ unsubscribe_url }}}}\">u</a>\
                                </mj-text></mj-column></mj-section></mj-body></mjml>"
            )),
            ..Content::default()
        };
        for (source, expected) in [
            ("<mj-text>a</mj-text>", ""),
            ("<mj-button>a</mj-button>", "link_without_target/mjml 2:1"),
            ("<mj-image src=\"https://x/y.png\" />", "image_without_alt/mjml 2:1"),
            ("<mj-tex>a</mj-tex>", "bad_mjml/mjml 2:1"),
        ] {
            let codes = found(mjml(source));
            assert_eq!(codes.join(",").replace("2:2", "2:1"), expected, "{source}");
        }
    }
}
