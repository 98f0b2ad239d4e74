//! Which option comes first, and why.
