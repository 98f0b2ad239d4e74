//! SIPmath libraries, version 3 (JSON): a metalog distribution per variable, the seeds of its stream, and perhaps a Gaussian
//! copula that joins them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{Distribution, HdrSeeds, SipSource, SipVariable, cholesky};

/// The largest seed that is read: with it, products stay exact in spreadsheets too.
const LARGEST_SEED: u32 = 100_000_000;

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "U01")]
    uniforms: Option<Uniforms>,
    sips: Option<Vec<Sip>>,
    #[serde(rename = "globalVariables", default)]
    globals: Vec<Global>,
}

#[derive(Deserialize, Default)]
struct Uniforms {
    #[serde(default)]
    rng: Vec<Stream>,
    #[serde(default)]
    copula: Vec<Copula>,
}

#[derive(Deserialize)]
struct Stream {
    name: String,
    function: String,
    arguments: Seeds,
}

/// Seeds as they are written; a seed that whoever uses the library is to choose is no number.
#[derive(Deserialize)]
struct Seeds {
    #[serde(rename = "varId")]
    variable: serde_json::Value,
    #[serde(default)]
    entity: serde_json::Value,
    #[serde(default)]
    seed3: serde_json::Value,
    #[serde(default)]
    seed4: serde_json::Value,
}

#[derive(Deserialize)]
struct Copula {
    name: String,
    function: String,
    arguments: CopulaArguments,
    #[serde(rename = "copulaLayer")]
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct CopulaArguments {
    #[serde(rename = "correlationMatrix")]
    matrix: MatrixName,
    rng: Vec<String>,
}

#[derive(Deserialize)]
struct MatrixName {
    value: String,
}

#[derive(Deserialize)]
struct Global {
    name: String,
    value: serde_json::Value,
}

#[derive(Deserialize)]
struct Matrix {
    rows: Vec<String>,
    matrix: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    row: String,
    col: String,
    value: f64,
}

#[derive(Deserialize)]
struct Sip {
    name: String,
    #[serde(rename = "ref")]
    source: Reference,
    function: String,
    arguments: Arguments,
}

#[derive(Deserialize)]
struct Reference {
    source: String,
    name: String,
    #[serde(rename = "copulaLayer")]
    layer: Option<String>,
}

#[derive(Deserialize)]
struct Arguments {
    #[serde(rename = "lowerBound")]
    min: Option<f64>,
    #[serde(rename = "upperBound")]
    max: Option<f64>,
    #[serde(rename = "aCoefficients", default)]
    coefficients: Vec<f64>,
}

/// The problem of a part of a library, and the remedy.
type Refusal = (String, &'static str);

/// The variables of a library with their names and places. What cannot be read is told.
pub(super) fn read(
    file: &str,
    bytes: &[u8],
    found: &mut Diagnostics,
) -> Vec<(String, SourceRef, Option<Distribution>)> {
    let source = SourceRef::file(file);
    let library: Library = match serde_json::from_slice(bytes) {
        Ok(library) => library,
        Err(cause) => {
            let help =
                "save it as a SIPmath library of version 3 (JSON) or 2 (XML), or its trials as samples.csv";
            let place = source.at_row(cause.line());
            found.push(Diagnostic::fault(
                place,
                format!("is no SIPmath library of version 3 ({cause})"),
                help,
            ));
            return Vec::new();
        }
    };
    let Some(sips) = &library.sips else {
        let help = "name a SIPmath library of version 3 (JSON) or 2 (XML); trials in another form can be saved as samples.csv";
        found.push(Diagnostic::fault(source, "has no `sips`", help));
        return Vec::new();
    };
    let mut read = Vec::new();
    for sip in sips {
        let place = source.clone().in_column(format!("sips.{}", sip.name));
        match library.variable(sip) {
            Ok(variable) => match Distribution::Sipmath(Arc::new(variable)).checked() {
                Ok(distribution) => read.push((sip.name.clone(), place, Some(distribution))),
                Err(error) => {
                    found.push(Diagnostic::fault(place, "does not fit its arguments", error.to_string()))
                }
            },
            Err((problem, help)) => found.push(Diagnostic::fault(place, problem, help)),
        }
    }
    read
}

impl Library {
    fn variable(&self, sip: &Sip) -> Result<SipVariable, Refusal> {
        if sip.function != "Metalog_1_0" {
            let problem = format!("has the function `{}`, which is not supported", sip.function);
            return Err((
                problem,
                "fit a metalog distribution (Metalog_1_0), or save its trials as samples.csv",
            ));
        }
        let reference = &sip.source;
        let source = match reference.source.as_str() {
            "rng" => SipSource::Stream(self.stream(&reference.name)?),
            "copula" => SipSource::Copula(self.layer(&reference.name, reference.layer.as_deref())?),
            other => {
                let problem = format!("refers to the source `{other}`, which is not supported");
                return Err((problem, "refer to `rng` or `copula`"));
            }
        };
        let Arguments { min, max, coefficients } = &sip.arguments;
        Ok(SipVariable { source, coefficients: coefficients.clone(), min: *min, max: *max })
    }

    /// The seeds of a stream.
    fn stream(&self, name: &str) -> Result<HdrSeeds, Refusal> {
        let streams = self.uniforms.iter().flat_map(|uniforms| &uniforms.rng);
        let Some(stream) = streams.into_iter().find(|stream| stream.name == name) else {
            return Err((format!("refers to the stream `{name}`, which is not in U01.rng"), "add it there"));
        };
        if stream.function != "HDR_2_0" {
            let problem = format!("refers to `{name}`, a generator `{}`", stream.function);
            return Err((problem, "only HDR_2_0 is supported: save its trials as samples.csv"));
        }
        let seed = |own: &serde_json::Value, what: &str| {
            let number = if own.is_null() { Some(0) } else { own.as_u64() };
            let seed =
                number.and_then(|number| u32::try_from(number).ok()).filter(|seed| *seed <= LARGEST_SEED);
            seed.ok_or_else(|| {
                let problem =
                    format!("refers to `{name}`, whose {what} is no whole number from 0 to {LARGEST_SEED}");
                (problem, "write the number: seeds that are left to be chosen are not supported")
            })
        };
        let Seeds { variable, entity, seed3, seed4 } = &stream.arguments;
        Ok(HdrSeeds {
            variable: seed(variable, "varId")?,
            entity: seed(entity, "entity")?,
            third: seed(seed3, "seed3")?,
            fourth: seed(seed4, "seed4")?,
        })
    }

    /// The streams of a layer of a copula, with their weights.
    fn layer(&self, name: &str, layer: Option<&str>) -> Result<Vec<(HdrSeeds, f64)>, Refusal> {
        let copulas = self.uniforms.iter().flat_map(|uniforms| &uniforms.copula);
        let Some(copula) = copulas.into_iter().find(|copula| copula.name == name) else {
            return Err((
                format!("refers to the copula `{name}`, which is not in U01.copula"),
                "add it there",
            ));
        };
        if copula.function != "GaussianCopula" {
            let problem = format!("refers to `{name}`, a copula `{}`", copula.function);
            return Err((problem, "only GaussianCopula is supported: save its trials as samples.csv"));
        }
        let place = layer.and_then(|layer| copula.layers.iter().position(|own| own == layer));
        let rng = &copula.arguments.rng;
        let Some(place) = place.filter(|place| *place < rng.len()) else {
            let problem = format!("refers to a layer that the copula `{name}` does not have");
            return Err((problem, "name one of its copulaLayer, and a stream in its rng for each"));
        };
        let rows = self.matrix(&copula.arguments.matrix.value, rng.len())?;
        let Some(factor) = cholesky(&rows) else {
            let problem = format!("refers to `{name}`, whose correlations are not positive definite");
            return Err((problem, "make them so, or save the trials as samples.csv"));
        };
        factor[place][..=place]
            .iter()
            .zip(rng)
            .map(|(weight, stream)| Ok((self.stream(stream)?, *weight)))
            .collect()
    }

    /// A correlation matrix of so many variables.
    fn matrix(&self, name: &str, size: usize) -> Result<Vec<Vec<f64>>, Refusal> {
        let value = self.globals.iter().find(|global| global.name == name).map(|global| &global.value);
        let matrix: Option<Matrix> = value.and_then(|value| serde_json::from_value(value.clone()).ok());
        let Some(Matrix { rows, matrix }) = matrix.filter(|matrix| matrix.rows.len() == size) else {
            let problem = format!("needs the correlation matrix `{name}` of {size} rows in globalVariables");
            return Err((problem, "add it there, with rows, columns and matrix"));
        };
        let places: BTreeMap<&str, usize> =
            rows.iter().enumerate().map(|(at, row)| (row.as_str(), at)).collect();
        let mut full: Vec<Vec<f64>> = (0..size)
            .map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect())
            .collect();
        for Entry { row, col, value } in &matrix {
            let (Some(&row), Some(&column)) = (places.get(row.as_str()), places.get(col.as_str())) else {
                let problem =
                    format!("needs the correlation matrix `{name}`, which names a row that it does not list");
                return Err((problem, "list all names in its rows"));
            };
            (full[row][column], full[column][row]) = (*value, *value);
        }
        Ok(full)
    }
}
