//! One sheet of a workbook: a title that tells its message, a line of headings that stays in view, and rows of cells,
//! each in the form of its column.
//!
//! Texts are written as texts: a name that begins with `=` is no formula.

use rust_xlsxwriter::utility::{column_number_to_name, row_col_to_cell};
use rust_xlsxwriter::{
    Chart, Color, ConditionalFormat2ColorScale, Format, FormatAlign, FormatBorder, Formula, IgnoreError,
    Worksheet, XlsxError,
};

/// Rows and columns that a sheet can have.
const MOST_ROWS: u32 = 1_048_576;
const MOST_COLUMNS: usize = 16_384;
/// The longest text of a cell, in units of UTF-16.
const LONGEST_TEXT: usize = 32_767;
/// Row of the headings; rows of cells begin below it.
const HEADINGS: u32 = 2;
/// A sheet is printed as wide as a page; one with more columns over several pages side by side, as so many columns stay
/// legible.
const COLUMNS_OF_A_PAGE: usize = 18;
/// A4, as spreadsheets number papers.
const A4: u8 = 9;

/// Formats of amounts. One format with conditions would do, but some programs then lose the sign.
const AMOUNT: &str = "#,##0.00";
const LARGE_AMOUNT: &str = "#,##0";
/// Amounts from here on have no decimals.
const LARGE: f64 = 1000.0;
/// Height of a line of text, in points, and the most lines that a row is made high for.
const LINE_HEIGHT: f64 = 15.0;
const MOST_LINES: u32 = 20;

/// Blue of what is funded.
pub const FUNDED: Color = Color::RGB(0x56B4E9);
const GROUND: Color = Color::RGB(0xE9EDF2);
const GREY: Color = Color::RGB(0x5F6B7A);

/// Form of the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text on one line.
    Text,
    /// A text that may take several lines.
    Words,
    /// A whole number.
    Count,
    /// An amount: with two decimals where it is small.
    Amount,
    /// An amount of money, with the currency of the batch where it is known.
    Money,
    /// A weight, a factor or a ratio: with four decimals, or as a power of ten where it is small.
    Fine,
    /// A share, as a percentage.
    Share,
    /// Money of a period in which a project runs: a piece of a bar.
    Bar,
}

/// Looks of cells: the forms, and after them what becomes of some by the size of a number.
#[derive(Clone, Copy)]
enum Look {
    Plain(Form),
    Large(Form),
    Tiny,
}

const LOOKS: [Look; 12] = [
    Look::Plain(Form::Text),
    Look::Plain(Form::Words),
    Look::Plain(Form::Count),
    Look::Plain(Form::Amount),
    Look::Plain(Form::Money),
    Look::Plain(Form::Fine),
    Look::Plain(Form::Share),
    Look::Plain(Form::Bar),
    Look::Large(Form::Amount),
    Look::Large(Form::Money),
    Look::Large(Form::Bar),
    Look::Tiny,
];

impl Look {
    /// The look of a number.
    fn of(form: Form, number: f64) -> Self {
        match form {
            Form::Amount | Form::Money | Form::Bar if number.abs() >= LARGE => Self::Large(form),
            Form::Fine if number != 0.0 && number.abs() < 0.01 => Self::Tiny,
            form => Self::Plain(form),
        }
    }

    /// Its place in [`LOOKS`].
    fn place(self) -> usize {
        match self {
            // The list begins with the forms as they are declared.
            Self::Plain(form) => form as usize,
            Self::Large(Form::Money) => 9,
            Self::Large(Form::Bar) => 10,
            Self::Large(_) => 8,
            Self::Tiny => 11,
        }
    }
}

/// Heading, form and width (in digits) of a column.
#[derive(Clone, Debug)]
pub struct Column {
    pub heading: String,
    pub form: Form,
    pub width: f64,
}

impl Column {
    pub fn new(heading: impl Into<String>, form: Form, width: f64) -> Self {
        Self { heading: heading.into(), form, width }
    }
}

/// The looks of all sheets of a workbook.
pub struct Styles {
    title: Format,
    subtitle: Format,
    heading: Format,
    heading_of_numbers: Format,
    cells: [Format; LOOKS.len()],
    totals: [Format; LOOKS.len()],
    footer: String,
    currency: Option<String>,
}

