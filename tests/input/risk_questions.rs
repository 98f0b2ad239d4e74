//! What `[simulation]` asks beside the risk of the options: `solve_in_futures` and `prior_sd`.

use super::example::{BATCH, load, said_of_batch, tables};

fn asking(lines: &str) -> String {
    BATCH.replacen("tail = 0.1", &format!("tail = 0.1\n{lines}"), 1)
}

#[test]
fn futures_and_a_prior_are_read() {
    let read = |lines: &str| load(&asking(lines), tables()).unwrap().batch;
    let batch = read("solve_in_futures = 50\nprior_sd = { benefit = 0.4 }");
    assert_eq!((batch.futures(), batch.prior_sd()), (50, Some(0.4)));
    let batch = read("solve_in_futures = 0");
    assert_eq!((batch.futures(), batch.prior_sd()), (0, None));
    assert_eq!(said_of_batch(&asking("solve_in_futures = 50\nprior_sd = { benefit = 0.4 }")), "accepted\n");
}

#[test]
fn faults_say_what_is_expected_all_at_once() {
    let said = said_of_batch(&asking(
        "solve_in_futures = 5000000\nprior_sd = { cost = 0.2, benefits = 0.3, benefit = -1 }",
    ));
    for words in [
        "write a whole number from 0 to 100000",
        "have a common mean; costs, demands, effects and delays have no such scale",
        "write { benefit = 0.4 }",
        "a share above 0, such as 0.4",
    ] {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    let said = said_of_batch(&asking("solve_in_futures = 90000\nprior_sd = 0.4"));
    for words in
        ["asks for more futures than the simulation is sure to draw", "a table such as { benefit = 0.4 }"]
    {
        assert!(said.contains(words), "{words} is not in {said}");
    }
    assert!(said_of_batch(&asking("prior_sd = {}")).contains("names no quantity"));
    assert!(
        said_of_batch(&asking("prior_sd = { benefit = 40 }"))
            .contains("is a share of the mean, and far above 1")
    );
}

#[test]
fn frequencies_that_no_table_tells_draw_a_warning() {
    let untold = asking("solve_in_futures = 50").replacen("[batch]", "[batch]\ndecisions = false", 1);
    assert!(said_of_batch(&untold).contains("decisions = true"), "{}", said_of_batch(&untold));
}
