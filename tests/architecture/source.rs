//! What a source file names and defines, as `syn` reads it: texts and comments do not count.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// How a file names something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// `use` for the file's own sake.
    Import,
    /// `pub use`: what it names is only handed on.
    Reexport,
    /// In code, macros or attributes.
    Code,
    /// `pub(in …)`.
    Visibility,
}

/// Something that a file names.
#[derive(Clone, Debug)]
pub struct Named {
    /// From the root: `crate`, rooms, files and the item, where it is our own; else the crate that it belongs to first.
    pub path: Vec<String>,
    /// What the file calls it from here on, where this is an import.
    pub local: String,
    pub line: usize,
    pub kind: Kind,
    /// Only tests name it.
    pub is_test: bool,
}

/// What a file names and defines.
#[derive(Debug, Default)]
pub struct Source {
    /// The modules that lead to it from the root, which has none.
    pub module: Vec<String>,
    pub named: Vec<Named>,
    /// Items at its top, modules among them.
    pub defined: BTreeSet<String>,
    /// Files below it that are there for tests only.
    pub test_modules: Vec<String>,
    /// The first words of all paths in its code, tests left out.
    words: BTreeSet<String>,
}

impl Source {
    /// Reads the text of the file of a module.
    pub fn read(module: &[String], text: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", module.join("/")));
        let mut reader = Reader {
            source: Self { module: module.to_vec(), ..Self::default() },
            module: module.to_vec(),
            children: vec![child_modules(&file.items)],
            test_depth: 0,
        };
        reader.source.defined = file.items.iter().filter_map(defined).collect();
        reader.visit_file(&file);
        let mut source = reader.source;
        // What is imported is named by its import.
        let imported: BTreeSet<String> =
            source.named.iter().filter(|one| one.kind != Kind::Code).map(|one| one.local.clone()).collect();
        source.named.retain(|one| one.kind != Kind::Code || !imported.contains(&one.path[0]));
        source
    }

    /// Whether the file's code uses what it names here, rather than only handing it on.
    pub fn uses(&self, named: &Named) -> bool {
        match named.kind {
            Kind::Import | Kind::Code => true,
            Kind::Reexport => self.words.contains(&named.local),
            Kind::Visibility => false,
        }
    }
}

struct Reader {
    source: Source,
    /// The module that is being read, which may be one within the file.
    module: Vec<String>,
    /// Per module that is being read: the modules that it declares.
    children: Vec<BTreeSet<String>>,
    test_depth: usize,
}

