//! JSON with something wrong in it: a field that is gone, null, of another type, or new.

use serde_json::{Map, Value, json};

/// The paths to everything inside `value`.
fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
    let inner: Vec<_> = match value {
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(entries) => {
            entries.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect()
        }
        _ => return,
    };
    for (name, inner) in inner {
        let path = format!("{at}/{name}");
        paths(inner, &path, all);
        all.push(path);
    }
}

fn wrong() -> [Value; 6] {
    [
        json!(null),
        json!(-1.5),
        json!("a word of the future"),
        json!(true),
        json!([1, null, {}]),
        json!({"new": {"er": []}}),
    ]
}

/// Takes the field at `path` away and puts a new one beside; false for what is no field.
fn drop_field(value: &mut Value, path: &str) -> bool {
    let (parent, name) = path.rsplit_once('/').expect("a path");
    let Some(fields) = value.pointer_mut(parent).and_then(Value::as_object_mut) else {
        return false;
    };
    fields.remove(name);
    fields.insert("new_field".into(), Value::Object(Map::new()));
    true
}

/// `value` with each of its parts wrong in every way, and the path of what is wrong.
///
/// # Panics
/// Never: every path comes from the value itself.
#[must_use]
pub fn each(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    paths(value, "", &mut all);
    let mut mutated = Vec::new();
    for path in all {
        for wrong in wrong() {
            let mut copy = value.clone();
            *copy.pointer_mut(&path).expect("a path in it") = wrong;
            mutated.push((path.clone(), copy));
        }
        let mut copy = value.clone();
        if drop_field(&mut copy, &path) {
            mutated.push((path, copy));
        }
    }
    mutated
}

/// `value` with one to five parts wrong, as `seed` will have it, and the paths of what is wrong.
///
/// # Panics
/// When nothing is in `value` that could be wrong.
#[must_use]
pub fn some(value: &Value, seed: u64) -> (Vec<String>, Value) {
    let mut dice = Dice(seed);
    let (mut all, mut copy, mut touched) = (Vec::new(), value.clone(), Vec::new());
    paths(value, "", &mut all);
    for _ in 0..=dice.below(5) {
        let path = all.get(dice.below(all.len())).expect("something in it");
        let wrong = wrong();
        match (dice.below(wrong.len() + 1), copy.pointer_mut(path)) {
            (0, Some(_)) => drop(drop_field(&mut copy, path)),
            (n, Some(place)) => *place = wrong.get(n - 1).expect("one of them").clone(),
            // It went with something around it.
            (_, None) => {}
        }
        touched.push(path.clone());
    }
    (touched, copy)
}

/// The same numbers for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % most as u64).expect("a small number")
    }
}
