//! From bytes to rows and cells: files, text, separators, headings and numbers, whatever they mean.

pub mod attribute;
pub mod dialect;
pub mod files;
pub mod headings;
pub mod numbers;
pub mod per_cent;
pub mod row;
pub mod table;
pub mod text;
