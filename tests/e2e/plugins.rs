//! Plugins: how they are found and listed, and what happens when they misbehave.

mod inspection;
mod misbehaviour;
mod not_yet;
mod quarantine;
mod refusal;
mod search_order;