impl Styles {
    /// The looks of the workbook of a batch, which is named at the foot of each page, with the currency of its money.
    pub fn new(batch: &str, currency: Option<&str>) -> Self {
        let name: String = batch.chars().take(80).collect();
        let heading = Format::new()
            .set_bold()
            .set_background_color(GROUND)
            .set_border_bottom(FormatBorder::Thin)
            .set_align(FormatAlign::Top)
            .set_text_wrap();
        let cell = |look| cell_format(look, currency);
        let total = |look| cell(look).set_bold().set_border_top(FormatBorder::Thin);
        Self {
            title: Format::new().set_bold().set_font_size(14.0),
            subtitle: Format::new().set_font_color(GREY),
            heading_of_numbers: heading.clone().set_align(FormatAlign::Right),
            heading,
            cells: LOOKS.map(cell),
            totals: LOOKS.map(total),
            footer: format!("&L{}&C&A&R&P / &N", name.replace('&', "&&")),
            currency: currency.map(str::to_owned),
        }
    }

    /// Heading and width of a column: where it holds money and the currency is known, the heading names it, and there is room
    /// for it behind each amount.
    fn headed(&self, column: &Column) -> (String, f64) {
        match self.currency.as_deref().filter(|_| matches!(column.form, Form::Money | Form::Bar)) {
            Some(currency) => {
                let more = 1.0 + currency.chars().count() as f64;
                (format!("{}, {currency}", column.heading), column.width + more)
            }
            None => (column.heading.clone(), column.width),
        }
    }
}

fn cell_format(look: Look, currency: Option<&str>) -> Format {
    let format = Format::new().set_align(FormatAlign::Top);
    // A currency holds no quotes: its reader sees to that.
    let money = |amount: &str| match currency {
        Some(currency) => format!("{amount} \"{currency}\""),
        None => amount.to_owned(),
    };
    match look {
        Look::Plain(Form::Text) => format,
        Look::Plain(Form::Words) => format.set_text_wrap(),
        Look::Plain(Form::Count) => format.set_num_format("#,##0"),
        Look::Plain(Form::Amount) => format.set_num_format(AMOUNT),
        Look::Plain(Form::Money) => format.set_num_format(money(AMOUNT)),
        Look::Plain(Form::Fine) => format.set_num_format("0.0000"),
        Look::Plain(Form::Share) => format.set_num_format("0.0%"),
        Look::Plain(Form::Bar) => format.set_num_format(money(AMOUNT)).set_background_color(FUNDED),
        Look::Large(Form::Money) => format.set_num_format(money(LARGE_AMOUNT)),
        Look::Large(Form::Bar) => format.set_num_format(money(LARGE_AMOUNT)).set_background_color(FUNDED),
        Look::Large(_) => format.set_num_format(LARGE_AMOUNT),
        Look::Tiny => format.set_num_format("0.00E+00"),
    }
}

/// A sheet that is being filled from top to bottom.
pub struct Sheet<'s> {
    sheet: Worksheet,
    styles: &'s Styles,
    columns: Vec<Column>,
    subtitle: String,
    row: u32,
    is_total: bool,
    /// Lines of the longest text of the row.
    lines: u32,
    /// Cells beyond the last row or column that a sheet can have.
    left_out: usize,
}

