//! One file per subcommand.

pub mod check;
pub mod completions;
pub mod example;
pub mod import;
pub mod man;
pub mod model;
#[cfg(feature = "serve")]
pub mod remote;
pub mod run;
pub mod schema;
#[cfg(feature = "serve")]
pub mod serve;
pub mod shard;
pub mod spread;
pub mod template;
pub mod validate;
pub mod watch;
