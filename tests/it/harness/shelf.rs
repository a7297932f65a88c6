//! A toolset that a story brings along: a shelf of books, each person's own.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{
    Attempt, Caller, Effect, Prompt, Resource, Tool, ToolError, Toolset, Watch, code,
};
use tokio::sync::Semaphore;

/// How many books of one name somebody has.
const MANY: usize = 250;
/// A scope that nothing else needs.
const EDIT: &str = "playlist-modify-private";

/// All of it: `core`, and `edits`.
pub(crate) fn shelf() -> Toolset {
    Toolset::new("shelf", Some("spotify"))
        .with(Sort)
        .with_prompt(Tidy)
        .with_resource(Owner)
        .with_resource(Book)
        .set("edits")
        .with(Burn)
        .with_prompt(Empty)
        .with_resource(Ashes)
}

/// Where a story holds a call, between the steps of its work. Known by the name that the call is
/// given.
pub(crate) struct Turnstile {
    begun: Semaphore,
    go: Semaphore,
    watch: Mutex<Option<Watch>>,
}

static TURNSTILES: LazyLock<Mutex<HashMap<String, Arc<Turnstile>>>> = LazyLock::new(Mutex::default);

impl Turnstile {
    pub(crate) fn named(name: &str) -> Arc<Self> {
        let closed = || Semaphore::new(0);
        let new = || Arc::new(Self { begun: closed(), go: closed(), watch: Mutex::default() });
        TURNSTILES.lock().unwrap().entry(name.to_owned()).or_insert_with(new).clone()
    }

    /// Waits until a step has begun.
    pub(crate) async fn begun(&self) {
        let begun = tokio::time::timeout(Duration::from_secs(30), self.begun.acquire());
        begun.await.expect("no step has begun").unwrap().forget();
    }

    /// Lets one step be finished.
    pub(crate) fn open(&self) {
        self.go.add_permits(1);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.watch.lock().unwrap().as_ref().is_some_and(Watch::is_cancelled)
    }

    /// Waits until the call knows that nobody waits for it.
    pub(crate) async fn cancelled(&self) {
        for _ in 0..600 {
            if self.is_cancelled() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the call was never told");
    }

    async fn step(&self, watch: &Watch) {
        *self.watch.lock().unwrap() = Some(watch.clone());
        self.begun.add_permits(1);
        self.go.acquire().await.unwrap().forget();
    }
}

/// Whose shelf it is.
async fn owner(caller: &Caller) -> Result<String, ToolError> {
    let named = |token: stagepass_kit::AccessToken| async move {
        Ok(Attempt::Done(token.account().name.clone()))
    };
    caller.call("spotify", named).await
}

/// The names of somebody's books that begin so.
async fn books(caller: &Caller, typed: &str) -> Result<Vec<String>, ToolError> {
    let owner = owner(caller).await?;
    let books = (0..MANY).map(|number| format!("Book {number} of {owner}"));
    Ok(books.filter(|book| book.starts_with(typed)).collect())
}

struct Sort;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SortArgs {
    /// How many.
    books: u32,
    /// Where to stop and wait, between two of them; or "falls".
    gate: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Sorted {
    /// How many were sorted.
    sorted: u32,
}

impl fmt::Display for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} sorted", self.sorted)
    }
}

impl Tool for Sort {
    const NAME: &'static str = "shelf_sort";
    const TITLE: &'static str = "Sort";
    const DESCRIPTION: &'static str = "Sorts the shelf.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = SortArgs;
    type Answer = Sorted;

    async fn call(&self, caller: &Caller, args: SortArgs) -> Result<Sorted, ToolError> {
        assert_ne!(args.gate.as_deref(), Some("falls"), "the shelf falls");
        let watch = caller.watch();
        let gate = args.gate.as_deref().map(Turnstile::named);
        let mut sorted = 0;
        while sorted < args.books && !watch.is_cancelled() {
            if let Some(gate) = &gate {
                gate.step(watch).await;
            }
            sorted += 1;
            let message = format!("{sorted} sorted");
            watch.report(sorted.into(), Some(args.books.into()), &message).await;
            // What doesn't go on is no progress.
            watch.report(1, None, "again").await;
        }
        Ok(Sorted { sorted })
    }
}