impl<'s> Sheet<'s> {
    /// A sheet with its headings; the first `frozen` columns stay in view.
    pub fn new(
        styles: &'s Styles,
        name: &str,
        [title, subtitle]: [&str; 2],
        columns: Vec<Column>,
        frozen: u16,
    ) -> Result<Self, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?;
        sheet.write_string_with_format(0, 0, shortened(title), &styles.title)?;
        sheet.set_landscape().set_paper_size(A4).set_repeat_rows(0, HEADINGS)?;
        sheet.set_freeze_panes(HEADINGS + 1, frozen)?;
        let pages = columns.len().div_ceil(COLUMNS_OF_A_PAGE).max(1);
        sheet.set_print_fit_to_pages(u16::try_from(pages).unwrap_or(u16::MAX), 0);
        if pages > 1 {
            sheet.set_repeat_columns(0, frozen.saturating_sub(1))?;
        }
        sheet.set_footer(&styles.footer);
        let mut most = 1;
        for (place, column) in (0u16..).zip(columns.iter().take(MOST_COLUMNS)) {
            let (text, width) = styles.headed(column);
            sheet.set_column_width(place, width)?;
            most = most.max(lines(&text, width));
            let heading = match column.form {
                Form::Text | Form::Words => &styles.heading,
                // Above the digits.
                _ => &styles.heading_of_numbers,
            };
            sheet.write_string_with_format(HEADINGS, place, shortened(&text), heading)?;
        }
        sheet.set_row_height(HEADINGS, LINE_HEIGHT * f64::from(most))?;
        let left_out = columns.len().saturating_sub(MOST_COLUMNS);
        let (row, subtitle) = (HEADINGS + 1, subtitle.to_owned());
        Ok(Self { sheet, styles, columns, subtitle, row, is_total: false, lines: 1, left_out })
    }

    /// The row that is being filled.
    pub fn row(&self) -> u32 {
        self.row
    }

    /// Goes to the next row.
    pub fn next(&mut self) -> Result<(), XlsxError> {
        if self.lines > 1 && self.row < MOST_ROWS {
            self.sheet.set_row_height(self.row, LINE_HEIGHT * f64::from(self.lines))?;
        }
        self.row += 1;
        (self.is_total, self.lines) = (false, 1);
        Ok(())
    }

    /// Makes the row one of totals.
    pub fn total(&mut self) {
        self.is_total = true;
    }

    /// Writes a text.
    pub fn text(&mut self, column: usize, text: &str) -> Result<(), XlsxError> {
        let Some((place, form)) = self.place(column) else { return Ok(()) };
        if !text.is_empty() {
            let format = self.styles.of(Look::Plain(form), self.is_total);
            self.sheet.write_string_with_format(self.row, place, shortened(text), format)?;
            if form == Form::Words {
                self.lines = self.lines.max(lines(text, self.columns[column].width));
            }
        }
        Ok(())
    }

    /// Writes a number; `None` leaves the cell blank.
    pub fn number(&mut self, column: usize, number: Option<f64>) -> Result<(), XlsxError> {
        match self.place(column) {
            Some((_, form)) => self.number_as(column, form, number),
            None => Ok(()),
        }
    }

    /// Writes a number in another form than its column's.
    pub fn number_as(&mut self, column: usize, form: Form, number: Option<f64>) -> Result<(), XlsxError> {
        let Some((place, _)) = self.place(column) else { return Ok(()) };
        if let Some(number) = number.filter(|number| number.is_finite()) {
            let format = self.styles.of(Look::of(form, number), self.is_total);
            match form {
                // A piece of a bar in which nothing is spent.
                Form::Bar if number == 0.0 => drop(self.sheet.write_blank(self.row, place, format)?),
                _ => drop(self.sheet.write_number_with_format(self.row, place, number, format)?),
            }
        }
        Ok(())
    }

    /// Writes a formula with the result that the engine has for it; without one the cell stays blank.
    pub fn formula(&mut self, column: usize, formula: &str, result: Option<f64>) -> Result<(), XlsxError> {
        let Some((place, form)) = self.place(column) else { return Ok(()) };
        if let Some(result) = result.filter(|result| result.is_finite()) {
            let format = self.styles.of(Look::of(form, result), self.is_total);
            let formula = Formula::new(formula).set_result(result.to_string());
            self.sheet.write_formula_with_format(self.row, place, formula, format)?;
        }
        Ok(())
    }

    /// The address of a cell of the row that is being filled: `C7`.
    pub fn cell(&self, column: usize) -> String {
        row_col_to_cell(self.row, u16::try_from(column).unwrap_or(u16::MAX))
    }

    /// The addresses of cells side by side, in the row that is being filled: `C7:F7`.
    pub fn across(&self, first: usize, last: usize) -> String {
        format!("{}:{}", self.cell(first), self.cell(last))
    }

    /// The addresses of cells above each other in a column, both rows included: `C4:C9`.
    pub fn down(&self, column: usize, first: u32, last: u32) -> String {
        let name = column_number_to_name(u16::try_from(column).unwrap_or(u16::MAX));
        format!("{name}{}:{name}{}", first + 1, last + 1)
    }

    /// Shades numbers from 0 (white) to 1 (the colour of what is funded).
    pub fn shade(
        &mut self,
        [first_row, last_row]: [u32; 2],
        [first, last]: [usize; 2],
    ) -> Result<(), XlsxError> {
        let (Some((first, _)), Some((last, _))) = (self.place(first), self.place(last)) else {
            return Ok(());
        };
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(rust_xlsxwriter::ConditionalFormatType::Number, 0)
            .set_maximum(rust_xlsxwriter::ConditionalFormatType::Number, 1)
            .set_minimum_color(Color::White)
            .set_maximum_color(FUNDED);
        self.sheet.add_conditional_format(first_row, first, last_row, last, &scale)?;
        Ok(())
    }

    /// Puts a chart beside the cells; charts stand below each other.
    pub fn chart(&mut self, place: u32, chart: &mut Chart) -> Result<(), XlsxError> {
        const ROWS: u32 = 16;
        let Ok(column) = u16::try_from(self.columns.len() + 1) else { return Ok(()) };
        chart.set_width(640).set_height(300);
        self.sheet.insert_chart(HEADINGS + 1 + place * ROWS, column, chart)?;
        Ok(())
    }

    /// The sheet, whole: with filters over rows up to `last`, which are those of one table.
    pub fn finish_filtered(mut self, last: u32) -> Result<Worksheet, XlsxError> {
        let columns = self.columns.len().min(MOST_COLUMNS);
        if let Some(last_column) = columns.checked_sub(1).filter(|_| last > HEADINGS) {
            let last_column = u16::try_from(last_column).unwrap_or(u16::MAX);
            self.sheet.autofilter(HEADINGS, 0, last.min(MOST_ROWS - 1), last_column)?;
        }
        self.finish()
    }

    /// The sheet, whole.
    pub fn finish(mut self) -> Result<Worksheet, XlsxError> {
        if self.left_out > 0 {
            self.subtitle = format!(
                "{} cells do not fit on a sheet and are left out: the CSV tables have them. {}",
                self.left_out, self.subtitle
            );
        }
        self.sheet.write_string_with_format(1, 0, shortened(&self.subtitle), &self.styles.subtitle)?;
        let last_row = self.row.min(MOST_ROWS - 1);
        let last_column = u16::try_from(self.columns.len().clamp(1, MOST_COLUMNS) - 1).unwrap_or(u16::MAX);
        // Ids and periods are texts on purpose.
        self.sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        Ok(self.sheet)
    }

    /// Place and form of a cell of this row; `None`, counted, where the sheet cannot have it.
    fn place(&mut self, column: usize) -> Option<(u16, Form)> {
        let form = self.columns.get(column).map_or(Form::Text, |column| column.form);
        let place = u16::try_from(column).ok().filter(|_| column < MOST_COLUMNS && self.row < MOST_ROWS);
        if place.is_none() {
            self.left_out += 1;
        }
        place.map(|place| (place, form))
    }
}

