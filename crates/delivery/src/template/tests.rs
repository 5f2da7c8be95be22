use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;

use super::*;

fn rows() -> Arc<Rows> {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![1, 2]))),
        ("first_name", Arc::new(StringArray::from(vec![Some("Ann & <Bob>"), None]))),
        ("price", Arc::new(Decimal128Array::from(vec![Some(1230), None]).with_precision_and_scale(12, 2).unwrap())),
        ("vip", Arc::new(BooleanArray::from(vec![Some(true), Some(false)]))),
        ("born", Arc::new(Date32Array::from(vec![Some(0), None]))),
        ("seen", Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None]).with_timezone("UTC"))),
        ("address.city", Arc::new(StringArray::from(vec![Some("Lyon"), None]))),
        ("address.country.name", Arc::new(StringArray::from(vec![Some("France"), None]))),
        ("purchases", Arc::new(StringArray::from(vec![Some(PURCHASES), Some("[]")]))),
    ];
    let list = (columns.len() - 1, purchase_columns());
    let names = Names::new(columns.iter().enumerate().map(|(position, (name, _))| (*name, position)));
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    let zone = TimeZone::get("Europe/Paris").unwrap();
    Arc::new(Rows { batch, names: Arc::new(names), lists: HashMap::from([list]), zone, zone_column: None })
}

const PURCHASES: &str = r#"[{"price":"12.30","item":"Tea & cup","at":"1970-01-01T00:00:00Z","count":2},
    {"price":null,"item":null,"at":null,"count":null}]"#;

fn purchase_columns() -> Vec<Column> {
    vec![
        Column::new("price", ColumnType::Decimal { precision: 12, scale: 2 }),
        Column::new("item", ColumnType::String),
        Column::new("at", ColumnType::Timestamp),
        Column::new("count", ColumnType::Integer),
    ]
}

fn field(path: &str) -> Result<Column, String> {
    if path == "purchases" {
        return Ok(Column { list: purchase_columns().into(), ..Column::new(path, ColumnType::String) });
    }
    let column_type = match path {
        "id" => ColumnType::Integer,
        "first_name" | "address.city" | "address.country.name" => ColumnType::String,
        "price" => ColumnType::Decimal { precision: 12, scale: 2 },
        "vip" => ColumnType::Boolean,
        "born" => ColumnType::Date,
        "seen" => ColumnType::Timestamp,
        _ => return Err(format!("no `{path}` here")),
    };
    Ok(Column::new(path, column_type))
}

#[test]
fn lists_are_looped_over() {
    let html = "{% for p in purchases %}<li>{{ p.item | default('?') }} {{ p.price }} {{ p.at }}{% if p.count == 2 %} \
                twice{% endif %}</li>{% else %}none{% endfor %} {{ purchases | length }} {{ purchases[0].price + 1 }}";
    let templates = Templates::compile(&content("s", html), Additions::default(), &field).unwrap();
    assert_eq!(
        render(&templates, 0).unwrap().html,
        "<li>Tea &amp; cup 12.30 1970-01-01T01:00:00+01:00 twice</li><li>?  </li> 2 13.3"
    );
    let html = "{% for p in purchases %}x{% else %}none{% endfor %}";
    let templates = Templates::compile(&content("s", html), Additions::default(), &field).unwrap();
    assert_eq!(render(&templates, 1).unwrap().html, "none");
}

fn content(subject: &str, html: &str) -> Content {
    Content { subject: subject.to_owned(), html: Some(html.to_owned()), ..Content::default() }
}

fn links() -> Arc<Links> {
    Arc::new(Links {
        signer: Signer::new(b"s"),
        public_url: "https://t.example".into(),
        message: MessageRef { run: "run_1".into(), activity: "mail".into(), key: "1".into() },
        person: Person { dimension: "d".into(), identity: "1".into(), address: "ann@shop.example".into() },
    })
}

fn render(templates: &Templates, row: usize) -> Result<Rendered, JinjaError> {
    let rows = rows();
    let mut rendered = Rendered::default();
    let names = Arc::clone(&rows.names);
    templates.render(Row { rows, names, row }, Some(&links()), &mut rendered)?;
    Ok(rendered)
}

#[test]
fn values_print_by_type_and_nulls_print_nothing() {
    let source = "{{ id }}|{{ first_name | default('there') }}|{{ price }}|{{ price | money('€') }}|{% if vip %}vip{% endif %}|\
                  {{ born | date('%d.%m.%Y') }}|{{ seen }}|{{ seen | date('%H:%M') }}|{{ address.city }}|{{ address.country.name | upper }}|{% if price > 12 %}more{% endif %}";
    let templates = Templates::compile(&content(source, "<p>x</p>"), Additions::default(), &field).unwrap();
    assert_eq!(
        render(&templates, 0).unwrap().subject,
        "1|Ann & <Bob>|12.30|€12.30|vip|01.01.1970|1970-01-01T01:00:00+01:00|01:00|Lyon|FRANCE|more"
    );
    assert_eq!(render(&templates, 1).unwrap().subject, "2|there||||||||||".replace("||||||||||", "|||||||||"));
    assert_eq!(templates.fields.len(), 8);
}

#[test]
fn html_is_escaped_and_text_is_not() {
    let templates =
        Templates::compile(&content("s", "<p>Hello {{ first_name }}</p>"), Additions::default(), &field).unwrap();
    let rendered = render(&templates, 0).unwrap();
    assert_eq!(rendered.html, "<p>Hello Ann &amp; &lt;Bob&gt;</p>");
    assert_eq!(rendered.text, "Hello Ann & <Bob>");
}

