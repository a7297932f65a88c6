//! Prompts, which a person picks from a list, and the completion of their arguments.

use serde_json::{Value, json};

use crate::{
    calls::recorded,
    harness::{Answer, Bot, Connector, Setup, TestApp, encoded, shelf},
};

async fn open_shelf() -> TestApp {
    let variables = vec![("ACCESS__ALLOW", "open".to_owned())];
    TestApp::start_with(Setup { variables, toolset: Some(shelf), ..Setup::default() }).await
}

/// Asks as clients of 2025-11-25 do.
async fn legacy(client: &Connector, token: &str, method: &str, params: Value) -> Answer {
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    client.mcp("/mcp", Some(token), message).await
}

fn of_the_book(typed: &str) -> Value {
    let of = json!({"type": "ref/prompt", "name": "shelf_tidy"});
    json!({"ref": of, "argument": {"name": "book", "value": typed}})
}

#[tokio::test]
async fn clients_of_both_eras_list_prompts_and_get_the_words() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    let found = client.modern(&token, "server/discover", json!({})).await.body;
    assert_eq!(found["result"]["capabilities"]["prompts"], json!({}), "{found}");
    assert_eq!(found["result"]["capabilities"]["completions"], json!({}), "{found}");
    let wanted = json!({"name": "shelf_tidy", "arguments": {"book": "Ulysses", "order": ""}});
    let words = "Begin with Ulysses and sort by title: use shelf_sort.";
    let said = json!({"role": "user", "content": {"type": "text", "text": words}});

    let listed = client.modern(&token, "prompts/list", json!({})).await.body;
    let list = &listed["result"];
    let mut prompts = list["prompts"].as_array().unwrap().iter();
    let tidy = prompts.find(|prompt| prompt["name"] == "shelf_tidy").unwrap();
    assert_eq!(tidy["arguments"][0]["description"], "Where to begin.");
    assert_eq!((&list["cacheScope"], list["ttlMs"].is_u64()), (&json!("private"), true));
    let got = client.modern(&token, "prompts/get", wanted.clone()).await.body;
    assert_eq!(got["result"]["messages"], json!([said]), "{got}");
    assert_eq!(got["result"]["resultType"], "complete");
    let server = &got["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
    assert_eq!(server, "stagepass");

    let got = legacy(&client, &token, "prompts/get", wanted).await.body;
    assert_eq!(got["result"]["messages"], json!([said]), "{got}");
    assert!(got["result"].get("resultType").is_none(), "{got}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_what_is() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    let argument = json!({"name": "title", "value": ""});
    let of_none = json!({"ref": {"type": "ref/prompt", "name": "none"}, "argument": argument});
    let unknown =
        json!({"ref": {"type": "ref/prompt", "name": "shelf_tidy"}, "argument": argument});
    let of_form =
        json!({"ref": {"type": "ref/resource", "uri": "shelf://a"}, "argument": argument});
    for (method, params, told) in [
        ("prompts/get", json!({"name": "none"}), "shelf_tidy, shelf_empty."),
        ("prompts/get", json!({"name": "shelf_tidy"}), "missing field `book`"),
        ("prompts/get", json!({"name": 5}), "can't be read"),
        ("completion/complete", of_none, "shelf_tidy, shelf_empty."),
        ("completion/complete", unknown, "There are: book, order."),
        ("completion/complete", of_form, "shelf://books/{book}"),
    ] {
        let answer = legacy(&client, &token, method, params.clone()).await.body;
        assert_eq!(answer["error"]["code"], -32602, "{params}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(told), "{params}: {answer}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_request_whose_headers_name_another_prompt_or_resource_is_refused() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    for (method, params) in [
        ("prompts/get", json!({"name": "shelf_empty", "_meta": meta})),
        ("resources/read", json!({"uri": "shelf://owner", "_meta": meta})),
    ] {
        for named in [None, Some("another")] {
            let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
            let request = client.begin("/mcp").json(&message).bearer_auth(&token);
            let request = request.header("mcp-protocol-version", "2026-07-28");
            let mut request = request.header("mcp-method", method);
            if let Some(name) = named {
                request = request.header("mcp-name", name);
            }
            let answer = Connector::send(request).await;
            assert_eq!((answer.status, &answer.body["error"]["code"]), (400, &json!(-32020)));
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_completion_shows_the_first_hundred_of_ones_own_and_how_many_there_are() {
    let app = open_shelf().await;
    let client = Connector::register(&app).await;
    let alice = client.tokens_of(&app, "alice").await.access;
    let bob = client.tokens_of(&app, "bob").await.access;
    for (token, own) in [(&alice, "Alice"), (&bob, "Bob"), (&alice, "Alice")] {
        let answer = client.modern(token, "completion/complete", of_the_book("Book")).await.body;
        let completion = &answer["result"]["completion"];
        let values = completion["values"].as_array().unwrap();
        assert_eq!(values.len(), 100, "{answer}");
        assert!(values.iter().all(|value| value.as_str().unwrap().contains(own)), "{answer}");
        assert_eq!((&completion["total"], &completion["hasMore"]), (&json!(250), &json!(true)));
        let few = legacy(&client, token, "completion/complete", of_the_book("Book 24")).await.body;
        let few = &few["result"]["completion"];
        assert_eq!((few["values"].as_array().unwrap().len(), &few["hasMore"]), (11, &json!(false)));
    }
    // It asks no provider, so it leaves no row.
    let of = json!({"type": "ref/prompt", "name": "shelf_tidy"});
    let order = json!({"ref": of, "argument": {"name": "order", "value": ""}});
    let answer = client.modern(&alice, "completion/complete", order).await.body;
    assert_eq!(answer["result"]["completion"]["values"], json!(["author", "title"]));
    for row in recorded(&app, "argument.completed", 6).await {
        assert_eq!(row.tool.as_deref(), Some("shelf_tidy"));
        assert!(row.connection_id.is_some(), "{row:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn whoever_has_no_account_completes_nothing_and_gets_no_error() {
    let app = open_shelf().await;
    let bot = Bot::add(&app, "bot").await;
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "completion/complete", "params": of_the_book("Book"),
    });
    for chat in [Some("tg:anna"), None] {
        let request = bot.client.begin("/mcp").json(&message).bearer_auth(&bot.token);
        let request = match chat {
            Some(id) => request.header("stagepass-chat-id", encoded(id)),
            None => request,
        };
        let answer = Connector::send(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let nothing = json!({"values": [], "total": 0, "hasMore": false});
        assert_eq!(answer.body["result"]["completion"], nothing, "{answer:?}");
    }
    app.finish().await;
}
