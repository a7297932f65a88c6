//! The providers that are known, each as its own documents describe it.

mod at_home;
mod at_work;

use super::description::Description;
use crate::Person;

/// The one that is described under `name`.
pub(super) fn known(name: &str) -> Option<&'static Description> {
    at_home::AT_HOME.iter().chain(&at_work::AT_WORK).find(|known| known.name == name)
}

/// An id where ids are numbers.
fn number(person: &Person) -> u64 {
    person.subject.parse().expect("digits")
}

/// The account where people are shown by a name that they can change.
fn by_handle(person: &Person) -> (String, String) {
    (person.subject.clone(), person.id.clone())
}
