//! Bundled examples are embedded in the binary: a file added to them must rebuild it.

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=scenarios");
}
