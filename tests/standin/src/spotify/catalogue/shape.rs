//! The catalogue, told with the fields that Development Mode still gets in 2026.
//!
//! Gone on purpose: `popularity`, `available_markets`, `linked_from`, `preview_url`, `album_group`,
//! `label`, `genres`, `followers`, `publisher`, `audio_preview_url`, `language`.

use serde_json::{Value, json};

use super::{
    super::{ask::PAGE, paging::Page},
    Album, Artist, Audiobook, Chapter, Episode, ResumePoints, Show, Track, album, all, artist,
    book, show,
};

/// The fields that everything has.
pub(in crate::spotify) fn basics(kind: &str, id: &str, name: &str) -> Value {
    json!({
        "external_urls": {"spotify": format!("https://open.spotify.com/{kind}/{id}")},
        "href": format!("https://api.spotify.com/v1/{kind}s/{id}"),
        "id": id,
        "name": name,
        "type": kind,
        "uri": format!("spotify:{kind}:{id}"),
    })
}

pub(in crate::spotify) fn with(mut basics: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (basics.as_object_mut(), more) {
        all.extend(more);
    }
    basics
}

fn images(id: &str) -> Value {
    let url = format!("https://i.scdn.co/image/ab67616d0000b273{}", id.to_lowercase());
    json!([{"url": url, "height": 640, "width": 640}, {"url": url, "height": null, "width": null}])
}

impl Artist {
    fn brief(&self) -> Value {
        basics("artist", self.id, self.name)
    }

    pub(in crate::spotify) fn to_json(&self) -> Value {
        // A young artist has no picture yet, and then there is no list either.
        with(self.brief(), json!({"images": null}))
    }
}

fn briefs(ids: &[&str]) -> Vec<Value> {
    ids.iter().filter_map(|id| artist(id)).map(Artist::brief).collect()
}

impl Album {
    pub(in crate::spotify) fn to_json(&self) -> Value {
        let more = json!({
            "album_type": self.kind,
            "artists": briefs(&[self.artist]),
            "images": images(self.id),
            "release_date": self.released,
            "release_date_precision": self.precision,
            "total_tracks": self.tracks().count(),
        });
        with(basics("album", self.id, self.name), more)
    }

    /// With its tracks, the first 50 at least.
    pub(super) fn whole(&self) -> Value {
        let tracks = self.tracks().collect::<Vec<_>>();
        let page = Page::first(&format!("/v1/albums/{}/tracks", self.id), PAGE);
        let more = json!({
            "copyrights": [{"text": "2026 The Stand-in", "type": "C"}],
            "external_ids": {"upc": format!("{:012}", self.id.len() * 40_151_617)},
            "tracks": page.cut(&tracks, |track| track.brief()),
        });
        with(self.to_json(), more)
    }
}

impl Track {
    pub(in crate::spotify) fn uri(&self) -> String {
        format!("spotify:track:{}", self.id)
    }

    fn number(&self) -> usize {
        let siblings = all().tracks.iter().filter(|track| track.album == self.album);
        siblings.take_while(|track| track.id != self.id).count() + 1
    }

    /// As lists of one album tell it.
    pub(in crate::spotify) fn brief(&self) -> Value {
        let mut brief = self.to_json();
        if let Some(brief) = brief.as_object_mut() {
            brief.retain(|name, _| name != "album" && name != "external_ids");
        }
        brief
    }

    pub(in crate::spotify) fn to_json(&self) -> Value {
        let more = json!({
            "album": album(self.album).map(Album::to_json),
            "artists": briefs(self.artists),
            "disc_number": 1,
            "duration_ms": self.duration_ms,
            "explicit": self.explicit,
            "external_ids": {"isrc": format!("QZST1{:07}", self.duration_ms)},
            "is_local": false,
            "is_playable": true,
            "track_number": self.number(),
            // No document mentions it; readers must not mind.
            "media_badges": [{"kind": "lossless"}],
        });
        with(basics("track", self.id, self.name), more)
    }
}

impl Episode {
    pub(in crate::spotify) fn uri(&self) -> String {
        format!("spotify:episode:{}", self.id)
    }

