//! Workbooks of one input, each taken apart once: a batch and its portfolio may be sheets of the same one.

use std::cell::RefCell;
use std::rc::Rc;

use crate::diagnostic::Diagnostic;

use super::workbook::Workbook;

/// A workbook that was read, or why it could not be.
type ReadBook = Result<Rc<Workbook>, Box<Diagnostic>>;

/// The workbooks of an input that were read so far.
#[derive(Debug, Default)]
pub struct Books {
    /// By their names and bytes: files of one name may differ.
    known: RefCell<Vec<(String, Vec<u8>, ReadBook)>>,
}

impl Books {
    /// Reads a workbook, unless that has been done.
    ///
    /// # Errors
    /// If the bytes are no workbook, or a damaged or encrypted one.
    pub(in crate::input) fn read(&self, file: &str, bytes: &[u8]) -> ReadBook {
        let is_it = |(name, content, _): &&(String, Vec<u8>, ReadBook)| name == file && content == bytes;
        if let Some((.., book)) = self.known.borrow().iter().find(is_it) {
            return book.clone();
        }
        let book = Workbook::read(file, bytes).map(Rc::new);
        self.known.borrow_mut().push((file.to_owned(), bytes.to_vec(), book.clone()));
        book
    }

    /// Number of workbooks that were taken apart.
    pub fn count(&self) -> usize {
        self.known.borrow().len()
    }
}
