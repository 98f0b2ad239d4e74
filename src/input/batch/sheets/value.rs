//! The value of a cell, as a batch file writes it.

use toml::de::DeValue;

use crate::input::reader::numbers::{self, DecimalMark};
use crate::input::reader::workbook::sheet::{Kind, SheetCell};

use super::keys::Want;
use crate::input::toml_text::quoted;

/// A problem and its remedy.
type Refusal = (String, String);

/// The value of a cell; `None` if it has none, which has been reported with the sheet.
///
/// # Errors
/// If it begins as a list or a table of a batch file and is none.
pub fn written(cell: &SheetCell, want: Want) -> Result<Option<String>, Refusal> {
    if matches!(cell.kind, Kind::Error | Kind::Uncalculated) {
        return Ok(None);
    }
    if cell.kind == Kind::Text && cell.text.starts_with(['[', '{']) {
        return as_in_a_batch_file(&cell.text).map(Some);
    }
    let text = cell.text.as_str();
    let has_several = cell.kind == Kind::Text && text.contains(';');
    Ok(Some(match want {
        Want::Text => quoted(text),
        Want::TextOrTexts if !has_several => quoted(text),
        Want::ValueOrValues if !has_several => as_it_is(cell),
        Want::Texts | Want::TextOrTexts | Want::ValueOrValues => list(text, quoted),
        Want::Values if cell.kind != Kind::Text => format!("[{}]", as_it_is(cell)),
        Want::Values => list(text, value),
        Want::Flag => flag(text),
        Want::Value => match cell.kind {
            Kind::Text => value(text),
            _ => as_it_is(cell),
        },
    }))
}

/// Lists and tables may be written as in a batch file: `["growth", ["service", "safety"]]`.
fn as_in_a_batch_file(text: &str) -> Result<String, Refusal> {
    let line = text.replace(['\n', '\r'], " ");
    let (_, errors) = DeValue::parse_recoverable(&line);
    match errors.first() {
        None => Ok(line),
        Some(error) => {
            let problem =
                format!("is no list or table of a batch file: {}", error.message().replace('\n', " "));
            Err((problem, "write the values with `;` between them, or as in a batch file".to_owned()))
        }
    }
}

fn list(text: &str, item: impl Fn(&str) -> String) -> String {
    let items = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    format!("[{}]", items.map(item).collect::<Vec<_>>().join(", "))
}

fn as_it_is(cell: &SheetCell) -> String {
    match cell.kind {
        Kind::Number | Kind::PerCent => cell.text.clone(),
        Kind::Flag => flag(&cell.text),
        _ => quoted(&cell.text),
    }
}

/// True and false as they are, whatever their letters; all else is a text, which the reader of the key refuses.
fn flag(text: &str) -> String {
    let lower = text.to_lowercase();
    if matches!(lower.as_str(), "true" | "false") { lower } else { quoted(text) }
}

/// A number, if the text can mean no other; otherwise the text.
fn value(text: &str) -> String {
    match numbers::parse(text) {
        Ok(number) if number.mark != Some(DecimalMark::Comma) && !number.may_be_grouped => {
            format!("{}", number.value)
        }
        _ => flag(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, kind: Kind, want: Want) -> String {
        written(&SheetCell { text: text.to_owned(), kind }, want).unwrap().unwrap_or_default()
    }

    #[test]
    fn cells_are_written_as_a_batch_file_has_them() {
        assert_eq!(of("2027", Kind::Number, Want::Text), "\"2027\"");
        assert_eq!(of("2027", Kind::Number, Want::Texts), "[\"2027\"]");
        assert_eq!(of("80", Kind::Number, Want::Values), "[80]");
        assert_eq!(of("1.125", Kind::Number, Want::Values), "[1.125]");
        assert_eq!(of("0.8; 0.9 ;1;", Kind::Text, Want::Values), "[0.8, 0.9, 1]");
        assert_eq!(of("a; b", Kind::Text, Want::Values), "[\"a\", \"b\"]");
        assert_eq!(of("1,5", Kind::Text, Want::Value), "\"1,5\"");
        assert_eq!(of("1.250", Kind::Text, Want::Value), "\"1.250\"", "which may be a thousand");
        assert_eq!(of("0.9", Kind::Text, Want::Value), "0.9");
        assert_eq!(of("TRUE", Kind::Flag, Want::Value), "true");
        assert_eq!(of("True", Kind::Text, Want::Flag), "true");
        assert_eq!(of("maybe", Kind::Text, Want::Flag), "\"maybe\"");
        assert_eq!(of("npv", Kind::Text, Want::TextOrTexts), "\"npv\"");
        assert_eq!(of("projects; cost", Kind::Text, Want::TextOrTexts), "[\"projects\", \"cost\"]");
        assert_eq!(of("3", Kind::Number, Want::ValueOrValues), "3");
        assert_eq!(of("{ npv = 0.4,\n cost = 1 }", Kind::Text, Want::Text), "{ npv = 0.4,  cost = 1 }");
        assert!(written(&SheetCell { text: "[1, ".to_owned(), kind: Kind::Text }, Want::Value).is_err());
    }
}
