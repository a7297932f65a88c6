//! Where sets are off, nothing sends a model to their tools.

use stagepass_kit::Toolset;

use super::harness::Stage;

fn only(sets: &[&str]) -> Toolset {
    let sets: Vec<_> = sets.iter().map(|set| (*set).to_owned()).collect();
    crate::toolset(reqwest::Client::default(), "https://api.spotify.com/v1").only(&sets).unwrap()
}

#[test]
fn a_prompt_is_there_with_the_tools_that_it_needs() {
    let (heard, mood, tidy) =
        ("spotify_what_did_i_listen_to", "spotify_playlist_from_mood", "spotify_tidy_playlist");
    for (sets, prompts) in [
        (&["core"] as &[_], &[heard] as &[_]),
        (&["playlists"], &[]),
        (&["playlists", "destructive"], &[tidy]),
        (&["core", "playlists"], &[heard, mood]),
        (&["core", "playlists", "destructive"], &[heard, mood, tidy]),
    ] {
        let tools = only(sets);
        let names: Vec<_> = tools.prompts().iter().map(|prompt| prompt.name()).collect();
        assert_eq!(names, prompts, "{sets:?}");
    }
}

#[test]
fn what_is_left_of_a_description_still_says_what_to_use() {
    for (sets, tool, wanted) in [
        (
            &["core"] as &[_],
            "spotify_get",
            "a link. To find something by name, call spotify_search; \
            for what is in an album or by an artist, spotify_list_children.",
        ),
        (
            &["core", "podcasts"],
            "spotify_list_children",
            "appear on. For the episodes of a show or \
            the chapters of an audiobook call spotify_episodes. Spotify tells nobody",
        ),
        (
            &["core", "playlists"],
            "spotify_playlist_update",
            "What is in it stays: to change that, \
            call spotify_playlist_add or spotify_playlist_reorder.",
        ),
        (&["playlists"], "spotify_playlist_create", "is true. It takes URIs. To put more into"),
    ] {
        let tools = only(sets);
        let tool = tools.tools().iter().find(|known| known.name() == tool).unwrap();
        let text = tool.descriptor().description.as_deref().unwrap();
        assert!(text.contains(wanted), "{text}");
    }
}

#[tokio::test]
async fn an_error_advises_only_tools_that_are_there() {
    let show = r#"{"uri": "spotify:show:38bS44xjbVVZ3No3ByF1dJ"}"#;
    let track = r#"{"uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2"}"#;
    let stage = Stage::alice().await;
    for (sets, tool, arguments, next_step) in [
        (
            &["core", "podcasts"] as &[_],
            "spotify_list_children",
            show,
            "Call spotify_episodes with it.",
        ),
        (
            &["core"],
            "spotify_list_children",
            show,
            "The tool for that is switched off on this server: tell the person.",
        ),
        (&["podcasts"], "spotify_episodes", track, "Pass a show or an audiobook."),
    ] {
        let tools = only(sets);
        let tool = tools.tools().iter().find(|known| known.name() == tool).unwrap();
        let arguments = serde_json::from_str(arguments).unwrap();
        let error = tool.call(stage.caller(), arguments).await.unwrap_err();
        assert_eq!(error.next_step(), next_step, "{}", error.message());
    }
}
