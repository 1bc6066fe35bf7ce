//! Where materials are kept: rooms, cabinets, shelves as a tree, what fits in, what is in; and whether moves are witnessed.
//!
//! **Invariant:** a place stands in a place of the same institution that is of a larger kind, so the tree has no circle.

use super::chain::Party;
use crate::db::{Conn, DbError};
use crate::fail::Fault;
use crate::perform::Tx;
use crate::text::say;
use crate::values;
use crate::web::Form;
use crate::web::described::{Field, describing};
use crate::web::form::Reader;
use crate::words;

/// Most materials that anybody may say fit into a place.
const CAPACITY_MAX: i64 = 1_000_000;
/// Characters of a place's name, so that a path fits on a telephone.
const NAME_MAX: usize = 30;

words! {
    PlaceKind {
        Room, "room", "房间";
        Cabinet, "cabinet", "柜";
        Shelf, "shelf", "层架";
    }
}

impl PlaceKind {
    /// Whether it may stand in a place of that kind; in none at all if `within` is absent.
    fn fits(self, within: Option<PlaceKind>) -> bool {
        matches!(
            (self, within),
            (Self::Room, None) | (Self::Cabinet, Some(Self::Room)) | (Self::Shelf, Some(Self::Cabinet | Self::Room))
        )
    }
}

crate::text_columns!(PlaceKind);

/// A place with what is in it.
#[derive(Clone, Debug)]
pub struct Place {
    pub id: String,
    pub parent_id: Option<String>,
    pub kind: PlaceKind,
    pub name: String,
    pub capacity: Option<i64>,
    /// Materials in it and in the places within.
    pub held: i64,
    /// How deep it stands in the tree.
    pub depth: usize,
    /// From the room to itself.
    pub path: String,
}

impl Place {
    pub fn is_full(&self) -> bool {
        self.capacity.is_some_and(|capacity| self.held >= capacity)
    }

    pub fn party(&self) -> Party {
        Party::new(&self.id, &self.path)
    }
}

/// The places of an institution, each before what stands in it.
pub async fn list(conn: &mut Conn, institution_id: &str) -> Result<Vec<Place>, DbError> {
    let rows = conn
        .all(
            "select p.id, p.parent_id, p.kind, p.name, p.capacity,
                    (select count(*) from material m where m.holder_id = p.id and m.holder_kind = 'place') as held
             from custody_place p where p.institution_id = $1 order by p.name, p.id",
            values![institution_id],
        )
        .await?;
    let all = rows
        .iter()
        .map(|row| {
            let name: String = row.get("name")?;
            Ok(Place {
                id: row.get("id")?,
                parent_id: row.get("parent_id")?,
                kind: row.get("kind")?,
                path: name.clone(),
                name,
                capacity: row.get("capacity")?,
                held: row.get("held")?,
                depth: 0,
            })
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    Ok(tree(&all))
}

fn tree(all: &[Place]) -> Vec<Place> {
    let mut ordered = Vec::new();
    for room in all.iter().filter(|one| one.parent_id.is_none()) {
        branch(all, room, None, &mut ordered);
    }
    ordered
}

/// The place and all within it; the materials of them all.
fn branch(all: &[Place], place: &Place, above: Option<(&str, usize)>, ordered: &mut Vec<Place>) -> i64 {
    let mut one = place.clone();
    if let Some((path, depth)) = above {
        one.path = format!("{path} · {}", place.name);
        one.depth = depth + 1;
    }
    let (at, path, depth) = (ordered.len(), one.path.clone(), one.depth);
    ordered.push(one);
    let mut held = place.held;
    for within in all.iter().filter(|other| other.parent_id.as_deref() == Some(place.id.as_str())) {
        held += branch(all, within, Some((&path, depth)), ordered);
    }
    ordered[at].held = held;
    held
}

/// The first full place on the way up from `id`, itself counted.
pub fn full_on_the_way<'p>(places: &'p [Place], id: &str) -> Option<&'p Place> {
    let mut at = places.iter().find(|place| place.id == id);
    while let Some(place) = at {
        if place.is_full() {
            return Some(place);
        }
        at = place.parent_id.as_ref().and_then(|parent| places.iter().find(|other| other.id == *parent));
    }
    None
}

/// What a form asks for: a new place, another name or capacity of one, witnesses from now on or no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Add { kind: PlaceKind, name: String, parent_id: Option<String>, capacity: Option<i64> },
    Set { id: String, name: String, capacity: Option<i64> },
    Witness(bool),
}

/// Reads the form and holds it against the places that are there.
pub fn change(form: &Form, places: &[Place]) -> Result<Change, Vec<Fault>> {
    let mut reader = Reader::new(form);
    if form.text("do") == "witness" {
        return Ok(Change::Witness(form.is_checked("witness")));
    }
    let name = reader.required("name", NAME_MAX);
    let capacity = match form.text("capacity") {
        "" => None,
        _ => Some(reader.number("capacity", 1, CAPACITY_MAX)),
    };
    let twin = |parent: Option<&str>, but: &str| {
        places.iter().any(|one| one.parent_id.as_deref() == parent && one.name == name && one.id != but)
    };
    if form.text("do") == "set" {
        let Some(place) = places.iter().find(|one| one.id == form.text("id")) else {
            reader.fault("name", say("没有这个存放位置，请刷新页面。"));
            return Err(reader.faults);
        };
        if twin(place.parent_id.as_deref(), &place.id) {
            reader.fault("name", say("同一处已有叫这个名称的存放位置，请换一个名称。"));
        }
        if capacity.is_some_and(|capacity| capacity < place.held) {
            reader.fault("capacity", say("现在已存放%{n}件，容量不能更小。").with("n", place.held));
        }
        return reader.finish(Change::Set { id: place.id.clone(), name, capacity });
    }
    let kinds = PlaceKind::ALL.iter().map(|kind| (kind.word(), *kind)).collect::<Vec<_>>();
    let kind = reader.choice("kind", &kinds);
    let within = places.iter().find(|one| one.id == form.text("parent_id"));
    if let Some(kind) = kind.filter(|kind| !kind.fits(within.map(|one| one.kind))) {
        reader.fault(
            "parent_id",
            match kind {
                PlaceKind::Room => say("房间不在其他位置之内，请选择“无”。"),
                PlaceKind::Cabinet => say("柜在房间之内，请选择一个房间。"),
                PlaceKind::Shelf => say("层架在柜或者房间之内，请选择其一。"),
            },
        );
    }
    let parent_id = within.map(|one| one.id.clone());
    if twin(parent_id.as_deref(), "") {
        reader.fault("name", say("同一处已有叫这个名称的存放位置，请换一个名称。"));
    }
    let kind = kind.unwrap_or(PlaceKind::Room);
    reader.finish(Change::Add { kind, name, parent_id, capacity })
}