    pub(in crate::spotify) fn to_json(&self) -> Value {
        let more = json!({
            "description": "From the stand-in.",
            "duration_ms": self.duration_ms,
            "explicit": false,
            "html_description": "<p>From the stand-in.</p>",
            "images": images(self.id),
            "is_externally_hosted": false,
            "is_playable": true,
            "languages": ["en"],
            "release_date": "2026-02-01",
            "release_date_precision": "day",
            "show": show(self.show).map(Show::to_json),
        });
        with(basics("episode", self.id, self.name), more)
    }

    pub(in crate::spotify) fn whole(&self, resume: &ResumePoints) -> Value {
        with(self.to_json(), resume_point(&self.uri(), self.duration_ms, resume))
    }

    /// As lists of one show tell it.
    pub(in crate::spotify) fn brief(&self, resume: &ResumePoints) -> Value {
        let mut brief = self.whole(resume);
        if let Some(brief) = brief.as_object_mut() {
            brief.remove("show");
        }
        brief
    }
}

/// How far somebody has got.
fn resume_point(uri: &str, duration_ms: i64, resume: &ResumePoints) -> Value {
    let position = resume.get(uri).copied().unwrap_or_default();
    let done = position >= duration_ms;
    let position = if done { 0 } else { position };
    json!({"resume_point": {"fully_played": done, "resume_position_ms": position}})
}

impl Show {
    pub(in crate::spotify) fn to_json(&self) -> Value {
        let more = json!({
            "copyrights": [],
            "description": "From the stand-in.",
            "explicit": false,
            "html_description": "<p>From the stand-in.</p>",
            "images": images(self.id),
            "is_externally_hosted": false,
            "languages": ["en"],
            "media_type": "audio",
            "total_episodes": self.episodes().count(),
        });
        with(basics("show", self.id, self.name), more)
    }

    pub(super) fn whole(&self, resume: &ResumePoints) -> Value {
        let episodes = self.episodes().collect::<Vec<_>>();
        let page = Page::first(&format!("/v1/shows/{}/episodes", self.id), PAGE);
        let page = page.cut(&episodes, |episode| episode.brief(resume));
        with(self.to_json(), json!({"episodes": page}))
    }
}

impl Audiobook {
    pub(in crate::spotify) fn to_json(&self) -> Value {
        let more = json!({
            "authors": [{"name": self.author}],
            "copyrights": [],
            "description": "From the stand-in.",
            "edition": "Unabridged",
            "explicit": false,
            "html_description": "<p>From the stand-in.</p>",
            "images": images(self.id),
            "languages": ["en"],
            "media_type": "audio",
            "narrators": [{"name": self.narrator}],
            "total_chapters": self.chapters().count(),
        });
        with(basics("audiobook", self.id, self.name), more)
    }

    pub(super) fn whole(&self, resume: &ResumePoints) -> Value {
        let chapters = self.chapters().collect::<Vec<_>>();
        let page = Page::first(&format!("/v1/audiobooks/{}/chapters", self.id), PAGE);
        let page = page.cut(&chapters, |chapter| chapter.brief(resume));
        with(self.to_json(), json!({"chapters": page}))
    }
}

impl Chapter {
    /// As lists of one book tell it.
    pub(in crate::spotify) fn brief(&self, resume: &ResumePoints) -> Value {
        let siblings = all().chapters.iter().filter(|chapter| chapter.book == self.book);
        let more = json!({
            "chapter_number": siblings.take_while(|chapter| chapter.id != self.id).count(),
            "description": "From the stand-in.",
            "duration_ms": self.duration_ms,
            "explicit": false,
            "html_description": "<p>From the stand-in.</p>",
            "images": images(self.id),
            "is_playable": true,
            "languages": ["en"],
            "release_date": "2026-02-01",
            "release_date_precision": "day",
        });
        let uri = format!("spotify:chapter:{}", self.id);
        let resume_point = resume_point(&uri, self.duration_ms, resume);
        with(with(basics("chapter", self.id, self.name), more), resume_point)
    }

    pub(super) fn whole(&self, resume: &ResumePoints) -> Value {
        let book = book(self.book).map(Audiobook::to_json);
        with(self.brief(resume), json!({"audiobook": book}))
    }
}
