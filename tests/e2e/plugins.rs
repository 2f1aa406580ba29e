//! Plugins: how they are found and listed, and what happens when they misbehave.

mod inspection;
mod misbehaviour;
mod quarantine;
mod refusal;
mod search_order;