/// What the form of a change asks for; `do` says which change it is.
pub fn described() -> Vec<Field> {
    let (_, fields) = describing(|| {
        for deed in ["add", "set", "witness"] {
            let _ = change(&Form::of([("do", deed)]), &[]);
        }
    });
    fields
}

/// Writes the change.
pub async fn save(tx: &mut Tx, institution_id: &str, change: &Change) -> Result<(), DbError> {
    match change {
        Change::Add { kind, name, parent_id, capacity } => {
            let id = tx.new_id();
            tx.conn
                .run(
                    "insert into custody_place (id, institution_id, parent_id, kind, name, capacity) values ($1, $2, $3, $4, $5, $6)",
                    values![id, institution_id, parent_id.clone(), kind.word(), name, *capacity],
                )
                .await?;
        }
        Change::Set { id, name, capacity } => {
            tx.conn
                .run(
                    "update custody_place set name = $3, capacity = $4 where id = $1 and institution_id = $2",
                    values![id, institution_id, name, *capacity],
                )
                .await?;
        }
        Change::Witness(on) => {
            tx.conn
                .run(
                    "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
                    values![setting(institution_id), if *on { "yes" } else { "no" }],
                )
                .await?;
        }
    }
    Ok(())
}

fn setting(institution_id: &str) -> String {
    format!("custody_witness:{institution_id}")
}

/// Whether the institution wants a witness when a material is put away or taken out.
pub async fn needs_witness(conn: &mut Conn, institution_id: &str) -> Result<bool, DbError> {
    let row = conn.first("select value from setting where name = $1", values![setting(institution_id)]).await?;
    Ok(row.map(|row| row.get::<String>("value")).transpose()?.as_deref() == Some("yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: &str, parent: Option<&str>, kind: PlaceKind, capacity: Option<i64>, held: i64) -> Place {
        let parent_id = parent.map(Into::into);
        Place { id: id.into(), parent_id, kind, name: id.into(), capacity, held, depth: 0, path: id.into() }
    }

    #[test]
    fn a_tree_counts_what_is_within_and_is_full_on_the_way_up() {
        let all = tree(&[
            place("shelf", Some("cabinet"), PlaceKind::Shelf, None, 2),
            place("cabinet", Some("room"), PlaceKind::Cabinet, Some(3), 1),
            place("room", None, PlaceKind::Room, None, 0),
            place("other", Some("room"), PlaceKind::Shelf, Some(1), 0),
        ]);
        let seen: Vec<(&str, usize, i64)> = all.iter().map(|one| (one.path.as_str(), one.depth, one.held)).collect();
        assert_eq!(
            seen,
            [("room", 0, 3), ("room · cabinet", 1, 3), ("room · cabinet · shelf", 2, 2), ("room · other", 1, 0)]
        );
        assert_eq!(full_on_the_way(&all, "shelf").map(|one| one.id.as_str()), Some("cabinet"));
        assert!(full_on_the_way(&all, "other").is_none());
    }

    #[test]
    fn a_form_that_makes_no_tree_is_refused() {
        let there = tree(&[
            place("room", None, PlaceKind::Room, None, 4),
            place("cabinet", Some("room"), PlaceKind::Cabinet, None, 0),
        ]);
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
        let rows: &[Row] = &[
            (&[("kind", "cabinet"), ("name", "新柜"), ("parent_id", "room")], &[], "a cabinet in a room"),
            (&[("kind", "room"), ("name", "二室")], &[], "a room"),
            (&[("kind", "room"), ("name", "二室"), ("parent_id", "room")], &["parent_id"], "a room in a room"),
            (&[("kind", "shelf"), ("name", "一层")], &["parent_id"], "a shelf in the air"),
            (&[("kind", "cabinet"), ("name", "柜"), ("parent_id", "cabinet")], &["parent_id"], "in its own kind"),
            (&[("kind", "room"), ("name", "room")], &["name"], "a second of the same name"),
            (&[("kind", "room"), ("name", ""), ("capacity", "-1")], &["name", "capacity"], "nothing right"),
            (&[("do", "set"), ("id", "room"), ("name", "room"), ("capacity", "3")], &["capacity"], "four are in it"),
            (&[("do", "set"), ("id", "room"), ("name", "room"), ("capacity", "4")], &[], "just enough"),
            (&[("do", "set"), ("id", "none"), ("name", "x")], &["name"], "no such place"),
        ];
        for (fields, faulty, why) in rows {
            let found = change(&Form::of(fields.iter().copied()), &there).err().unwrap_or_default();
            assert_eq!(found.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), *faulty, "{why}");
        }
    }
}
