//! Stagepass.
