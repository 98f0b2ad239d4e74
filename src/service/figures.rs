//! The figures of batches that are done, as pages and metrics read them: one file per batch beside the store.

use std::path::Path;

use crate::output::{FiguresFile, figures_key, figures_of_tables};

use super::Service;
use super::kept::{self, Kind, ResultFiles, hash_of, result_file};
use super::store::StoreError;

/// The figures of a batch with these results.
pub(super) fn figures(
    service: &Service,
    batch: &str,
    files: &ResultFiles,
) -> Result<FiguresFile, StoreError> {
    let key = figures_key(|name| hash_of(files, name));
    let make = |target: &mut _| figures_of_tables(target, &key, &|name| result_file(service, files, name));
    kept::opened(service, Kind::Figures, batch, |file| FiguresFile::open(file, &key), make)
}

/// Takes in the figures that a merge has made of these results; makes them if it has not.
pub(super) fn take_in(
    service: &Service,
    batch: &str,
    files: &ResultFiles,
    made: &Path,
) -> Result<FiguresFile, StoreError> {
    kept::take_in(service, Kind::Figures, batch, made)?;
    figures(service, batch, files)
}
