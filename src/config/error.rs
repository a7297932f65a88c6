//! What is wrong with the configuration, and a line that would be right.

use std::fmt;

use super::keys;

/// Where `config` says that variables come from.
const ENVIRONMENT: &str = "the environment";

/// A key that can't be used as it is.
#[derive(Debug)]
pub struct ConfigError {
    problem: String,
    example: Option<&'static str>,
}

impl ConfigError {
    /// `key` has a value that can't be used, because `why`.
    pub(super) fn at(key: &str, why: &str) -> Self {
        Self { problem: format!("`{key}` {why}"), example: keys::example(key) }
    }

    /// `key` isn't a key. `wherefrom` is the file it came from, or `config`'s word for a variable.
    pub(super) fn unknown(key: &str, wherefrom: &str) -> Self {
        let is_variable = wherefrom == ENVIRONMENT;
        let problem = if is_variable {
            format!("unknown key `{key}` in the environment variable `{}`", keys::variable(key))
        } else {
            format!("unknown key `{key}` in {wherefrom}")
        };
        let Some((known, example)) = keys::nearest(key) else {
            let problem = format!("{problem}; the keys are {}", keys::all());
            return Self { problem, example: None };
        };
        let known = if is_variable { keys::variable(&known) } else { known };
        Self { problem: format!("{problem}; did you mean `{known}`?"), example: Some(example) }
    }

    /// A value of the wrong type. The value itself is left out: it may be a secret.
    pub(super) fn wrong_value(error: &serde_path_to_error::Error<config::ConfigError>) -> Self {
        let key = error.path().to_string();
        let mut cause = error.inner();
        while let config::ConfigError::At { error, .. } = cause {
            cause = error;
        }
        if let (true, config::ConfigError::NotFound(field)) = (key.starts_with("remote."), cause) {
            return Self::at(field, "is missing");
        }
        let why = match cause {
            config::ConfigError::Type { expected, .. } => format!("must be {expected}"),
            config::ConfigError::NotFound(field) if key.starts_with("provider.") => {
                format!(
                    "lacks `{field}`; a provider that isn't in the catalogue needs more than credentials"
                )
            }
            config::ConfigError::NotFound(_) => "is missing".to_owned(),
            _ if key.ends_with(".confirm") => "must be \"code\" or \"auto\"".to_owned(),
            _ if key == "listen" => "must be an IP address and a port".to_owned(),
            config::ConfigError::Message(message) if !keys::is_secret(&key) => {
                format!("can't be used: {message}")
            }
            _ => "has a value that can't be used".to_owned(),
        };
        Self::at(&key, &why)
    }

    /// A file that can't be read or isn't TOML.
    pub(super) fn unreadable(error: &config::ConfigError) -> Self {
        let problem = match error {
            // The parser quotes the offending line, and the line may hold a secret.
            config::ConfigError::FileParse { uri, cause } => {
                let text = cause.to_string();
                let place = text.lines().next().unwrap_or("not TOML");
                format!("{} isn't valid TOML: {place}", uri.as_deref().unwrap_or("stagepass.toml"))
            }
            other => format!("can't read the configuration: {other}"),
        };
        Self { problem, example: None }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)?;
        match self.example {
            Some(example) => write!(f, "\nA correct line:\n  {example}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}
