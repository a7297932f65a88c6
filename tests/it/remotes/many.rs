//! So many people.

use futures::future::join_all;
use serde_json::json;
use stagepass_standin::mcp_server::Era;

use super::{Boxed, text};
use crate::harness::Bot;

#[tokio::test]
async fn a_thousand_people_share_a_few_lines_to_a_server() {
    for era in [Era::Modern, Era::Legacy] {
        let auth = [("REMOTE__BOX__AUTH", "none"), ("ACCESS__ALLOW", "open")];
        let boxed = Boxed::with(era, &auth).await;
        let bot = Bot::add(&boxed.app, "bot").await;
        let ids: Vec<_> = (0..1000).map(|n| format!("tg:{n}")).collect();
        for some in ids.chunks(25) {
            let calls = some.iter().map(|id| bot.call(id, "box_echo", json!({"of": id})));
            for (told, id) in join_all(calls).await.into_iter().zip(some) {
                let said = json!({"of": id}).to_string();
                assert_eq!(text(&told.body["result"]), said, "{told:?}");
            }
        }
        let sessions = boxed.server.with(|it| it.sessions.len());
        assert_eq!(sessions, if era == Era::Legacy { 1000 } else { 0 }, "one for each person");
        let lines = boxed.server.sockets();
        assert!(lines <= 64, "{lines} lines");
        boxed.finish().await;
    }
}