#[test]
fn unknown_names_are_found_when_compiled() {
    for (source, name) in [
        ("{{ frist_name }}", "frist_name"),
        ("{{ address.town }}", "address.town"),
        ("{% for x in xs %}{{ x }}{% endfor %}", "xs"),
    ] {
        let error = Templates::compile(&content("s", source), Additions::default(), &field).unwrap_err();
        assert!(matches!(&error, Error::UnknownField { field, .. } if field == name), "{error}");
    }
    let error = Templates::compile(&content("{{ a", "x"), Additions::default(), &field).unwrap_err();
    assert!(matches!(error, Error::Template { part: "subject", .. }));
    Templates::compile(
        &content("{% set a = 1 %}{{ a }}{{ segment_code }}", "{{ unsubscribe_url }}"),
        Additions::default(),
        &field,
    )
    .unwrap();
}

#[test]
fn additions_are_links_that_verify() {
    let additions = Additions { opens: true, clicks: true, unsubscribe: true };
    let html = r#"<html><body><a href="https://shop.example/?a=1&amp;b=2">x</a><a href="https://shop.example/p/{{ id }}?q={{ first_name | urlencode }}">y</a></body></html>"#;
    let templates = Templates::compile(&content("s", html), additions, &field).unwrap();
    let rendered = render(&templates, 0).unwrap();
    let signer = Signer::new(b"s");
    let found: Vec<Token> = rendered
        .html
        .split("https://t.example/")
        .skip(1)
        .map(|rest| {
            let path = rest.split('"').next().unwrap();
            signer.verify(path.rsplit('/').next().unwrap()).unwrap()
        })
        .collect();
    assert_eq!(found.len(), 4, "{}", rendered.html);
    assert!(matches!(&found[0], Token::Click(_, 0)));
    assert!(
        matches!(&found[1], Token::ClickUrl(_, url) if url == "https://shop.example/p/1?q=Ann%20%26%20%3CBob%3E"),
        "{:?}",
        found[1]
    );
    assert!(matches!(&found[2], Token::Unsubscribe(..)));
    assert!(matches!(&found[3], Token::Open(_)));
    assert_eq!(templates.urls, ["https://shop.example/?a=1&b=2"]);
    assert!(!rendered.html.contains("href=\"https://shop.example"), "{}", rendered.html);
    assert!(rendered.html.ends_with("</body></html>"));
    assert!(
        rendered.text.contains("https://shop.example/p/1") && rendered.text.contains("https://t.example/u/"),
        "{}",
        rendered.text
    );
}

#[test]
fn the_preheader_is_hidden_and_first() {
    let mut content = content("s", "<html><body class='x'><p>Hello</p></body></html>");
    content.preheader = Some("Soon, {{ first_name }}".into());
    let templates = Templates::compile(&content, Additions::default(), &field).unwrap();
    let rendered = render(&templates, 0).unwrap();
    assert!(rendered.html.starts_with("<html><body class='x'><div style=\"display:none"), "{}", rendered.html);
    assert_eq!(rendered.text, "Hello");
}

#[test]
fn text_follows_html_that_only_the_message_decides() {
    let html = "<table>{% for n in [1, 2] %}<tr><td>{{ n }}</td></tr>{% endfor %}</table>";
    let templates = Templates::compile(&content("s", html), Additions::default(), &field).unwrap();
    assert_eq!(templates.text_from, TextFrom::Html);
    let text = render(&templates, 0).unwrap().text;
    assert!(text.contains('1') && text.contains('2'), "{text}");
}

#[test]
fn templates_end() {
    for source in [
        "{% for a in range(10000) %}{% for b in range(10000) %}{{ b }}{% endfor %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ 'x' | number(2) }}",
    ] {
        let templates = Templates::compile(&content(source, "x"), Additions::default(), &field).unwrap();
        assert!(render(&templates, 0).is_err(), "{source}");
    }
}

#[test]
fn variables_of_the_run_can_be_named() {
    let variables = Value::from_pairs([("city", Value::from("Lyon")), ("minimum", Value::from(200))]);
    let source = "{{ variables.city }} {{ variables.minimum + 1 }}{{ variables.none | default('-') }} {{ id }}";
    let message = content(source, "<p>x</p>");
    let compiled = Templates::compile_with(&message, Additions::default(), variables, &BTreeMap::new(), &field);
    let templates = compiled.unwrap();
    assert_eq!(render(&templates, 0).unwrap().subject, "Lyon 201- 1");
    assert_eq!(templates.fields.iter().collect::<Vec<_>>(), ["id"]);
    assert!(Templates::compile(&content(source, "x"), Additions::default(), &field).is_err(), "there are none");
}

#[test]
fn decimals_print_alike_of_variables_and_fields_and_booleans_as_jinja_has_them() {
    let variables = Value::from_pairs([
        ("budget", Value::from(1.5)),
        ("whole", Value::from(200.0)),
        ("open", Value::from(true)),
        ("none", Value::UNDEFINED),
    ]);
    let places = BTreeMap::from(["budget", "whole", "none"].map(|name| (name.to_owned(), 2)));
    let source = "{{ variables.budget }}|{{- variables.whole -}}|{{ variables.none }}|{{ variables.budget + 1 }}|\
                  {% if variables.open %}{{ variables.open }}{% endif %}|{{ vip }}|{{ price }}";
    let message = content(source, &format!("<p>{source}</p>"));
    let templates = Templates::compile_with(&message, Additions::default(), variables, &places, &field).unwrap();
    let rendered = render(&templates, 0).unwrap();
    assert_eq!(rendered.subject, "1.50|200.00||2.5|True|True|12.30");
    assert_eq!(rendered.html, "<p>1.50|200.00||2.5|True|True|12.30</p>");
    assert_eq!(render(&templates, 1).unwrap().subject, "1.50|200.00||2.5|True|False|");
}
