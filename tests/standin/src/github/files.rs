//! Files, commits, releases.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    admit::{Call, error},
    data::Repository,
    render::{UPDATED, someone},
};
use crate::http::Reply;

/// Larger files come without their content.
const A_MEGABYTE: usize = 1_048_576;

/// The versions that every repository has.
const VERSIONS: [&str; 4] = ["main", "v1.4.0", "feature/wicks", "HEAD"];

pub(super) fn readme(
    repository: &mut Repository,
    call: &Call<'_>,
    _: &[&str],
    base: &str,
) -> Reply {
    contents(repository, call, &["contents", "README.md"], base)
}

pub(super) fn contents(
    repository: &mut Repository,
    call: &Call<'_>,
    rest: &[&str],
    _: &str,
) -> Reply {
    let known = |version: &String| {
        VERSIONS.contains(&version.as_str())
            || repository.commits.iter().any(|commit| commit.sha.starts_with(version.as_str()))
    };
    if call.asked.param("ref").is_some_and(|version| !known(&version)) {
        return error(404, "No commit found for the ref");
    }
    let path = rest.get(1..).unwrap_or_default().join("/");
    if let Some((_, content)) = repository.files.iter().find(|(known, _)| *known == path) {
        return Reply::json(&file(repository, &path, content));
    }
    let inside = if path.is_empty() { String::new() } else { format!("{path}/") };
    let mut entries: Vec<Value> = Vec::new();
    for (known, content) in &repository.files {
        let Some(below) = known.strip_prefix(&inside) else { continue };
        let (name, kind) = match below.split_once('/') {
            Some((folder, _)) => (folder, "dir"),
            None => (below, "file"),
        };
        if !entries.iter().any(|entry| entry.get("name") == Some(&json!(name))) {
            let size = if kind == "dir" { 0 } else { content.len() };
            let path = format!("{inside}{name}");
            entries.push(json!({"type": kind, "name": name, "path": path, "size": size}));
        }
    }
    if entries.is_empty() {
        let why =
            if repository.files.is_empty() { "This repository is empty." } else { "Not Found" };
        return error(404, why);
    }
    let as_object = call.asked.headers.get("accept").and_then(|value| value.to_str().ok());
    if as_object == Some("application/vnd.github.object+json") {
        return Reply::json(&json!({"type": "dir", "path": path, "size": 0, "entries": entries}));
    }
    Reply::json(&Value::Array(entries))
}

/// In base64, in lines of 60 characters.
fn file(repository: &Repository, path: &str, content: &[u8]) -> Value {
    let packed = STANDARD.encode(content);
    let lines: Vec<_> = packed.as_bytes().chunks(60).map(String::from_utf8_lossy).collect();
    let large = content.len() > A_MEGABYTE;
    json!({
        "type": "file",
        "encoding": if large { "none" } else { "base64" },
        "size": content.len(),
        "name": path.rsplit('/').next(),
        "path": path,
        "content": if large { String::new() } else { lines.join("\n") },
        "html_url": format!("https://github.com/{}/blob/main/{path}", repository.full_name()),
    })
}

pub(super) fn commits(repository: &mut Repository, call: &Call<'_>, _: &[&str], _: &str) -> Reply {
    if repository.commits.is_empty() {
        return error(409, "Git Repository is empty.");
    }
    let (path, author) = (call.asked.param("path"), call.asked.param("author"));
    let is_wanted = |commit: &&super::Commit| {
        path.as_ref()
            .is_none_or(|path| commit.paths.iter().any(|one| one.starts_with(path.as_str())))
            && author.as_ref().is_none_or(|author| commit.author.as_ref() == Some(author))
    };
    let all = repository.commits.iter().filter(is_wanted).map(|commit| {
        json!({
            "sha": commit.sha,
            "commit": {
                "message": commit.message,
                "author": {"name": "A Person", "email": "person@example.org", "date": UPDATED},
            },
            "author": commit.author.as_ref().map(|login| someone(login)),
        })
    });
    call.page(all.collect())
}

pub(super) fn releases(repository: &mut Repository, call: &Call<'_>, _: &[&str], _: &str) -> Reply {
    let name = repository.full_name();
    let all = repository.releases.iter().map(|release| {
        json!({
            "tag_name": release.tag,
            "name": release.tag,
            "draft": false,
            "prerelease": release.prerelease,
            "published_at": UPDATED,
            "body": release.notes,
            "html_url": format!("https://github.com/{name}/releases/tag/{}", release.tag),
        })
    });
    call.page(all.collect())
}
