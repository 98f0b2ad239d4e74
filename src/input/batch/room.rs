//! The section `[room]`.

use crate::diagnostic::Diagnostics;
use crate::domain::Room;
use crate::input::schema::ROOM;

use super::document::Section;

/// Longest time limit, in seconds: about thirty years.
const LONGEST: f64 = 1e9;

/// Reads the section. `None` if there is none, or something is wrong with it, which has been reported.
pub(super) fn read(root: &Section<'_>, found: &mut Diagnostics) -> Option<Room> {
    let section = root.get("room")?.table("a section that begins with [room]", found)?;
    section.check_against(&ROOM, found);
    let Some(entry) = section.get("within") else {
        let help = "write the part of the best objective that may be lost, such as within = 0.02";
        found.extend(section.missing("within", help.to_owned()));
        return None;
    };
    let expected = "a part of the best objective above 0 and at most 1, such as 0.02";
    let within = entry.number(expected, |within| Room::new(within).is_some(), found);
    let seconds = section.get("time_limit").and_then(|entry| {
        let expected = "seconds for the room of a scenario, above 0";
        entry.number(expected, |seconds| seconds > 0.0 && seconds <= LONGEST, found)
    });
    let room = Room::new(within?)?;
    Some(seconds.map_or(room, |seconds| room.for_seconds(seconds)))
}
