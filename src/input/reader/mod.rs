//! From bytes to rows and cells: files, text, separators, headings and numbers, without their meaning in a portfolio.

pub mod addresses;
pub mod attribute;
pub mod books;
pub mod csv;
pub mod dialect;
pub mod files;
pub mod header;
pub mod headings;
pub mod library;
pub mod list;
pub mod numbers;
pub mod per_cent;
pub mod read;
pub mod records;
pub mod row;
pub mod sheet_records;
pub mod sheet_rows;
pub mod slurp;
pub mod source;
pub mod table;
pub mod tables;
pub mod text;
pub mod texts;
pub mod workbook;
pub mod zip;
