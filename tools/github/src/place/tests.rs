use super::*;

fn repo(text: &str) -> Option<String> {
    RepoPlace::parse(text).ok().map(|place| place.to_string())
}

fn issue(text: &str) -> Option<String> {
    IssuePlace::parse(text).ok().map(|place| place.to_string())
}

fn file(link: &str) -> FilePlace {
    FilePlace::parse(link, None, None, None).unwrap()
}

#[test]
fn a_repository_is_named_or_linked() {
    for text in [
        "octo/lanterns",
        " octo/lanterns ",
        "https://github.com/octo/lanterns",
        "github.com/octo/lanterns/",
        "http://www.github.com/octo/lanterns/issues/3?q=x#y",
        "https://github.com/octo/lanterns.git",
        "git@github.com:octo/lanterns.git",
    ] {
        assert_eq!(repo(text).as_deref(), Some("octo/lanterns"), "{text}");
    }
    for text in [
        "",
        "octo",
        "octo/",
        "octo/..",
        "octo/a/b",
        "octo/a b",
        "octo/lanterns#3",
        "https://example.com/octo/lanterns",
        "https://github.com.example.com/octo/lanterns",
        "https://github.com/octo",
        "https://github.com/oc%2F..%2Fto/lanterns",
        "https://github.com/octo/%FF/lanterns",
        "ftp://github.com/octo/lanterns",
        "octo/..git",
        "octo/...git",
        "octo/%2e%2e",
        "octo/lanterns\\..\\user",
        "../octo/lanterns",
        "oc.to/lanterns",
        "octo/läntern",
    ] {
        assert_eq!(repo(text), None, "{text}");
    }
    assert!(repo(&format!("octo/{}", "x".repeat(101))).is_none());
}

#[test]
fn an_issue_is_named_or_linked() {
    for text in [
        "octo/lanterns#12",
        "https://github.com/octo/lanterns/issues/12",
        "https://github.com/octo/lanterns/pull/12/files#diff-1",
        "github.com/octo/lanterns/issues/12#issuecomment-9",
    ] {
        assert_eq!(issue(text).as_deref(), Some("octo/lanterns#12"), "{text}");
    }
    for text in
        ["#12", "octo/lanterns", "octo/lanterns#", "octo/lanterns#0", "octo/lanterns#+1", "octo#1"]
    {
        assert_eq!(issue(text), None, "{text}");
    }
    let of_api = IssuePlace::of_api_url("https://api.github.com/repos/octo/lanterns/pulls/7");
    assert_eq!(of_api.unwrap().to_string(), "octo/lanterns#7");
    assert_eq!(
        IssuePlace::of_api_url("https://api.github.com/repos/octo/lanterns/commits/7"),
        None
    );
}

#[test]
fn a_file_is_linked_with_version_and_lines_and_what_is_passed_counts_more() {
    let linked = file("https://github.com/octo/lanterns/blob/v1.0/src/a%20+b.rs#L10-L20");
    assert_eq!(linked.path, "src/a +b.rs");
    assert_eq!(linked.reference.as_deref(), Some("v1.0"));
    assert_eq!(linked.lines, Some((10, Some(20))));
    assert_eq!(file("https://github.com/octo/lanterns/tree/main").path, "");
    assert_eq!(file("https://github.com/octo/lanterns/blob/main/a#L7").lines, Some((7, Some(7))));
    assert_eq!(file("https://github.com/octo/lanterns/blob/main/a#readme").lines, None);
    let passed = FilePlace::parse(
        "https://github.com/octo/lanterns/blob/main/a#L7",
        Some("/b/"),
        Some("feature/x"),
        Some("3-"),
    );
    let passed = passed.unwrap();
    assert_eq!((passed.path.as_str(), passed.lines), ("b", Some((3, None))));
    assert_eq!(passed.reference.as_deref(), Some("feature/x"));
}

#[test]
fn what_would_leave_the_repository_is_no_path() {
    for path in ["../x", "a/../../x", "a//b", "a/./b", "a\nb", &"x".repeat(1_001)] {
        assert!(FilePlace::parse("octo/lanterns", Some(path), None, None).is_err(), "{path}");
    }
    for lines in ["0", "5-3", "a", "-", "1-2-3", "-5"] {
        let place = FilePlace::parse("octo/lanterns", Some("a"), None, Some(lines));
        assert!(place.is_err(), "{lines}");
    }
    for version in ["", "a\nb", &"x".repeat(1_001)] {
        assert!(FilePlace::parse("octo/lanterns", None, Some(version), None).is_err(), "{version}");
    }
}
