//! One file per subcommand.

pub mod adopt;
pub mod check;
pub mod compare;
pub mod completions;
pub mod diff;
pub mod example;
pub mod fit;
pub mod import;
pub mod man;
pub mod model;
#[cfg(feature = "serve")]
pub mod remote;
pub mod run;
mod saved;
pub mod schema;
#[cfg(feature = "serve")]
pub mod serve;
pub mod shard;
pub mod show;
pub mod spread;
mod table_file;
pub mod template;
pub mod validate;
pub mod watch;
