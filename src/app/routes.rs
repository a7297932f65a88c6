//! Every route there is.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::State,
    http::HeaderMap,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::Markup;
use stagepass_kit::{Connections, Identity, Toolset};

use super::App;
use crate::{
    config::allowed_hosts,
    connect::{Connect, PageError},
    identity::{self, Principal},
    mcp::{self, Host, House, Offers, SessionIds, transport::Origins},
    oauth::{self, Guarded, OAuth},
    providers::AuthorizationAnswer,
    web::{
        self,
        address::ClientAddress,
        body::{self, BodyLimits},
        cors::cors,
        limit::{Limiter, Refusal, limited},
        sent::{Named, Sent},
    },
};

impl App {
    /// Every route there is.
    pub fn router(&self) -> Router {
        // For MCP clients: all tools in one place, and each toolset in one of its own.
        let mut toolsets: Vec<&str> = self.toolsets.iter().map(Toolset::name).collect();
        toolsets.extend(self.remotes.names());
        let names = std::iter::once(None).chain(toolsets.iter().copied().map(Some));
        let mcp = names.fold(Router::new(), |router, name| router.merge(self.mcp(name)));
        // For people's browsers, and for clients on their way to a token.
        let mut mcp_url = self.config.public_url.clone();
        mcp_url.set_path("mcp");
        let landing = web::landing::page(&mcp_url, &toolsets, self.oauth.is_some());
        self.behind_the_door(mcp.merge(self.pages(landing)))
    }

    /// What every request goes through, whatever it is for.
    pub(super) fn behind_the_door(&self, routes: Router) -> Router {
        let proxies = self.config.trusted_proxies.clone();
        routes.layer(middleware::from_fn_with_state(proxies, web::address::note))
    }

    /// The MCP endpoint of all toolsets, or of one.
    fn mcp(&self, toolset: Option<&str>) -> Router {
        let path = toolset.map_or_else(|| "/mcp".to_owned(), |name| format!("/mcp/{name}"));
        let (url, limits) = (&self.config.public_url, self.body_limits());
        let (host, stop) = (self.host(toolset, None), self.shutdown.clone());
        let sessions = Extension(SessionIds::new(self.vault.clone()));
        let routes = |origins| {
            mcp::transport::routes(&path, host, url, origins, limits, stop).layer(sessions)
        };
        if let Some(oauth) = &self.oauth {
            let guarded = Guarded::new(oauth, toolset);
            routes(Origins::Any)
                .layer(middleware::from_fn_with_state(guarded, oauth::bearer))
                .layer(middleware::from_fn(cors))
        } else {
            let owner = Principal::owner();
            routes(Origins::Own).layer(middleware::from_fn_with_state(owner, identity::everyone_is))
        }
    }

    /// The routes for people's browsers: the landing page, linking, signing in, people's own
    /// pages, health.
    pub(super) fn pages(&self, landing: Markup) -> Router {
        let hosts = allowed_hosts(&self.config.public_url);
        let callbacks = Callbacks { connect: self.connect.clone(), oauth: self.oauth.clone() };
        let callback = Router::new().route("/callback/{provider}", get(arrive));
        let connect = self.connect.routes().merge(callback.with_state(callbacks));
        let connect = connect.merge(self.account.routes());
        let connect = self.limited(connect, &self.limiters.connect, Refusal::Page);
        web::routes(landing)
            .merge(connect)
            .merge(self.sign_in())
            .fallback(web::missing::not_found)
            .method_not_allowed_fallback(web::missing::wrong_method)
            .layer(middleware::from_fn_with_state(hosts, web::guard::guard))
            // Whoever asks for this one asks by whatever name it has for the machine.
            .route("/healthz", get(|| async { "ok" }))
    }

    /// The authorization server, unless sign-in is off: then there is nothing at its paths.
    fn sign_in(&self) -> Router {
        let Some(oauth) = &self.oauth else { return Router::new() };
        let limits = &self.limiters;
        let pages = self.limited(oauth.pages(), &limits.authorize, Refusal::Page);
        let register = self.limited(oauth.registration(), &limits.register, Refusal::Json);
        let tokens = self.limited(oauth.token_endpoints(), &limits.token, Refusal::Json);
        // Said here, so that CORS goes around it: a preflight has a method that no route takes.
        let programs = oauth.documents().merge(register).merge(tokens);
        let programs = programs.method_not_allowed_fallback(web::missing::wrong_method);
        pages.merge(programs.layer(middleware::from_fn(cors)))
    }

    /// What a stranger may send to `routes`: so often, and so much.
    fn limited(&self, routes: Router, limiter: &Limiter, refusal: Refusal) -> Router {
        let forms = self.body_limits().for_forms();
        routes
            .layer(middleware::from_fn_with_state((forms, refusal), body::whole))
            .layer(middleware::from_fn_with_state((limiter.clone(), refusal), limited))
    }

    fn body_limits(&self) -> BodyLimits {
        BodyLimits { bytes: self.config.limits.body_bytes, within: self.door.body }
    }

    /// The host of all toolsets, or of one, and of `Auth` wherever there is something to connect.
    pub(super) fn host(&self, toolset: Option<&str>, nobody: Option<Identity>) -> Host {
        let connections: Arc<dyn Connections> = Arc::new(self.vault.clone());
        let connects = !self.vault.providers().is_empty();
        let auth = connects.then(|| mcp::auth::toolset(self.connect.clone()));
        let named = |set: &&Toolset| toolset.is_none_or(|name| set.name() == name);
        let toolsets: Vec<_> = auth.iter().chain(self.toolsets.iter().filter(named)).collect();
        let (connect, vault, clock) =
            (self.connect.clone(), self.vault.clone(), self.clock.clone());
        let house = House {
            connections,
            offers: Offers::new(connect, vault, clock.clone()),
            audit: self.audit.clone(),
            tasks: self.tasks.clone(),
            clock,
            remotes: self.remotes.only(toolset),
        };
        Host::new(&toolsets, house, self.oauth.is_some(), nobody)
    }
}

/// Those whom a provider may send people back to.
#[derive(Clone)]
struct Callbacks {
    connect: Connect,
    oauth: Option<OAuth>,
}

/// `/callback/<provider>`: the `state` tells a sign-in from a link.
async fn arrive(
    State(callbacks): State<Callbacks>,
    Named(provider): Named,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(answer): Sent<AuthorizationAnswer>,
) -> Response {
    match callbacks.oauth.filter(|_| answer.state.as_deref().is_some_and(OAuth::is_sign_in)) {
        Some(oauth) => {
            // What the provider gives mustn't be lost with the browser.
            let arriving = async move { oauth.arrive(&provider, answer, &headers, address).await };
            let arrived = callbacks.connect.to_its_end(arriving).await;
            arrived.unwrap_or_else(|error| PageError::from(error).into_response())
        }
        None => {
            callbacks.connect.arrive(&provider, answer, &headers, address).await.into_response()
        }
    }
}
