//! What holds for every VCF: each property is tried on a few random ones, through the real binary.

mod accounts;
mod as_bcf;
mod calls;
mod dialects;
mod every_mode;
mod normal_form;
mod records_stand_alone;
mod same_bytes;
mod shards;
pub mod variants;
