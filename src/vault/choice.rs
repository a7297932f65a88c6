//! Which of an identity's accounts at a provider is meant.

use std::sync::Arc;

use stagepass_kit::LinkedAccount;

use super::Refusal;
use crate::store::ConnectionRow;

/// One account that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) account: Arc<LinkedAccount>,
    /// Whether it gives tokens, as far as is known.
    pub(super) lives: bool,
}

impl Known {
    /// The accounts of `rows`, in the same order; `lives` says which of them give tokens.
    pub(super) fn of(rows: &[ConnectionRow], lives: impl Fn(&ConnectionRow) -> bool) -> Vec<Self> {
        let known = |row: &ConnectionRow| {
            let account = LinkedAccount {
                id: row.account_id.clone(),
                name: row.account_name.clone(),
                label: row.label.clone(),
                one_of_several: rows.len() > 1,
            };
            Self { account: Arc::new(account), lives: lives(row) }
        };
        rows.iter().map(known).collect()
    }
}

/// The place of the account that `wanted` means; if that is left out, of the first that lives, or
/// the first of all.
///
/// A label comes before everything else, because it is the person's own word: whatever another
/// account is called, nobody who says the label gets that one.
pub(super) fn choose(known: &[Known], wanted: Option<&str>) -> Result<usize, Refusal> {
    if known.is_empty() {
        return Err(Refusal::NotConnected);
    }
    let Some(wanted) = wanted else {
        return Ok(known.iter().position(|known| known.lives).unwrap_or(0));
    };
    find(known, wanted).ok_or_else(|| Refusal::NoSuchAccount(handles(known)))
}

/// The one account that `wanted` means; none if there is no such account, or more than one.
fn find(known: &[Known], wanted: &str) -> Option<usize> {
    let is_labelled = |known: &Known| {
        known.account.label.as_deref().is_some_and(|label| same_word(label, wanted))
    };
    let labelled = known.iter().position(is_labelled);
    let mut called = known
        .iter()
        .enumerate()
        .filter(|(_, known)| known.account.id == wanted || same_word(&known.account.name, wanted));
    labelled.or_else(|| called.next().filter(|_| called.next().is_none()).map(|(place, _)| place))
}

/// For each account a word that means it and no other.
pub(super) fn handles(known: &[Known]) -> Vec<String> {
    let handle = |(place, known_as): (usize, &Known)| {
        let LinkedAccount { id, name, label, .. } = &*known_as.account;
        let mut words = label.iter().chain([name, id]);
        words.find(|word| find(known, word) == Some(place)).unwrap_or(id).clone()
    };
    known.iter().enumerate().map(handle).collect()
}

/// Whether a person who hears both hears the same.
pub(crate) fn same_word(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(accounts: &[(&str, &str, Option<&str>)]) -> Vec<Known> {
        let known = |(id, name, label): &(&str, &str, Option<&str>)| Known {
            account: Arc::new(LinkedAccount {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
                label: label.map(str::to_owned),
                one_of_several: accounts.len() > 1,
            }),
            lives: !id.starts_with("dead"),
        };
        accounts.iter().map(known).collect()
    }

    #[test]
    fn without_a_word_the_first_that_lives_is_meant() {
        let three = known(&[("dead", "A", None), ("b", "B", None), ("c", "C", None)]);
        assert_eq!(choose(&three, None).ok(), Some(1));
        assert_eq!(
            choose(&known(&[("dead1", "A", None), ("dead2", "B", None)]), None).ok(),
            Some(0)
        );
        assert!(matches!(choose(&[], None), Err(Refusal::NotConnected)));
        assert!(matches!(choose(&[], Some("work")), Err(Refusal::NotConnected)));
    }

    #[test]
    fn an_account_goes_by_its_label_its_name_and_its_id() {
        let both = known(&[("a1", "Alice Example", Some("Ärger")), ("b2", "Bob Example", None)]);
        for (word, place) in
            [("ärger", 0), ("a1", 0), ("alice example", 0), ("b2", 1), ("BOB EXAMPLE", 1)]
        {
            assert_eq!(choose(&both, Some(word)).ok(), Some(place), "{word}");
        }
        for word in ["A1", "Alice", "", "work"] {
            let Err(Refusal::NoSuchAccount(handles)) = choose(&both, Some(word)) else {
                panic!("{word} is nobody")
            };
            assert_eq!(handles, ["Ärger", "Bob Example"]);
        }
    }

    #[test]
    fn no_account_takes_the_label_of_another_by_what_it_is_called() {
        let posing = known(&[("work", "Work", None), ("a1", "Alice Example", Some("work"))]);
        assert_eq!(choose(&posing, Some("work")).ok(), Some(1));
        let by_id = known(&[("a1", "Alice", None), ("Alice", "Mallory", None)]);
        assert!(choose(&by_id, Some("Alice")).is_err(), "two go by that");
        let Err(Refusal::NoSuchAccount(handles)) = choose(&by_id, Some("Alice")) else { panic!() };
        assert_eq!(handles, ["a1", "Mallory"]);
    }

    #[test]
    fn accounts_of_one_name_are_told_apart_by_their_ids() {
        let twins =
            known(&[("a1", "Alice", None), ("a2", "alice", None), ("a3", "Alice", Some("x"))]);
        assert_eq!(handles(&twins), ["a1", "a2", "x"]);
        assert!(choose(&twins, Some("Alice")).is_err());
        assert_eq!(choose(&twins, Some("a2")).ok(), Some(1));
    }
}
