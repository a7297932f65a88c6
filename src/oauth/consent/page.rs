//! What the consent page says.

use maud::{Markup, html};

use super::super::{ClientIdUrl, OAuth, RedirectUri, authorize::Request, login::Fields};
use crate::{
    identity::Scope,
    store::UserRow,
    web::{
        layout,
        parts::{self, Tone},
    },
};

const DENY: (&str, &str, Tone) = ("deny", "Cancel", Tone::Secondary);

/// The page that asks for `request`, of `user` if somebody is signed in. `hidden` is what comes back
/// with the form.
pub(super) fn page(
    oauth: &OAuth,
    request: &Request,
    user: Option<&UserRow>,
    fields: Fields,
    hidden: &[(&str, String)],
) -> Markup {
    let may_own = user.is_none_or(|user| user.owner.is_some());
    let allows = request.scopes().given_by(may_own);
    let allows = parts::list(allows.iter().filter_map(Scope::in_words));
    let document = ClientIdUrl::parse(&request.client_id).ok();
    let mut facts = vec![("It may then", allows)];
    facts.extend(document.map(|url| ("It describes itself at", html! { (url.host()) })));
    let body = html! {
        p {
            @if request.by_stranger { "An app that calls itself " } @else { "The app " }
            strong { (request.client_name) } " wants to use this server for you."
        }
        (destination(request))
        (parts::facts(&facts))
        form method="post" action="/consent" {
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            @match user {
                Some(user) => (as_user(oauth, user)),
                None => (to_sign_in(oauth, fields)),
            }
        }
        p.soft {
            "Continue only if you added this server to the app yourself, a moment ago. Otherwise \
             cancel."
        }
    };
    layout::page(&format!("Connect {}", request.client_name), &body)
}

/// The host that the code goes to: what a person has to look at, whatever the app calls itself.
fn destination(request: &Request) -> Markup {
    let uri = RedirectUri::parse(&request.redirect_uri).ok();
    let host = uri.as_ref().map(RedirectUri::host_shown).unwrap_or_default();
    let is_loopback = uri.as_ref().is_some_and(RedirectUri::is_loopback);
    let is_website = request.redirect_uri.starts_with("https:");
    let warning = match (is_loopback, is_website) {
        (true, _) => {
            "That is a program on your own computer. Any program there can call itself anything: \
             continue only if you started this yourself."
        }
        (false, false) => {
            "That opens an app on this device. The name is the app's own claim: continue only if \
             you started this in that app."
        }
        (false, true) => "The name is the app's own claim. Check that this is the app's address.",
    };
    html! {
        (parts::facts(&[("You will be sent back to", html! { p.host { (host) } })]))
        @if request.by_stranger || !is_website { (parts::warning(&html! { p { (warning) } })) }
    }
}

/// For somebody who is signed in.
fn as_user(oauth: &OAuth, user: &UserRow) -> Markup {
    let go_on = format!("Continue as {}", user.account_name);
    html! {
        (parts::signed_in_as(&user.account_name, oauth.provider_name(&user.provider)))
        (parts::choices("decision", &[
            ("session", go_on.as_str(), Tone::Primary),
            ("agree", "Use another account", Tone::Secondary),
            DENY,
        ]))
    }
}

/// For everybody else.
fn to_sign_in(oauth: &OAuth, fields: Fields) -> Markup {
    let Some(provider) = oauth.only_provider() else {
        return html! {
            p { "Next you choose how to sign in." }
            (parts::choices("decision", &[("agree", "Continue", Tone::Primary), DENY]))
        };
    };
    let name = &provider.provider().name;
    let go_on = format!("Continue with {name}");
    html! {
        (fields.of(&[provider]))
        p { "Next you sign in at " (name) ". This server doesn't see your password." }
        (parts::choices("decision", &[("agree", go_on.as_str(), Tone::Primary), DENY]))
    }
}
