//! The templates of the pages.

use std::sync::LazyLock;

use axum::response::Html;
use minijinja::Environment;
use serde_json::Value;

use crate::service::problem::Problem;

const TEMPLATES: [(&str, &str); 12] = [
    ("base.html", include_str!("templates/base.html")),
    ("pages.html", include_str!("templates/pages.html")),
    ("home.html", include_str!("templates/home.html")),
    ("batch.html", include_str!("templates/batch.html")),
    ("faults.html", include_str!("templates/faults.html")),
    ("deleted.html", include_str!("templates/deleted.html")),
    ("refusal.html", include_str!("templates/refusal.html")),
    ("compare.html", include_str!("templates/compare.html")),
    ("results.html", include_str!("templates/results.html")),
    ("rerun.html", include_str!("templates/rerun.html")),
    ("login.html", include_str!("templates/login.html")),
    ("docs.html", include_str!("templates/docs.html")),
];

/// The templates, read once.
static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    for (name, source) in TEMPLATES {
        if let Err(error) = pages.add_template(name, source) {
            tracing::error!(%error, name, "a template cannot be read");
        }
    }
    pages
});

/// A page with these values in it.
pub(super) fn render(template: &str, values: &Value) -> Result<Html<String>, Problem> {
    let page = PAGES
        .get_template(template)
        .and_then(|template| template.render(minijinja::Value::from(minijinja::value::Serde(values))));
    page.map(Html).map_err(|error| Problem::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_template_can_be_read() {
        for (name, _) in TEMPLATES {
            assert!(PAGES.get_template(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_users_write_is_text_and_not_markup() {
        let values =
            json!({ "title": "<script>alert(1)</script>", "detail": "a & b", "files": [], "back": "/" });
        let Html(page) = render("faults.html", &values).unwrap();
        assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;"), "{page}");
    }
}
