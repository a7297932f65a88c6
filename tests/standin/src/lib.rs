//! Providers for tests and the demo.
