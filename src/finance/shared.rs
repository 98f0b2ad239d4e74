//! Costs that several lines share, and how they share them.

use crate::domain::{ByLine, ByPeriod, Choice, LineIx, Measure, PeriodIx, ProjectIx, Selection, Transfer};
use crate::units::Money;

use super::Valuation;
use super::plan::{add, delayed, escalation};

/// A cost that several lines share.
#[derive(Clone, Debug)]
pub struct SharedCost {
    /// The project.
    pub project: ProjectIx,
    /// The cost, by its place among those of the project.
    pub cost: usize,
    /// The lines that may pay, as written.
    pub payers: Vec<LineIx>,
    /// The amount in each period of the horizon.
    pub amounts: ByPeriod<Money>,
}

impl Valuation<'_> {
    /// A cost of a whole project, by its place among those of the project, at one of its starts. Its factor is that
    /// of the first line.
    pub fn shared_cost(&self, project: ProjectIx, cost: usize, start: PeriodIx) -> SharedCost {
        let row = &self.portfolio().projects()[project];
        let delay = start - row.start;
        let own = &row.costs[cost];
        let future = self.future_of(project);
        let mut amounts = ByPeriod::filled(Money::ZERO, own.profile.len());
        for (late, part) in future.parts() {
            let growth = escalation(self.scenario().escalation, delay + late);
            let factor = self.scenario().scales.costs[own.line] * growth * (future.cost * part);
            let own: Vec<Money> = own.profile.iter().map(|&amount| amount * factor).collect();
            add(&mut amounts, &delayed(&own, delay + late), 1.0);
        }
        SharedCost { project, cost, payers: own.payers().collect(), amounts }
    }

    /// All costs of a selection that several lines share, in the order of projects and costs.
    pub fn shared_costs(&self, selection: &Selection) -> Vec<SharedCost> {
        if !self.has_shared_costs() {
            return Vec::new();
        }
        let of_choice = |choice: &Choice| {
            let costs = &self.portfolio().projects()[choice.project].costs;
            let (project, start, share) = (choice.project, choice.start, choice.share.value());
            let mixed = (0..costs.len()).filter(|&cost| costs[cost].is_mixed());
            let funded = mixed.map(move |cost| {
                let mut shared = self.shared_cost(project, cost, start);
                shared.amounts.iter_mut().for_each(|amount| *amount *= share);
                shared
            });
            funded.collect::<Vec<_>>()
        };
        selection.choices().iter().flat_map(of_choice).collect()
    }

    /// Moves what other lines pay of shared costs from their first lines.
    pub(super) fn add_transfers(&self, selection: &Selection, totals: &mut ByLine<ByPeriod<Money>>) {
        for transfer in selection.transfers() {
            add(&mut totals[self.first_payer(transfer)], &transfer.amounts, -1.0);
            add(&mut totals[transfer.line], &transfer.amounts, 1.0);
        }
    }

    /// The line that would pay if the other one did not.
    pub fn first_payer(&self, transfer: &Transfer) -> LineIx {
        self.portfolio().projects()[transfer.project].costs[transfer.cost].line
    }

    /// Contribution of transfers to a measure in some periods.
    pub(super) fn transfers_add(
        &self,
        selection: &Selection,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
        counts: impl Fn(ProjectIx) -> bool,
    ) -> f64 {
        let Measure::Line(line) = measure else { return 0.0 };
        let of = |transfer: &Transfer| {
            let sign = f64::from(transfer.line == line) - f64::from(self.first_payer(transfer) == line);
            let counted = transfer.amounts.iter_enumerated();
            let counted = counted.filter(|(period, _)| periods.is_none_or(|all| all.contains(period)));
            sign * counted.map(|(_, amount)| amount.value()).sum::<f64>()
        };
        selection.transfers().iter().filter(|transfer| counts(transfer.project)).map(of).sum()
    }

    /// The selection with its shared costs paid by the first of their lines, as written, as far as these have room, and
    /// then by the next: in the order of projects, period by period. A line gives way where it can leave costs of other
    /// projects to other lines (augmenting paths, Ford and Fulkerson 1956). What nobody has room for, the first line
    /// pays. Money carried over counts as it comes; room for overruns does not.
    #[must_use]
    pub fn with_room_filled(&self, selection: Selection) -> Selection {
        let mut filled = selection.with_transfers(Vec::new());
        let shared = self.shared_costs(&filled);
        if shared.is_empty() {
            return filled;
        }
        let none = ByPeriod::filled(Money::ZERO, self.portfolio().horizon().len());
        let mut transfers: Vec<Transfer> = (shared.iter())
            .flat_map(|one| {
                let (project, cost) = (one.project, one.cost);
                let none = &none;
                let to = move |&line: &LineIx| Transfer { project, cost, line, amounts: none.clone() };
                one.payers[1..].iter().map(to)
            })
            .collect();
        for period in self.portfolio().horizon().periods().positions() {
            let paid = self.split(&filled, &shared, period);
            let others = paid.iter().flat_map(|paid| &paid[1..]);
            transfers.iter_mut().zip(others).for_each(|(transfer, &paid)| {
                transfer.amounts[period] = Money::new(paid);
            });
            filled = filled.with_transfers(transfers.clone());
        }
        transfers.retain(|transfer| transfer.amounts.iter().any(|&amount| amount != Money::ZERO));
        filled.with_transfers(transfers)
    }

    /// What each payer of each shared cost pays in a period, given the periods before it.
    fn split(&self, selection: &Selection, shared: &[SharedCost], period: PeriodIx) -> Vec<Vec<f64>> {
        let mut spends = self.spends(selection);
        // What a line is paid back it keeps, and has room for from the start.
        let owed = |one: &SharedCost| Money::new(one.amounts[period].value().max(0.0));
        for one in shared {
            let own = &mut spends[one.payers[0]][period];
            *own = *own - owed(one);
        }
        let pays = |line: LineIx| shared.iter().any(|one| one.payers.contains(&line));
        let room = (self.portfolio().lines().positions()).map(|line| {
            if !pays(line) {
                return 0.0;
            }
            let account = self.line_account(line, &spends);
            account.map_or(f64::INFINITY, |account| {
                (account.available[period] - account.spend[period]).value().max(0.0)
            })
        });
        let mut split = Split {
            payers: shared.iter().map(|one| one.payers.as_slice()).collect(),
            paid: shared.iter().map(|one| vec![0.0; one.payers.len()]).collect(),
            room: room.collect(),
        };
        for (cost, one) in shared.iter().enumerate() {
            split.pay(cost, owed(one).value());
        }
        split.paid
    }
}

