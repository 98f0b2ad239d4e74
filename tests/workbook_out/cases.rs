//! The batch that the tests run.

use tempfile::TempDir;

use crate::program::case_of;

/// Names that a spreadsheet would take for formulas, two lines, a resource, delays, a synergy and a frontier.
pub fn rich() -> TempDir {
    let tables = [
        (
            "projects.csv",
            "project,name,start,max_delay,success_probability,area\nA,=1+2,2027,1,0.9,=north\n-B,Beta,2027,0,1,south\n\
             C,@sum(A1),2028,1,0.5,=north\n007,Old,2027,0,1,\n",
        ),
        (
            "costs.csv",
            "project,line,2027,2028,2029\nA,capex,30.1,20,0\nA,opex,0,1.25,2\n-B,capex,40,0,0\nC,capex,0,50,10.5\n007,opex,3,0,0\n",
        ),
        ("benefits.csv", "project,2027,2028,2029\nA,0,40,60\n-B,10,30,30\nC,0,0,200\n007,0,1,1\n"),
        ("demands.csv", "project,resource,2027,2028,2029\nA,crew,1,1,0\nC,crew,0,2,1.5\n"),
        ("budgets.csv", "line,2027,2028,2029\ncapex,75,60,40\n*,80,70,50\n"),
        ("capacities.csv", "resource,2027,2028,2029\ncrew,3,3,3\n"),
        ("objectives.csv", "objective,name,weight\nvalue,Value,3\nother,Other,1\n"),
        ("scores.csv", "project,value,other\nA,3,1\n-B,5,2\nC,6,0\n007,1,1\n"),
        ("lines.csv", "line,group,kind\ncapex,works,investment\nopex,works,running\n"),
        ("synergies.csv", "synergy,projects,effect,amount\ntogether,A;007,cost,-2\n"),
        ("uncertainty.csv", "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.9,1,1.4\n"),
    ];
    let batch = "[batch]\nname = \"a & b\"\ndescription = \"=HYPERLINK(1)\"\nportfolio = \"data\"\noptions = 3\ndiscount_rate = 0.1\n\
        [simulation]\ntrials = 100\npercentiles = [80]\n[report]\ngroup_by = [\"area\", \"line.kind\"]\n[frontier]\nx = \"cost\"\ny = \"npv\"\n\
        [weights.open]\nmethod = \"incomplete\"\nstatements = [\"value >= other\"]\n\
        [[scenario]]\nname = \"base\"\n[[scenario]]\nname = \"=cut\"\nbudget_scale = 0.6\n\
        [[scenario]]\nname = \"middle\"\ndiscount_at = \"middle\"\ncost_scale = { capex = 1.1 }\n\
        [[scenario]]\nname = \"end\"\ndiscount_at = \"end\"\n\
        [[scenario]]\nname = \"too much\"\nforce_in = [\"A\", \"-B\", \"C\"]\nbudget_scale = 0.1\n";
    case_of(&tables, "batch.toml", batch)
}
