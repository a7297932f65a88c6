//! The browser against a page that is set up per test.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};

use super::Browser;

type Log = Arc<Mutex<Vec<(String, HeaderMap)>>>;
type Answers = fn(&str) -> Vec<(&'static str, String)>;

/// A site: `answers` gives the headers per path; `:body` and `:status` are the rest.
async fn site(answers: Answers) -> (String, Log) {
    let log = Log::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state((answers, Arc::clone(&log)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, log)
}

async fn answer(State((answers, log)): State<(Answers, Log)>, request: Request) -> Response {
    let line = format!("{} {}", request.method(), request.uri());
    let path = request.uri().path().to_owned();
    log.lock().unwrap().push((line, request.headers().clone()));
    let mut response = Response::builder().header("content-type", "text/html");
    let mut body = String::new();
    for (name, value) in answers(&path) {
        match name {
            ":body" => body = value,
            ":status" => response = response.status(value.parse::<u16>().unwrap()),
            _ => response = response.header(name, value),
        }
    }
    response.body(body.into()).unwrap()
}

fn header(log: &Log, line: &str, name: &str) -> Option<String> {
    let log = log.lock().unwrap();
    let (_, headers) = log.iter().rev().find(|(seen, _)| seen == line).unwrap();
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

const FORM: &str = "<form method=post action=/do><input type=hidden name=csrf value=t0k>\
    <label><input type=checkbox name=keep checked> Keep</label><select name=who><option>bob\
    <option selected>alice</select><button name=say value=yes>Allow</button>\
    <button name=say value=no>Deny</button><button formaction=/away>Leave</button></form><a href='/next'>On</a>";

fn refresh(to: &str) -> (&'static str, String) {
    (":body", format!("<meta http-equiv=refresh content=\"0;url={to}\"><p>onward"))
}

fn pages(path: &str) -> Vec<(&'static str, String)> {
    let page = || (":body", FORM.to_owned());
    match path {
        "/form" => vec![page(), ("set-cookie", "sid=1; Path=/; HttpOnly; Secure".to_owned())],
        "/hidden" => vec![page(), ("referrer-policy", "no-referrer".to_owned())],
        "/bound" => vec![page(), ("content-security-policy", "form-action 'self'".to_owned())],
        "/do" => vec![
            (":status", "303".to_owned()),
            ("location", "http://127.0.0.1:9/away?code=1".to_owned()),
        ],
        "/again" => vec![(":status", "307".to_owned()), ("location", "/done".to_owned())],
        "/meta" => vec![refresh("/done")],
        "/away" => vec![refresh("http://127.0.0.1:9/away;a='1'")],
        "/ring" => vec![refresh("/gnir")],
        "/gnir" => vec![refresh("/ring")],
        "/cookies" => vec![
            ("set-cookie", "__Host-good=1; Path=/; Secure; HttpOnly; SameSite=Strict".to_owned()),
            ("set-cookie", "__Host-bad=1; Path=/".to_owned()),
            ("set-cookie", "deep=1; Path=/deep".to_owned()),
            ("set-cookie", "none=1; SameSite=None; Secure; Path=/".to_owned()),
            ("set-cookie", "gone=1; Max-Age=0".to_owned()),
        ],
        _ => vec![(":body", "<p>Signed <b>in</b>.</p><script>x</script>done".to_owned())],
    }
}

#[tokio::test]
async fn a_form_goes_out_as_filled_in() {
    let (url, log) = site(pages).await;
    let browser = Browser::new();
    let page = browser.get(&format!("{url}/form")).await;
    assert_eq!(header(&log, "GET /form", "sec-fetch-site").as_deref(), Some("none"));
    let end = browser.submit(&page, "Allow", &[("who", "bob")]).await;
    assert_eq!((end.status, end.url.as_str()), (0, "http://127.0.0.1:9/away?code=1"));
    assert_eq!(end.param("code").as_deref(), Some("1"));
    assert_eq!(header(&log, "POST /do", "origin"), Some(url));
    assert_eq!(header(&log, "POST /do", "sec-fetch-site").as_deref(), Some("same-origin"));
    assert_eq!(header(&log, "POST /do", "cookie").as_deref(), Some("sid=1"));
    let (form, allow) = page.form_with("yes");
    let pairs = form.filled(allow, &[("-keep", ""), ("csrf", "x")]);
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    assert_eq!(pairs, ["who=alice", "csrf=x", "say=yes"]);
}

#[tokio::test]
async fn no_referrer_makes_the_origin_null() {
    let (url, log) = site(pages).await;
    let browser = Browser::new();
    let page = browser.get(&format!("{url}/hidden")).await;
    browser.submit(&page, "Allow", &[]).await;
    assert_eq!(header(&log, "POST /do", "origin").as_deref(), Some("null"));
}

#[tokio::test]
#[should_panic(expected = "blocks the redirect to http://127.0.0.1:9/away?code=1")]
async fn form_action_binds_the_redirect_too() {
    let (url, _) = site(pages).await;
    let browser = Browser::new();
    let page = browser.get(&format!("{url}/bound")).await;
    browser.submit(&page, "Allow", &[]).await;
}

#[tokio::test]
#[should_panic(expected = "no field `nobody`")]
async fn a_field_must_exist() {
    let (url, _) = site(pages).await;
    let browser = Browser::new();
    let page = browser.get(&format!("{url}/form")).await;
    browser.submit(&page, "Allow", &[("nobody", "x")]).await;
}

#[tokio::test]
async fn cookies_follow_their_attributes() {
    let (url, log) = site(pages).await;
    let browser = Browser::new();
    browser.get(&format!("{url}/cookies")).await;
    browser.get(&format!("{url}/deep/er")).await;
    let sent = header(&log, "GET /deep/er", "cookie").unwrap();
    assert_eq!(sent, "deep=1; __Host-good=1; none=1");
    browser.post_from("https://evil.example/", &format!("{url}/deep/er"), &[]).await;
    assert_eq!(header(&log, "POST /deep/er", "cookie").as_deref(), Some("none=1"));
    assert_eq!(header(&log, "POST /deep/er", "sec-fetch-site").as_deref(), Some("cross-site"));
    browser.get_from("https://evil.example/", &format!("{url}/deep/er")).await;
    let lax = header(&log, "GET /deep/er", "cookie").unwrap();
    assert_eq!(lax, "deep=1; none=1", "a link takes lax cookies along, not strict ones");
    let (other, log) = site(pages).await;
    browser.get(&format!("{other}/x")).await;
    assert!(header(&log, "GET /x", "cookie").is_some(), "ports do not part cookies");
}

#[tokio::test]
async fn ways_on_are_followed() {
    let (url, log) = site(pages).await;
    let browser = Browser::new();
    let page = browser.get(&format!("{url}/meta")).await;
    assert_eq!(page.url, format!("{url}/done"));
    assert_eq!(page.text(), "Signed in. done");
    assert_eq!(page.hops, [format!("{url}/meta")]);
    browser.post_from(&url, &format!("{url}/again"), &[("a", "b")]).await;
    assert_eq!(header(&log, "POST /done", "origin").as_deref(), Some(url.as_str()));
    let stopped = browser.clone().stop_at(format!("{url}/done")).get(&format!("{url}/meta")).await;
    assert_eq!(stopped.status, 0);
    let page = browser.get(&format!("{url}/form")).await;
    let on = browser.click(&page, "On").await;
    assert_eq!(on.url, format!("{url}/next"));
    assert_eq!(header(&log, "GET /next", "origin"), None);
}

#[tokio::test]
async fn a_refresh_after_a_form_is_free_of_form_action() {
    let (url, log) = site(pages).await;
    let browser = Browser::new();
    let page = browser.get(&format!("{url}/bound")).await;
    let end = browser.submit(&page, "Leave", &[]).await;
    assert_eq!((end.status, end.url.as_str()), (0, "http://127.0.0.1:9/away;a='1'"));
    assert_eq!(header(&log, "POST /away", "sec-fetch-user").as_deref(), Some("?1"));
    let halted = browser.stop_at("http://127.0.0.1:9/").submit(&page, "Leave", &[]).await;
    assert_eq!(halted.hops, [format!("{url}/away")]);
}

#[tokio::test]
async fn a_refresh_is_a_navigation_from_its_page() {
    let (url, log) = site(pages).await;
    let browser = Browser::new();
    browser.get(&format!("{url}/cookies")).await;
    browser.get_from("https://evil.example/", &format!("{url}/meta")).await;
    assert_eq!(header(&log, "GET /meta", "sec-fetch-site").as_deref(), Some("cross-site"));
    assert_eq!(header(&log, "GET /meta", "cookie").as_deref(), Some("none=1"));
    assert_eq!(header(&log, "GET /done", "sec-fetch-site").as_deref(), Some("same-origin"));
    assert_eq!(header(&log, "GET /done", "sec-fetch-user"), None, "nobody pressed anything");
    assert_eq!(header(&log, "GET /done", "cookie").as_deref(), Some("__Host-good=1; none=1"));
}

#[tokio::test]
#[should_panic(expected = "too many redirects")]
async fn refreshes_that_go_in_circles_end() {
    let (url, _) = site(pages).await;
    Browser::new().get(&format!("{url}/ring")).await;
}
