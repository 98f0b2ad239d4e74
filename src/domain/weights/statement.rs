//! Linear statements about weights, as people write them: `growth >= 2 * service`, `0.1 <= risk <= 0.4`.

use std::collections::BTreeMap;

/// Longest statement that is read, in bytes.
const LONGEST: usize = 500;

/// Coefficients by the name of an objective, and a constant: Σ coefficient · weight + constant, which is 0 or more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inequality {
    /// By the name of an objective.
    pub coefficients: BTreeMap<String, f64>,
    /// What is added to them.
    pub constant: f64,
}

/// A statement about the weights of siblings among each other: one inequality or more, all of which hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// As it was written.
    pub text: String,
    /// What it says.
    pub inequalities: Vec<Inequality>,
}

/// Reasons why a text is no statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementFault {
    /// It has more than 500 letters.
    TooLong,
    /// It cannot be read from here on.
    Unreadable(String),
    /// A quoted name has no end.
    OpenQuote,
    /// It compares nothing.
    NoComparison,
    /// It compares with `<` or `>`, which have no least or most weight.
    Strict(char),
    /// Its comparisons point in two directions, or there are more than two.
    Directions,
    /// It multiplies weights with each other, or divides by a weight or by 0.
    NotLinear,
    /// It writes a share with a per cent sign.
    PerCent,
}

/// Reasons why statements make no polytope of weights. Statements are told by their positions.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementError {
    /// A name is no objective.
    Unknown {
        /// The statement.
        statement: usize,
        /// The name.
        name: String,
    },
    /// It names no objective.
    NoObjective(usize),
    /// It names objectives that are no siblings.
    NoSiblings {
        /// The statement.
        statement: usize,
        /// One of them.
        one: String,
        /// Another one, under another parent.
        other: String,
    },
    /// No weights satisfy these statements; without any one of them some do.
    Contradiction(Vec<usize>),
    /// Too many vertices.
    TooManyVertices,
    /// The table's own weights, which hold for siblings of which nothing is stated.
    Table(crate::domain::objective::ObjectiveError),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    /// One of `+ - * / ( )`.
    Sign(char),
    AtLeast,
    AtMost,
    Equal,
}

impl Statement {
    /// Reads a statement. A name is one of `ids`, or a word, or stands in single quotes.
    ///
    /// # Errors
    /// If it is no linear comparison.
    pub fn parse(text: &str, ids: &[&str]) -> Result<Self, StatementFault> {
        if text.len() > LONGEST {
            return Err(StatementFault::TooLong);
        }
        let mut reader = Reader { tokens: tokens(text, ids)?, next: 0 };
        let mut sides = vec![reader.sum()?];
        let mut comparisons = Vec::new();
        while let Some(comparison @ (Token::AtLeast | Token::AtMost | Token::Equal)) = reader.peek().cloned()
        {
            reader.next += 1;
            comparisons.push(comparison);
            sides.push(reader.sum()?);
        }
        if let Some((_, rest)) = reader.tokens.get(reader.next) {
            return Err(StatementFault::Unreadable(rest.clone()));
        }
        match comparisons.as_slice() {
            [] => return Err(StatementFault::NoComparison),
            [_] => {}
            [first, second] if first == second => {}
            _ => return Err(StatementFault::Directions),
        }
        let mut inequalities = Vec::new();
        for (pair, comparison) in sides.windows(2).zip(&comparisons) {
            let (left, right) = (&pair[0], &pair[1]);
            if *comparison != Token::AtMost {
                inequalities.push(left.plus(right, -1.0));
            }
            if *comparison != Token::AtLeast {
                inequalities.push(right.plus(left, -1.0));
            }
        }
        Ok(Self { text: text.to_owned(), inequalities })
    }

    /// The names of objectives in it, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = (self.inequalities.iter())
            .flat_map(|inequality| inequality.coefficients.keys().map(String::as_str))
            .collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }
}

