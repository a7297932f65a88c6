//! Forms and their buttons.

use scraper::ElementRef;

use super::page::{selector, visible};

/// A form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Where it goes; the page itself when absent.
    pub action: Option<String>,
    /// `get` or `post`.
    pub method: String,
    /// Names and values of what is sent as it stands.
    pub fields: Vec<(String, String)>,
    /// Names of everything that can be filled in, ticked or chosen.
    pub names: Vec<String>,
    /// The buttons that send it.
    pub buttons: Vec<Button>,
}

/// A button that sends a form.
#[derive(Debug, Clone, Default)]
pub struct Button {
    /// What it says.
    pub text: String,
    /// What it adds to the form, if it has a name.
    pub name: Option<String>,
    /// The value for its name.
    pub value: String,
    /// Where it goes instead of where the form goes.
    pub action: Option<String>,
}

impl Button {
    pub(super) fn is(&self, label: &str) -> bool {
        self.text == label || self.value == label || self.name.as_deref() == Some(label)
    }
}

impl Form {
    /// What is sent: the form as it stands, with these fields set, and the button pressed. A name
    /// with a minus in front takes a tick away.
    pub(super) fn filled(&self, pressed: &Button, set: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs = self.fields.clone();
        for (name, value) in set {
            if let Some(name) = name.strip_prefix('-') {
                pairs.retain(|(known, _)| known != name);
                continue;
            }
            assert!(
                self.names.iter().any(|known| known == name),
                "the form has no field `{name}`, only {:?}",
                self.names
            );
            let first =
                !set.iter().take_while(|pair| *pair != &(*name, *value)).any(|(n, _)| n == name);
            if first {
                pairs.retain(|(known, _)| known != name);
            }
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        pairs.extend(pressed.name.clone().map(|name| (name, pressed.value.clone())));
        pairs
    }
}

/// Reads a form off a page.
pub(super) fn form(element: ElementRef<'_>) -> Form {
    let mut form = Form {
        action: element.attr("action").map(str::to_owned),
        method: element.attr("method").unwrap_or("get").to_ascii_lowercase(),
        ..Form::default()
    };
    for control in element.select(&selector("input, select, textarea, button")) {
        if control.attr("disabled").is_none() {
            add(&mut form, control);
        }
    }
    form
}

fn add(form: &mut Form, control: ElementRef<'_>) {
    let kind = control.attr("type").unwrap_or_default().to_ascii_lowercase();
    let name = control.attr("name").map(str::to_owned);
    let value = control.attr("value").map(str::to_owned);
    let field = match (control.value().name(), kind.as_str()) {
        ("button", "" | "submit") | ("input", "submit") => {
            let text = visible(control);
            let text = if text.is_empty() { value.clone().unwrap_or_default() } else { text };
            let action = control.attr("formaction").map(str::to_owned);
            form.buttons.push(Button { text, name, value: value.unwrap_or_default(), action });
            return;
        }
        ("button", _) | ("input", "button" | "reset" | "image") => return,
        ("input", "checkbox" | "radio") => {
            control.attr("checked").map(|_| value.unwrap_or_else(|| "on".to_owned()))
        }
        ("select", _) => chosen(control),
        ("textarea", _) => Some(control.text().collect()),
        _ => Some(value.unwrap_or_default()),
    };
    let Some(name) = name else {
        return;
    };
    form.fields.extend(field.map(|value| (name.clone(), value)));
    form.names.push(name);
}

/// The option that is selected, or else the first.
fn chosen(select: ElementRef<'_>) -> Option<String> {
    let options = select.select(&selector("option")).collect::<Vec<_>>();
    let selected = options.iter().find(|option| option.attr("selected").is_some());
    let option = selected.or(options.first())?;
    Some(option.attr("value").map_or_else(|| visible(*option), str::to_owned))
}
