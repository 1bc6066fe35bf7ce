//! Who is asking, in which language, for which page: put beside the request by [`arrive`], completed by the accounts.

use crate::actor::{Actor, Role};
use crate::app::App;
use crate::fail::Fail;
use crate::text::{Lang, Say, say};
use crate::web::Ui;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use jiff::civil::Date;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The cookie that keeps a visitor's choice of language.
pub const LANGUAGE_COOKIE: &str = "language";
/// The cookie that carries "done" over the redirect after an act.
pub const NOTICE_COOKIE: &str = "notice";

#[derive(Clone, Debug)]
pub struct RequestId(pub String);

#[derive(Clone, Debug)]
pub struct Visitor {
    pub actor: Option<Actor>,
    pub lang: Lang,
    /// Path and query of this request.
    pub path: String,
    pub request_id: String,
    /// The sign-in, or the token of a program, that the request comes from: kept with a signature.
    pub session: Option<String>,
    pub ip: IpAddr,
    pub today: Date,
    pub demo: bool,
    /// What the last act said it had done.
    pub notice: Option<String>,
    /// Asked by htmx for a part of a page.
    pub is_fragment: bool,
    /// Numbers beside links of the navigation: address and number.
    pub badges: Vec<(&'static str, i64)>,
}

impl Visitor {
    pub fn ui(&self) -> Ui {
        Ui::new(self)
    }
}

pub(super) async fn arrive(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let jar = CookieJar::from_headers(request.headers());
    let chosen = jar.get(LANGUAGE_COOKIE).and_then(|cookie| cookie.value().parse().ok());
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map(preferred);
    let request_id =
        request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let ip = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(address)| address.ip());
    let ip = seen_by_proxy(&app, ip, &request).unwrap_or(ip);
    let visitor = Visitor {
        actor: None,
        lang: chosen.or(asked).unwrap_or_default(),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        request_id,
        session: None,
        ip,
        today: app.clock.today(),
        demo: app.config.demo,
        notice: jar.get(NOTICE_COOKIE).map(|cookie| cookie.value().to_owned()),
        is_fragment: request.headers().contains_key("hx-request"),
        badges: Vec::new(),
    };
    let told = visitor.notice.is_some() && request.method() == axum::http::Method::GET;
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if told && is_page {
        super::page::forget_notice(&mut response);
    }
    response
}

/// The address that a trusted proxy says it serves: the last in the list, which is the one the proxy itself wrote.
fn seen_by_proxy(app: &App, peer: IpAddr, request: &Request) -> Option<IpAddr> {
    if !app.config.trusted_proxies.contains(&peer) {
        return None;
    }
    let header = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    header.rsplit(',').next()?.trim().parse().ok()
}

/// The first of the browser's languages that we speak; Chinese where it names none.
fn preferred(header: &str) -> Lang {
    for range in header.split(',') {
        let tag = range.split(';').next().unwrap_or_default().trim();
        if tag.starts_with("zh") {
            return Lang::Zh;
        }
        if tag.starts_with("en") {
            return Lang::En;
        }
    }
    Lang::Zh
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fail> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Fail::Internal(anyhow::anyhow!("a route without web::dress")))
    }
}

/// A visitor who is signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    pub actor: Actor,
    pub visitor: Visitor,
}

impl Signed {
    pub fn ui(&self) -> Ui {
        self.visitor.ui()
    }

    /// Lets pass who has any of `roles`.
    ///
    /// # Errors
    /// [`Fail::Forbidden`] naming the first of them.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Fail> {
        if roles.iter().any(|role| self.actor.is(*role)) {
            return Ok(());
        }
        let who: Say = say("此页面供%{who}使用。如需权限，请联系安全管理员。")
            .word("who", roles.first().map_or("", |role| role.label()));
        Err(Fail::Forbidden(who))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let actor = visitor.actor.clone().ok_or(Fail::SignIn)?;
        Ok(Self { actor, visitor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_first_known_language_is_taken() {
        assert_eq!(preferred("fr-FR,en;q=0.8,zh;q=0.5"), Lang::En);
        assert_eq!(preferred("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(preferred("fr"), Lang::Zh);
    }
}