/// Payments of one period: a flow from lines to costs.
struct Split<'p> {
    /// Per cost: the lines that may pay.
    payers: Vec<&'p [LineIx]>,
    /// Per cost and payer: what it pays.
    paid: Vec<Vec<f64>>,
    /// Per line: what is left.
    room: ByLine<f64>,
}

impl Split<'_> {
    fn pay(&mut self, cost: usize, amount: f64) {
        let mut left = amount;
        for place in 0..self.payers[cost].len() {
            if left <= 0.0 {
                break;
            }
            let line = self.payers[cost][place];
            let paid = left.min(self.room[line]);
            self.paid[cost][place] += paid;
            self.room[line] -= paid;
            left -= paid;
        }
        for place in 0..self.payers[cost].len() {
            let mut is_seen = vec![false; self.room.len()];
            let line = self.payers[cost][place];
            while left > 0.0 {
                let freed = self.free(line, left, &mut is_seen);
                if freed <= 0.0 {
                    break;
                }
                self.paid[cost][place] += freed;
                self.room[line] -= freed;
                left -= freed;
                is_seen.fill(false);
            }
        }
        // Nobody has room: the first line is over its budget, and the recheck says so.
        self.paid[cost][0] += left;
        self.room[self.payers[cost][0]] = (self.room[self.payers[cost][0]] - left).max(0.0);
    }

    /// Makes room on a line for up to an amount by leaving costs to their other lines; returns the room made.
    fn free(&mut self, line: LineIx, amount: f64, is_seen: &mut [bool]) -> f64 {
        is_seen[line.index()] = true;
        for cost in 0..self.payers.len() {
            let Some(own) = self.payers[cost].iter().position(|&payer| payer == line) else { continue };
            let movable = self.paid[cost][own].min(amount);
            if movable <= 0.0 {
                continue;
            }
            for (place, &other) in self.payers[cost].iter().enumerate() {
                if is_seen[other.index()] {
                    continue;
                }
                let room = match self.room[other] {
                    room if room > 0.0 => room.min(movable),
                    _ => self.free(other, movable, is_seen),
                };
                if room > 0.0 {
                    self.paid[cost][own] -= room;
                    self.paid[cost][place] += room;
                    self.room[other] -= room;
                    self.room[line] += room;
                    return room;
                }
            }
        }
        0.0
    }
}
