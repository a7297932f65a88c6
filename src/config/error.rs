//! What is wrong with the configuration, and lines that would be right.

use std::fmt;

use super::keys;

/// Where `config` says that variables come from.
const ENVIRONMENT: &str = "the environment";

/// Keys that can't be used as they are.
#[derive(Debug)]
pub struct ConfigError(Vec<Fault>);

#[derive(Debug)]
struct Fault {
    problem: String,
    lines: Vec<String>,
}

impl ConfigError {
    /// `key` has a value that can't be used, because `why`.
    pub(super) fn at(key: &str, why: &str) -> Self {
        // Of a list, the key is the whole.
        let whole = key.split('[').next().unwrap_or_default();
        Self::new(format!("`{key}` {why}"), keys::line(whole))
    }

    /// All of these.
    ///
    /// # Errors
    /// If there are any.
    pub(super) fn none_of(errors: impl IntoIterator<Item = Self>) -> Result<(), Self> {
        let faults: Vec<_> = errors.into_iter().flat_map(|error| error.0).collect();
        if faults.is_empty() { Ok(()) } else { Err(Self(faults)) }
    }

    /// `problem`, and a right line for each of these `keys`.
    pub(super) fn lacking(problem: String, keys: &[String]) -> Self {
        Self::new(problem, keys.iter().filter_map(|key| keys::line(key)))
    }

    /// The same with these as the right lines.
    pub(super) fn with_lines(self, lines: impl IntoIterator<Item = String>) -> Self {
        let lines: Vec<_> = lines.into_iter().collect();
        Self(self.0.into_iter().map(|fault| Fault { lines: lines.clone(), ..fault }).collect())
    }

    /// `key` isn't a key. `wherefrom` is the file it came from, or `config`'s word for a variable.
    pub(super) fn unknown(key: &str, wherefrom: &str) -> Self {
        let is_variable = wherefrom == ENVIRONMENT;
        let problem = if is_variable {
            format!("unknown key `{key}` in the environment variable `{}`", keys::variable(key))
        } else {
            format!("unknown key `{key}` in {wherefrom}")
        };
        let Some((known, line)) = keys::nearest(key) else {
            return Self::new(format!("{problem}; the keys are {}", keys::all()), None);
        };
        let known = if is_variable { keys::variable(&known) } else { known };
        Self::new(format!("{problem}; did you mean `{known}`?"), [line])
    }

    /// A value of the wrong type. The value itself is left out: it may be a secret.
    pub(super) fn wrong_value(error: &serde_path_to_error::Error<config::ConfigError>) -> Self {
        let key = error.path().to_string();
        let mut cause = error.inner();
        while let config::ConfigError::At { error, .. } = cause {
            cause = error;
        }
        let why = match cause {
            config::ConfigError::NotFound(field) if keys::line(field).is_some() => {
                return Self::at(field, "is missing");
            }
            config::ConfigError::NotFound(field) => {
                let own = field.strip_prefix(&key).unwrap_or(field);
                format!("lacks `{}`", own.trim_start_matches('.'))
            }
            config::ConfigError::Type { expected, .. } => format!("must be {expected}"),
            _ if key == "listen" => "must be an IP address and a port".to_owned(),
            config::ConfigError::Message(message) if message.starts_with("must be ") => {
                message.clone()
            }
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
        Self::new(problem, None)
    }

    fn new(problem: String, lines: impl IntoIterator<Item = String>) -> Self {
        Self(vec![Fault { problem, lines: lines.into_iter().collect() }])
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Fault { problem, lines }) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { "\n" })?;
            f.write_str(problem)?;
            match lines.len() {
                0 => {}
                1 => f.write_str("\nA correct line:")?,
                _ => f.write_str("\nCorrect lines:")?,
            }
            lines.iter().try_for_each(|line| write!(f, "\n  {line}"))?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