impl Styles {
    fn of(&self, look: Look, is_total: bool) -> &Format {
        let formats = if is_total { &self.totals } else { &self.cells };
        &formats[look.place()]
    }
}

/// Lines that a text takes in a column, as a row has to be high for them.
fn lines(text: &str, width: f64) -> u32 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    // Lines break between words: a tenth of each is lost.
    let lines = (f64::from(letters) / (0.9 * width).max(1.0)).ceil();
    (1..MOST_LINES).find(|&count| f64::from(count) >= lines).unwrap_or(MOST_LINES)
}

/// A text as long as a cell can hold it.
fn shortened(text: &str) -> String {
    if text.len() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut units = 1;
    let within = text.chars().take_while(|letter| {
        units += letter.len_utf16();
        units <= LONGEST_TEXT
    });
    let cut: String = within.collect();
    if cut.len() == text.len() { cut } else { cut + "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_a_cell_ends() {
        assert_eq!(shortened("abc"), "abc");
        for letter in ["a", "ä", "𝄞"] {
            let cut = shortened(&letter.repeat(40_000));
            let units = cut.encode_utf16().count();
            assert!(cut.ends_with('…') && (LONGEST_TEXT - 1..=LONGEST_TEXT).contains(&units), "{units}");
        }
    }

    #[test]
    fn looks_are_listed_in_their_order() {
        assert!(LOOKS.iter().enumerate().all(|(place, look)| look.place() == place));
        assert_eq!([Look::of(Form::Amount, -1e3).place(), Look::of(Form::Amount, -999.0).place()], [8, 3]);
    }

    #[test]
    fn money_has_its_currency_in_headings_and_formats() {
        let format = |text: &str| Format::new().set_align(FormatAlign::Top).set_num_format(text);
        let money = |form, currency| cell_format(Look::of(form, 12.3), currency);
        assert_eq!(money(Form::Money, Some("k€")), format("#,##0.00 \"k€\""));
        assert_eq!(money(Form::Money, None), format("#,##0.00"));
        assert_eq!(money(Form::Amount, Some("k€")), format("#,##0.00"));
        assert_eq!(cell_format(Look::of(Form::Money, 1e6), Some("EUR")), format("#,##0 \"EUR\""));
        let column = Column::new("Cost", Form::Money, 14.0);
        assert_eq!(Styles::new("a", Some("EUR")).headed(&column), ("Cost, EUR".to_owned(), 18.0));
        assert_eq!(Styles::new("a", None).headed(&column), ("Cost".to_owned(), 14.0));
    }

    #[test]
    fn rows_are_as_high_as_their_texts() {
        assert_eq!([lines("", 10.0), lines("nine char", 10.0), lines("ten chars!", 10.0)], [1, 1, 2]);
        assert_eq!(lines(&"a ".repeat(100_000), 10.0), MOST_LINES);
    }
}