struct Burn;

impl Tool for Burn {
    const NAME: &'static str = "shelf_burn";
    const TITLE: &'static str = "Burn";
    const DESCRIPTION: &'static str = "Burns the shelf.";
    const EFFECT: Effect = Effect::Destroys;
    const SCOPES: &'static [&'static str] = &[EDIT];
    type Args = SortArgs;
    type Answer = Sorted;

    async fn call(&self, _: &Caller, _: SortArgs) -> Result<Sorted, ToolError> {
        Ok(Sorted { sorted: 0 })
    }
}

struct Tidy;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TidyArgs {
    /// Where to begin.
    book: String,
    /// By what.
    order: Option<String>,
}

impl Prompt for Tidy {
    const NAME: &'static str = "shelf_tidy";
    const TITLE: &'static str = "Tidy the shelf";
    const DESCRIPTION: &'static str = "Puts the books into an order.";
    type Args = TidyArgs;

    fn message(&self, args: TidyArgs) -> Result<String, ToolError> {
        let order = args.order.unwrap_or_else(|| "title".to_owned());
        Ok(format!("Begin with {} and sort by {order}: use shelf_sort.", args.book))
    }

    async fn complete(
        &self,
        caller: &Caller,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        match argument {
            "book" => books(caller, typed).await,
            _ => Ok(vec!["author".to_owned(), "title".to_owned()]),
        }
    }
}

struct Empty;

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

impl Prompt for Empty {
    const NAME: &'static str = "shelf_empty";
    const TITLE: &'static str = "Empty the shelf";
    const DESCRIPTION: &'static str = "Burns all books.";
    type Args = Nothing;

    fn message(&self, _: Nothing) -> Result<String, ToolError> {
        Ok("Use shelf_burn.".to_owned())
    }
}

struct Owner;

impl Resource for Owner {
    const URI: &'static str = "shelf://owner";
    const NAME: &'static str = "shelf_owner";
    const TITLE: &'static str = "Whose shelf it is";
    const DESCRIPTION: &'static str = "The name of the person.";
    const MIME_TYPE: &'static str = "text/markdown";
    const SCOPES: &'static [&'static str] = &[];
    type Variables = Nothing;

    async fn read(&self, caller: &Caller, _: Nothing) -> Result<String, ToolError> {
        owner(caller).await
    }
}

struct Book;

#[derive(Deserialize)]
struct Named {
    book: String,
}

impl Resource for Book {
    const URI: &'static str = "shelf://books/{book}";
    const NAME: &'static str = "shelf_book";
    const TITLE: &'static str = "A book";
    const DESCRIPTION: &'static str = "What is in it.";
    const MIME_TYPE: &'static str = "text/markdown";
    const SCOPES: &'static [&'static str] = &[];
    type Variables = Named;

    async fn read(&self, caller: &Caller, Named { book }: Named) -> Result<String, ToolError> {
        if books(caller, &book).await?.contains(&book) {
            return Ok(format!("# {book}"));
        }
        let message = "There is no such book on the shelf.";
        Err(ToolError::new(code::NOT_FOUND, message, "Look at shelf://owner."))
    }

    async fn complete(
        &self,
        caller: &Caller,
        _: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        books(caller, typed).await
    }
}

struct Ashes;

impl Resource for Ashes {
    const URI: &'static str = "shelf://ashes";
    const NAME: &'static str = "shelf_ashes";
    const TITLE: &'static str = "Ashes";
    const DESCRIPTION: &'static str = "What was burnt.";
    const MIME_TYPE: &'static str = "text/markdown";
    const SCOPES: &'static [&'static str] = &[EDIT];
    type Variables = Nothing;

    async fn read(&self, _: &Caller, _: Nothing) -> Result<String, ToolError> {
        Ok(String::new())
    }
}