impl Inequality {
    fn plus(&self, other: &Self, factor: f64) -> Self {
        let mut sum = self.clone();
        for (name, coefficient) in &other.coefficients {
            *sum.coefficients.entry(name.clone()).or_default() += factor * coefficient;
        }
        sum.constant += factor * other.constant;
        sum
    }

    fn times(&self, factor: f64) -> Self {
        let coefficients = self.coefficients.iter().map(|(name, own)| (name.clone(), own * factor));
        Self { coefficients: coefficients.collect(), constant: self.constant * factor }
    }
}

/// Reads tokens, each with the text from it on. A linear sum is an [`Inequality`] on its way.
struct Reader {
    tokens: Vec<(Token, String)>,
    next: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    fn sum(&mut self) -> Result<Inequality, StatementFault> {
        let mut sum = self.product()?;
        while let Some(Token::Sign(sign @ ('+' | '-'))) = self.peek().cloned() {
            self.next += 1;
            sum = sum.plus(&self.product()?, if sign == '+' { 1.0 } else { -1.0 });
        }
        Ok(sum)
    }

    fn product(&mut self) -> Result<Inequality, StatementFault> {
        let mut product = self.factor()?;
        while let Some(Token::Sign(sign @ ('*' | '/'))) = self.peek().cloned() {
            self.next += 1;
            let factor = self.factor()?;
            product = match (product.coefficients.is_empty(), factor.coefficients.is_empty(), sign) {
                (_, true, '*') => product.times(factor.constant),
                (true, false, '*') => factor.times(product.constant),
                (_, true, _) if factor.constant != 0.0 => product.times(1.0 / factor.constant),
                _ => return Err(StatementFault::NotLinear),
            };
        }
        Ok(product)
    }

    fn factor(&mut self) -> Result<Inequality, StatementFault> {
        let Some((token, from)) = self.tokens.get(self.next).cloned() else {
            return Err(StatementFault::Unreadable(String::new()));
        };
        self.next += 1;
        match token {
            Token::Number(constant) => Ok(Inequality { constant, ..Inequality::default() }),
            Token::Name(name) => Ok(Inequality { coefficients: [(name, 1.0)].into(), constant: 0.0 }),
            Token::Sign('-') => Ok(self.factor()?.times(-1.0)),
            Token::Sign('(') => {
                let sum = self.sum()?;
                if self.peek() != Some(&Token::Sign(')')) {
                    return Err(StatementFault::Unreadable(from));
                }
                self.next += 1;
                Ok(sum)
            }
            _ => Err(StatementFault::Unreadable(from)),
        }
    }
}

/// The tokens of a text, each with the text from it on.
fn tokens(text: &str, ids: &[&str]) -> Result<Vec<(Token, String)>, StatementFault> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' => quoted(rest)?,
            '0'..='9' | '.' => number(rest)?,
            '+' | '-' | '*' | '/' | '(' | ')' => (Token::Sign(first), 1),
            '%' => return Err(StatementFault::PerCent),
            '<' | '>' | '=' | '≤' | '≥' => comparison(rest, first)?,
            _ => name(rest, ids).ok_or_else(|| StatementFault::Unreadable(rest.to_owned()))?,
        };
        found.push((token, rest.to_owned()));
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn comparison(rest: &str, first: char) -> Result<(Token, usize), StatementFault> {
    let words = [
        (">=", Token::AtLeast),
        ("≥", Token::AtLeast),
        ("<=", Token::AtMost),
        ("≤", Token::AtMost),
        ("==", Token::Equal),
        ("=", Token::Equal),
    ];
    let word = words.into_iter().find(|(word, _)| rest.starts_with(word));
    word.map(|(word, token)| (token, word.len())).ok_or(StatementFault::Strict(first))
}

fn quoted(rest: &str) -> Result<(Token, usize), StatementFault> {
    let inner = &rest[1..];
    let end = inner.find('\'').ok_or(StatementFault::OpenQuote)?;
    Ok((Token::Name(inner[..end].trim().to_owned()), end + 2))
}

