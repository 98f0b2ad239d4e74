//! Options of a submission.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Options of a submission.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SubmitOptions {
    /// The batch file in the archive, if there are several.
    pub batch: Option<String>,
    /// True if all users may see it.
    #[serde(default)]
    pub shared: bool,
    /// Priority, from -10 to 10: among the batches of one owner, higher ones go first.
    #[serde(default)]
    #[param(minimum = -10, maximum = 10)]
    pub priority: i64,
}
