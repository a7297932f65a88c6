//! The tools against a stand-in of GitHub.