fn number(rest: &str) -> Result<(Token, usize), StatementFault> {
    let end =
        |from: &str| from.find(|next: char| !next.is_ascii_digit() && next != '.').unwrap_or(from.len());
    let length = end(rest);
    let number = rest[..length].parse::<f64>().ok().filter(|number| number.is_finite());
    // A comma for a point, or a name that begins with a digit.
    let is_cut =
        rest[length..].starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == ',');
    let unreadable = || StatementFault::Unreadable(rest.to_owned());
    number.filter(|_| !is_cut).map(|number| (Token::Number(number), length)).ok_or_else(unreadable)
}

/// The longest id that the text begins with, else a word.
fn name(rest: &str, ids: &[&str]) -> Option<(Token, usize)> {
    let is_letter = |next: char| next.is_alphanumeric() || next == '_';
    let begins = |id: &&&str| rest.starts_with(**id) && !rest[id.len()..].starts_with(is_letter);
    let id = ids.iter().filter(begins).max_by_key(|id| id.len()).map(|id| id.len());
    let word = rest.find(|next: char| !is_letter(next) && next != '.').unwrap_or(rest.len());
    let length = id.unwrap_or(word);
    (length > 0).then(|| (Token::Name(rest[..length].to_owned()), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] = ["growth", "service", "new markets", "low-risk"];

    fn said(text: &str) -> Vec<(Vec<(String, f64)>, f64)> {
        let statement = Statement::parse(text, &IDS).unwrap();
        let of = |one: &Inequality| (one.coefficients.clone().into_iter().collect(), one.constant);
        statement.inequalities.iter().map(of).collect()
    }

    fn row(coefficients: &[(&str, f64)], constant: f64) -> (Vec<(String, f64)>, f64) {
        (coefficients.iter().map(|&(name, own)| (name.to_owned(), own)).collect(), constant)
    }

    #[test]
    fn statements_are_read_as_they_are_written() {
        assert_eq!(said("growth >= 2 * service"), [row(&[("growth", 1.0), ("service", -2.0)], 0.0)]);
        assert_eq!(
            said("0.1 <= low-risk ≤ .4"),
            [row(&[("low-risk", 1.0)], -0.1), row(&[("low-risk", -1.0)], 0.4)]
        );
        assert_eq!(
            said("-(growth - 'new markets') / 2 = service + new markets - 1"),
            [
                row(&[("growth", -0.5), ("new markets", -0.5), ("service", -1.0)], 1.0),
                row(&[("growth", 0.5), ("new markets", 0.5), ("service", 1.0)], -1.0),
            ]
        );
        assert_eq!(Statement::parse("sevice >= growth", &IDS).unwrap().names().last(), Some("sevice"));
    }

    #[test]
    fn what_is_no_linear_comparison_is_refused() {
        use StatementFault as Fault;
        let unreadable = |text: &str| Fault::Unreadable(text.to_owned());
        for (text, fault) in [
            ("growth", Fault::NoComparison),
            ("growth > service", Fault::Strict('>')),
            ("growth * service >= 0.1", Fault::NotLinear),
            ("1 / growth >= 2", Fault::NotLinear),
            ("growth >= service / 0", Fault::NotLinear),
            ("growth >= 40 %", Fault::PerCent),
            ("0.1 <= growth >= 0.2", Fault::Directions),
            ("0 <= growth <= 0.2 <= 0.3", Fault::Directions),
            ("'growth >= 0.2", Fault::OpenQuote),
            ("growth >= 0,2", unreadable("0,2")),
            ("growth service >= 1", unreadable("service >= 1")),
            ("(growth >= 0.2", unreadable("(growth >= 0.2")),
            ("growth >=", unreadable("")),
            ("growth >= $", unreadable("$")),
        ] {
            assert_eq!(Statement::parse(text, &IDS), Err(fault), "{text}");
        }
        assert_eq!(Statement::parse(&"(".repeat(501), &IDS), Err(Fault::TooLong));
    }
}
