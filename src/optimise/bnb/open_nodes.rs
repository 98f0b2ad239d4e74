//! The open subtrees of a tree search, the best bound first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::optimise::model::reduced::Fixing;

/// An open subtree of branch and bound.
#[derive(Clone, Debug, Default)]
pub struct OpenNode {
    /// Fixings on the path to it: variables of the whole problem, in the order in which they were fixed.
    pub fixings: Vec<Fixing>,
    /// Upper bound on the objective in the subtree.
    pub bound: f64,
}

/// Open subtrees by their bounds; of equal bounds, the one that came first.
#[derive(Debug)]
pub struct OpenNodes {
    heap: BinaryHeap<Queued>,
    /// Number of subtrees that ever came.
    count: u64,
    /// No bound is below this.
    lowest: f64,
}

#[derive(Debug)]
struct Queued {
    node: OpenNode,
    position: u64,
}

impl OpenNodes {
    /// A queue of one subtree.
    pub fn new(node: OpenNode) -> Self {
        let mut nodes = Self { heap: BinaryHeap::new(), count: 0, lowest: f64::INFINITY };
        nodes.extend(vec![node]);
        nodes
    }

    /// Number of subtrees.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// True if no subtree is open.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The best bound; −∞ if there is none.
    pub fn bound(&self) -> f64 {
        self.heap.peek().map_or(f64::NEG_INFINITY, |first| first.node.bound)
    }

    /// Takes out the subtree with the best bound.
    pub fn pop(&mut self) -> Option<OpenNode> {
        self.heap.pop().map(|first| first.node)
    }

    /// Adds subtrees, in this order.
    pub fn extend(&mut self, nodes: Vec<OpenNode>) {
        for node in nodes {
            self.lowest = self.lowest.min(node.bound);
            self.heap.push(Queued { node, position: self.count });
            self.count += 1;
        }
    }

    /// Drops all subtrees.
    pub fn clear(&mut self) {
        self.heap.clear();
    }

    /// Drops the subtrees whose bound is not above a cutoff, and returns the best bound of these; −∞ if there are none.
    pub fn prune(&mut self, cutoff: f64) -> f64 {
        let mut cut = f64::NEG_INFINITY;
        if self.lowest > cutoff {
            return cut;
        }
        self.lowest = f64::INFINITY;
        self.heap.retain(|queued| {
            let bound = queued.node.bound;
            let stays = bound > cutoff;
            if stays {
                self.lowest = self.lowest.min(bound);
            } else {
                cut = cut.max(bound);
            }
            stays
        });
        cut
    }
}

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Queued {}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> Ordering {
        self.node.bound.total_cmp(&other.node.bound).then(other.position.cmp(&self.position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_bound_comes_first_and_of_equal_ones_the_first() {
        let node = |bound: f64, name: usize| OpenNode { fixings: vec![Fixing::new(name, 0.0)], bound };
        let mut open = OpenNodes::new(node(1.0, 0));
        open.extend(vec![node(3.0, 1), node(2.0, 2), node(3.0, 3)]);
        assert_eq!((open.bound(), open.prune(0.5)), (3.0, f64::NEG_INFINITY));
        assert_eq!((open.prune(2.0), open.len()), (2.0, 2));
        open.extend(vec![node(1.5, 4), node(3.0, 5)]);
        assert_eq!(open.prune(2.0), 1.5);
        let names = std::iter::from_fn(|| open.pop()).map(|node| node.fixings[0].variable);
        assert_eq!(names.collect::<Vec<_>>(), [1, 3, 5]);
        assert!(open.is_empty() && open.bound() == f64::NEG_INFINITY);
    }
}
