//! Resources: what a person looks at, or gives to a model to read. Each sees their own.

use serde_json::{Value, json};

use crate::{
    calls::recorded,
    harness::{Answer, Bot, Connector, ServerKey, Setup, TestApp, claims_of, encoded, shelf},
};

async fn open_shelf() -> TestApp {
    let variables = vec![("ACCESS__ALLOW", "open".to_owned())];
    TestApp::start_with(Setup { variables, toolset: Some(shelf), ..Setup::default() }).await
}

fn reading(uri: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": uri}})
}

/// The text that was read.
fn text(answer: &Answer) -> &str {
    let text = answer.body["result"]["contents"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{answer:?}"))
}

/// The code and the words of a refusal.
fn refusal(answer: &Answer) -> (i64, &str) {
    let error = &answer.body["error"];
    (
        error["code"].as_i64().unwrap_or_else(|| panic!("{answer:?}")),
        error["message"].as_str().unwrap(),
    )
}

#[tokio::test]
async fn clients_of_both_eras_list_and_read() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    let listed = client.modern(&token, "resources/list", json!({})).await.body;
    let mut resources = listed["result"]["resources"].as_array().unwrap().iter();
    let resource = resources.find(|resource| resource["uri"] == "shelf://owner").unwrap();
    assert_eq!(resource["mimeType"], "text/markdown");
    assert_eq!(listed["result"]["cacheScope"], "private");
    let forms = client.modern(&token, "resources/templates/list", json!({})).await.body;
    let mut forms = forms["result"]["resourceTemplates"].as_array().unwrap().iter();
    assert!(forms.any(|form| form["uriTemplate"] == "shelf://books/{book}"));

    let book = "shelf://books/Book%203%20of%20Alice%20Example";
    let read = client.modern(&token, "resources/read", json!({"uri": book})).await;
    assert_eq!(text(&read), "# Book 3 of Alice Example");
    let result = &read.body["result"];
    assert_eq!(
        (&result["contents"][0]["uri"], &result["cacheScope"]),
        (&json!(book), &json!("private"))
    );
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "stagepass");
    app.finish().await;
}

#[tokio::test]
async fn each_toolset_has_its_own_alone_at_its_own_address() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    for (path, is_there) in [("/mcp/shelf", true), ("/mcp/spotify", false)] {
        let resource = format!("{}{path}", app.url);
        let changes = [("resource", resource.as_str())];
        let token = client.tokens_with(&app, "alice", &changes).await.access;
        let read = client.mcp(path, Some(&token), reading("shelf://owner")).await;
        assert_eq!(read.body["error"].is_null(), is_there, "{read:?}");
        let get = json!({"jsonrpc": "2.0", "id": 1, "method": "prompts/get", "params": {"name": "shelf_empty"}});
        let got = client.mcp(path, Some(&token), get).await;
        assert_eq!(got.body["error"].is_null(), is_there, "{got:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn two_people_read_their_own_and_never_each_others() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let alice = client.tokens_of(&app, "alice").await.access;
    let bob = client.tokens_of(&app, "bob").await.access;
    for _ in 0..2 {
        for (token, name) in [(&alice, "Alice Example"), (&bob, "Bob Example")] {
            let read = client.mcp("/mcp", Some(token), reading("shelf://owner")).await;
            assert_eq!(text(&read), name);
        }
    }
    let of_alice = "shelf://books/Book%203%20of%20Alice%20Example";
    let read = client.mcp("/mcp", Some(&bob), reading(of_alice)).await;
    assert_eq!(refusal(&read).0, -32002, "{read:?}");
    app.finish().await;
}

#[tokio::test]
async fn a_read_is_recorded_with_whose_it_was_and_without_what_was_asked() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    client.mcp("/mcp", Some(&token), reading("shelf://owner")).await;
    app.advance(std::time::Duration::from_secs(1));
    client.mcp("/mcp", Some(&token), reading("shelf://books/words-of-a-person")).await;
    let rows = recorded(&app, "resource.read", 2).await;
    let seen: Vec<_> =
        rows.iter().map(|row| (row.tool.as_deref().unwrap(), row.detail.as_deref())).collect();
    assert_eq!(seen, [("shelf_owner", None), ("shelf_book", Some("not_found"))]);
    let claims = claims_of(&token);
    for row in &rows {
        assert_eq!(row.identity.as_deref(), claims["sub"].as_str());
        assert_eq!(row.token_id.as_deref(), claims["jti"].as_str());
        assert_eq!(row.provider.as_deref(), Some("spotify"));
        assert!(row.connection_id.is_some(), "{row:?}");
    }
    assert!(!format!("{:?}", app.audit().await).contains("words-of-a-person"));
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_there_is_the_error_of_each_era_with_what_is() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    for (uri, told) in [
        ("shelf://books/none", "There is no such book on the shelf. Look at shelf://owner."),
        ("shelf://nothing", "shelf://owner, shelf://books/{book}, shelf://ashes."),
        ("nonsense", "shelf://owner"),
        ("", "shelf://owner"),
    ] {
        let modern = client.modern(&token, "resources/read", json!({"uri": uri})).await;
        let legacy = client.mcp("/mcp", Some(&token), reading(uri)).await;
        for (answer, code) in [(modern, -32602), (legacy, -32002)] {
            let (said, words) = refusal(&answer);
            assert_eq!(said, code, "{uri}: {answer:?}");
            assert!(words.contains(told), "{uri}: {words}");
        }
    }
    let odd = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": 5}});
    assert_eq!(refusal(&client.mcp("/mcp", Some(&token), odd).await).0, -32602);
    app.finish().await;
}

#[tokio::test]
async fn a_bots_chat_users_read_their_own_and_who_has_no_account_is_given_the_link() {
    let app = open_shelf().await;
    let bot = Bot::add(&app, "bot").await;
    let read = async |id: Option<&str>| {
        let request = bot.client.begin("/mcp").json(&reading("shelf://owner"));
        let request = request.bearer_auth(&bot.token);
        let request = match id {
            Some(id) => request.header("stagepass-chat-id", encoded(id)),
            None => request,
        };
        Connector::send(request).await
    };
    let anna = bot.chat(&app, "tg:anna").await;
    crate::calls::links::link(&app, &anna, "alice").await;
    assert_eq!(text(&read(Some("tg:anna")).await), "Alice Example");
    let ben = read(Some("tg:ben")).await;
    let (code, words) = refusal(&ben);
    assert_eq!((code, &ben.body["error"]["data"]["code"]), (-32603, &json!("not_connected")));
    let link = format!("sign in at Spotify, and try again: {}/connect/", app.url);
    assert!(words.contains(&link), "{words}");
    let nobody = read(None).await;
    assert!(refusal(&nobody).1.contains("Stagepass-Chat-Id"), "{nobody:?}");
    app.finish().await;
}

#[tokio::test]
async fn an_app_that_may_not_look_things_up_is_told_so_before_the_protocol_is() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let mut claims = claims_of(&client.tokens_of(&app, "alice").await.access);
    claims["scope"] = json!("mcp.admin");
    let key = ServerKey::of(&app).await;
    let token = key.sign(&key.header(), &claims);
    let answer = client.mcp("/mcp", Some(&token), reading("shelf://owner")).await;
    assert_eq!((answer.status, refusal(&answer).0), (403, -32603), "{answer:?}");
    let challenge = answer.challenge.unwrap();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("mcp.read"));
    app.finish().await;
}
