//! What goes on on one connection: what is asked, what is worked on, and what the peer takes.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, HttpBody},
    response::Response,
};
use futures::StreamExt;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The counts of one connection. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Traffic(Arc<Counts>);

#[derive(Default)]
struct Counts {
    asked: AtomicU64,
    at_work: AtomicUsize,
    sent: AtomicU64,
}

/// A request that is being worked on, until this is dropped.
pub(super) struct Work(Traffic);

impl Traffic {
    /// Notes one more request.
    pub(super) fn begin(&self) -> Work {
        self.0.asked.fetch_add(1, Relaxed);
        self.0.at_work.fetch_add(1, Relaxed);
        Work(self.clone())
    }

    /// How many requests there were.
    pub(super) fn asked(&self) -> u64 {
        self.0.asked.load(Relaxed)
    }

    /// Whether the peer waits for us, and not we for the peer.
    pub(super) fn is_at_work(&self) -> bool {
        self.0.at_work.load(Relaxed) > 0
    }

    /// How many bytes were sent.
    pub(super) fn sent(&self) -> u64 {
        self.0.sent.load(Relaxed)
    }
}

impl Work {
    /// The work is done when all of `response` is there: at once, or at the end of a stream.
    pub(super) fn end_with(self, response: Response) -> Response {
        response.map(|body| {
            if body.size_hint().exact().is_some() {
                return body;
            }
            let parts = body.into_data_stream();
            Body::from_stream(parts.inspect(move |_| {
                let _still = &self;
            }))
        })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.0.at_work.fetch_sub(1, Relaxed);
    }
}

/// A connection that counts what is sent on it.
pub(super) struct Counted {
    pub(super) stream: TcpStream,
    pub(super) traffic: Traffic,
}

impl Counted {
    fn count(&self, sent: usize) -> usize {
        self.traffic.0.sent.fetch_add(u64::try_from(sent).unwrap_or(u64::MAX), Relaxed);
        sent
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        Poll::Ready(sent.map(|sent| self.count(sent)))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, parts));
        Poll::Ready(sent.map(|sent| self.count(sent)))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