impl Reader {
    /// A path from the root, or `None` where it leads nowhere.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let ups = path.iter().take_while(|name| *name == "super").count();
        let within =
            |module: &[String], rest: &[String]| Some([&["crate".to_owned()], module, rest].concat());
        match path.first()?.as_str() {
            "super" if ups > self.module.len() => None,
            "super" => within(&self.module[..self.module.len() - ups], &path[ups..]),
            "self" if path[1..].first().is_some_and(|next| next == "super") => self.absolute(&path[1..]),
            "self" => within(&self.module, &path[1..]),
            "cutline" => within(&[], &path[1..]),
            "Self" => None,
            name if self.children.last()?.contains(name) => within(&self.module, path),
            _ => Some(path.to_vec()),
        }
    }

    fn name(&mut self, path: &[String], local: &str, line: usize, kind: Kind) {
        if let Some(path) = self.absolute(path) {
            let is_test = self.test_depth > 0;
            self.source.named.push(Named { path, local: local.to_owned(), line, kind, is_test });
        }
    }

    /// A path in code, which names more than what is at hand anyway if it has several words.
    fn name_in_code(&mut self, path: &[String], line: usize) {
        if self.test_depth == 0 {
            self.source.words.extend(path.first().cloned());
        }
        if path.len() > 1 {
            self.name(path, "", line, Kind::Code);
        }
    }

    fn import(&mut self, tree: &syn::UseTree, prefix: &[String], kind: Kind) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        let leaf = |name: &syn::Ident| if name == "self" { prefix.to_vec() } else { with(name) };
        match tree {
            syn::UseTree::Path(path) => self.import(&path.tree, &with(&path.ident), kind),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, prefix, kind)),
            syn::UseTree::Glob(glob) => {
                let path = [prefix, &["*".to_owned()]].concat();
                self.name(&path, "*", line(glob.star_token.span), kind);
            }
            syn::UseTree::Name(name) => {
                let path = leaf(&name.ident);
                let local = path.last().cloned().unwrap_or_default();
                self.name(&path, &local, line(name.ident.span()), kind);
            }
            syn::UseTree::Rename(rename) => {
                let (local, line) = (rename.rename.to_string(), line(rename.ident.span()));
                self.name(&leaf(&rename.ident), &local, line, kind);
            }
        }
    }

    /// The paths in the tokens of a macro or an attribute, but for `pub(in …)`. `prefix` stands before what a group in
    /// braces holds.
    fn scan(&mut self, tokens: TokenStream, prefix: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_colon =
            |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
        let is_word =
            |at: usize, word: &str| matches!(tokens.get(at), Some(TokenTree::Ident(name)) if name == word);
        let joined = |at: usize| is_colon(at) && is_colon(at + 1);
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) if !is_word(at.wrapping_sub(1), "pub") => {
                    self.scan(group.stream(), &[])
                }
                TokenTree::Ident(first) => {
                    let mut path = [prefix, &[first.to_string()]].concat();
                    while joined(at + 1)
                        && let Some(TokenTree::Ident(next)) = tokens.get(at + 3)
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    self.name_in_code(&path, line(first.span()));
                    if joined(at + 1)
                        && let Some(TokenTree::Group(group)) = tokens.get(at + 3)
                        && group.delimiter() == Delimiter::Brace
                    {
                        self.scan(group.stream(), &path);
                        at += 3;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Visits something, which is there for tests only if its attributes say so.
    fn visit_with(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let is_test = usize::from(attributes.iter().any(is_for_tests));
        self.test_depth += is_test;
        visit(self);
        self.test_depth -= is_test;
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        self.visit_with(attributes(item), |reader| visit::visit_item(reader, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.visit_with(&item.attrs, |reader| visit::visit_impl_item_fn(reader, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let name = item.ident.to_string();
        let Some((_, items)) = &item.content else {
            if self.test_depth > 0 {
                self.source.test_modules.push(name);
            }
            return;
        };
        self.module.push(name);
        self.children.push(child_modules(items));
        visit::visit_item_mod(self, item);
        self.children.pop();
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.visit_visibility(&item.vis);
        let kind = if matches!(item.vis, syn::Visibility::Inherited) { Kind::Import } else { Kind::Reexport };
        self.import(&item.tree, &[], kind);
    }

    fn visit_vis_restricted(&mut self, item: &'ast syn::VisRestricted) {
        if item.in_token.is_some() {
            self.name(&words(&item.path), "", first_line(&item.path), Kind::Visibility);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.name_in_code(&words(path), first_line(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.scan(item.tokens.clone(), &[]);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        self.visit_path(attribute.path());
        if let syn::Meta::List(list) = &attribute.meta {
            self.scan(list.tokens.clone(), &[]);
        }
    }
}

fn line(span: Span) -> usize {
    span.start().line
}

fn first_line(path: &syn::Path) -> usize {
    path.segments.first().map_or(0, |segment| line(segment.ident.span()))
}

fn words(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    let holds = |wanted: &str| {
        list.tokens.to_string().split(|letter: char| !letter.is_alphanumeric()).any(|word| word == wanted)
    };
    list.path.is_ident("cfg") && holds("test") && !holds("not") && !holds("any")
}

fn child_modules(items: &[syn::Item]) -> BTreeSet<String> {
    let name = |item: &syn::Item| match item {
        syn::Item::Mod(item) => Some(item.ident.to_string()),
        _ => None,
    };
    items.iter().filter_map(name).collect()
}

/// The name that an item defines.
fn defined(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Macro(item) => item.ident.as_ref()?,
        syn::Item::Mod(item) => &item.ident,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        syn::Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::ExternCrate(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
