//! Which file names what another defines.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Kind, Source};

/// A file, told by the modules that lead to it.
pub type Module = Vec<String>;

/// So many `use` are followed from one to the next.
const MOST_STEPS: usize = 8;

/// Per file and file that it needs: the names that it takes from there. Tests do not count.
pub type Arrows = BTreeMap<Module, BTreeMap<Module, BTreeSet<String>>>;

struct Files<'a> {
    by_module: BTreeMap<&'a [String], &'a Source>,
    /// Per file and name: the path that a `use` there gives that name.
    imports: BTreeMap<(&'a [String], &'a str), &'a [String]>,
}

impl<'a> Files<'a> {
    fn new(sources: &'a [Source]) -> Self {
        let by_module = sources.iter().map(|source| (source.module.as_slice(), source)).collect();
        let mut imports = BTreeMap::new();
        for source in sources {
            let own = |one: &&super::source::Named| {
                one.path[0] == "crate" && matches!(one.kind, Kind::Import | Kind::Reexport)
            };
            for one in source.named.iter().filter(own) {
                imports.insert((source.module.as_slice(), one.local.as_str()), &one.path[1..]);
            }
        }
        Self { by_module, imports }
    }

    /// The file that defines what a path from the root of the crate leads to.
    fn home(&self, path: &[String], steps: usize) -> Module {
        let file =
            (0..=path.len()).rev().map(|end| &path[..end]).find(|head| self.by_module.contains_key(head));
        let Some(file) = file else { return Vec::new() };
        let Some(name) = path.get(file.len()) else { return file.to_vec() };
        match self.imports.get(&(file, name.as_str())) {
            Some(target) if !self.by_module[file].defined.contains(name) && steps > 0 => {
                self.home(&[target, &path[file.len() + 1..]].concat(), steps - 1)
            }
            _ => file.to_vec(),
        }
    }

    fn is_for_tests(&self, module: &[String]) -> bool {
        (0..module.len()).any(|end| {
            (self.by_module.get(&module[..end]))
                .is_some_and(|parent| parent.test_modules.contains(&module[end]))
        })
    }
}

/// All arrows between files. The root of the crate only lists rooms.
pub fn arrows(sources: &[Source]) -> Arrows {
    let files = Files::new(sources);
    let mut found = Arrows::new();
    for source in sources.iter().filter(|source| !files.is_for_tests(&source.module)) {
        for one in
            source.named.iter().filter(|one| one.path[0] == "crate" && !one.is_test && source.uses(one))
        {
            let home = files.home(&one.path[1..], MOST_STEPS);
            if home != source.module && !home.is_empty() {
                let names = found.entry(source.module.clone()).or_default().entry(home).or_default();
                names.insert(one.path[1..].join("::"));
            }
        }
    }
    found
}

/// The files of each circle of arrows, each with what ties it to the others.
pub fn circles(arrows: &Arrows) -> Vec<String> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        arrows.keys().map(|from| (from, reached(arrows, from))).collect();
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for (&from, there) in &reached {
        let circle: BTreeSet<&Module> = there
            .iter()
            .copied()
            .filter(|to| reached.get(to).is_some_and(|back| back.contains(from)))
            .collect();
        if circle.is_empty() || !told.insert(circle.clone()) {
            continue;
        }
        let ties = circle.iter().flat_map(|&one| arrows[one].iter().map(move |(to, names)| (one, to, names)));
        let ties = ties.filter(|(_, to, _)| circle.contains(to)).map(|(one, to, names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("  {} needs {} of {}", one.join("/"), names.join(", "), to.join("/"))
        });
        circles.push(format!("a circle of {} files:\n{}", circle.len(), ties.collect::<Vec<_>>().join("\n")));
    }
    circles
}

fn reached<'a>(arrows: &'a Arrows, from: &Module) -> BTreeSet<&'a Module> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Module> = arrows.get(from).into_iter().flat_map(|ends| ends.keys()).collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(arrows.get(next).into_iter().flat_map(|ends| ends.keys()));
        }
    }
    found
}
