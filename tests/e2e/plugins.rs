//! Plugins: how they are found and listed, and what happens when they misbehave.

mod engine_library;
mod first_opening;
mod inspection;
mod misbehaviour;
mod not_yet;
mod refusal;
mod search_order;
mod trust;
