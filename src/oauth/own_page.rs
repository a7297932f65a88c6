//! Signing in for one's own page: the same way as for a client, but nobody asks and nothing is
//! given to anybody.

use axum::{
    body::Bytes,
    http::{HeaderMap, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Response},
};
use maud::{Markup, html};

use super::{
    OAuth,
    consent::{Rendering, nobody},
    login::{self, Fields},
    page::Stop,
    parameters::Parameters,
    purpose::Purpose,
};
use crate::{
    store::{AuthorizationRow, Stage},
    web::layout,
};

/// Where the page's form goes.
pub const SIGN_IN: &str = "/account/sign-in";

impl OAuth {
    /// The page for whoever isn't signed in. It writes nothing down.
    pub async fn sign_in_page(&self, headers: &HeaderMap) -> Response {
        let shown = async {
            if self.sign_in_providers().next().is_none() {
                return Err(nobody());
            }
            let (hidden, cookie) = self.render(headers, None, Purpose::Account)?;
            let fields = self.fields().await?;
            let cookie = AppendHeaders(cookie.map(|line| (SET_COOKIE, line)));
            Ok::<_, Stop>((cookie, page(self, &hidden, fields)))
        };
        shown.await.into_response()
    }

    /// One of its buttons: on to the provider.
    pub async fn begin_sign_in(&self, headers: &HeaderMap, body: &Bytes) -> Response {
        let begun = self.try_begin(headers, body).await;
        begun.unwrap_or_else(IntoResponse::into_response)
    }

    async fn try_begin(&self, headers: &HeaderMap, body: &Bytes) -> Result<Response, Stop> {
        let form = Parameters::read(body)?;
        let (rendering, row) = self.rendering(&form, headers)?;
        if !matches!(rendering.purpose, Purpose::Account) {
            return Err(Stop::again());
        }
        let provider = self.sign_in_providers().find(|own| form.get("provider") == Some(own.id()));
        let provider = provider.ok_or_else(Stop::again)?;
        let hidden = Rendering::hidden(&form);
        let once_more = |fields| page(self, &hidden, fields);
        let choice = self.choice(&form, once_more).await?;
        let row = AuthorizationRow { stage: Stage::Consented, ..row };
        self.press(&row).await?;
        login::go(self, row, provider, &choice).await
    }
}

fn page(oauth: &OAuth, hidden: &[(&str, String)], fields: Fields) -> Markup {
    let providers: Vec<_> = oauth.sign_in_providers().collect();
    let body = html! {
        p {
            "Here you see which accounts are connected and which apps may use them, and you can \
             end all of it. Sign in with the account that you use for this server."
        }
        form method="post" action=(SIGN_IN) {
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            (fields.of(&providers))
            (login::buttons(&providers))
        }
        p.soft { "You sign in there, so this server doesn't see your password." }
        p.soft {
            "Do you use this server through a bot in a chat? Then ask the bot for the link to your \
             own page."
        }
    };
    layout::page("Your own page", &body)
}
