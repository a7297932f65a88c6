//! The pieces that pages are put together from.

use maud::{Markup, html};
use url::Url;

/// How much a button stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// What most people came for.
    Primary,
    /// The way around it.
    Secondary,
    /// What takes something away.
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Danger => "danger",
        }
    }
}

/// What a page asks or tells: names, and what each stands for.
#[must_use]
pub fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl { @for (name, value) in rows { dt { (name) } dd { (value) } } } }
}

/// Sentences, one below the other.
#[must_use]
pub fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> Markup {
    html! { ul { @for item in items { li { (item) } } } }
}

/// Where `url` leads, large: what a person looks at before agreeing to go there.
#[must_use]
pub fn host(url: &Url) -> Markup {
    html! { p.host { (place(url)) } }
}

/// The host and port of `url`, in ASCII; with the scheme where an app answers to it. Neither path
/// nor user name, which could pretend to be the host.
#[must_use]
pub fn place(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(host)) => format!("{host}{port}"),
        (scheme, Some(host)) => format!("{scheme}://{host}{port}"),
        (scheme, None) => format!("{scheme}:"),
    }
}

/// Something to think of before going on.
#[must_use]
pub fn warning(text: &Markup) -> Markup {
    html! { div.warning role="note" { (text) } }
}

/// What is there to be copied: one click or tap selects all of it.
#[must_use]
pub fn copy(text: &str) -> Markup {
    html! { code.copy { (text) } }
}

/// The buttons of a form, `(value, label, tone)`: each sends `name` with its own value, and the
/// Enter key presses the first. Two stand side by side, more one below the other.
#[must_use]
pub fn choices(name: &str, rows: &[(&str, &str, Tone)]) -> Markup {
    html! {
        div.choices.stacked[rows.len() > 2] {
            @for (value, label, tone) in rows {
                button.(tone.class()) type="submit" name=(name) value=(value) { (label) }
            }
        }
    }
}

/// A box to tick, which sends `name=yes`, and what follows from it.
#[must_use]
pub fn checkbox(name: &str, label: &str, follows: &Markup, checked: bool) -> Markup {
    let about = format!("{name}-about");
    html! {
        div.check {
            input type="checkbox" id=(name) name=(name) value="yes" checked[checked]
                aria-describedby=(about);
            label for=(name) { (label) }
            div.soft id=(about) { (follows) }
        }
    }
}

/// A field for a code that somebody may have been given, a sentence about it, and what was wrong
/// with the one that was entered before.
#[must_use]
pub fn code_field(name: &str, label: &str, explanation: &str, error: Option<&str>) -> Markup {
    let about = format!("{name}-about");
    html! {
        div.field {
            label for=(name) { (label) }
            input type="text" id=(name) name=(name) maxlength="100" autocomplete="off"
                autocapitalize="none" spellcheck="false" aria-describedby=(about)
                aria-invalid=[error.map(|_| "true")] autofocus[error.is_some()];
            div id=(about) {
                @if let Some(error) = error { p.error role="alert" { (error) } }
                p.soft { (explanation) }
            }
        }
    }
}

/// Who this browser is signed in as.
#[must_use]
pub fn signed_in_as(account: &str, provider: &str) -> Markup {
    html! { p.who { "Signed in as " strong { (account) } " with " (provider) } }
}
