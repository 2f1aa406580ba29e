//! End-to-end tests: the real binary, real plugin libraries, files in and out.
#![allow(clippy::unwrap_used)] // everything here is a test, also outside functions marked as one

mod bad_input;
mod batch_files;
mod case;
mod pictures;
mod plugins;
mod predict;

mod annotated;
mod bcftools;
mod bgzip;
mod chaining;
mod closed_form;
mod cookbook;
mod described;
mod dna;
mod edges;
mod edit_use;
mod example;
mod examples;
mod faults;
mod flags;
mod foreign;
mod golden;
mod headers;
mod help;
mod htslib;
mod inputs;
mod keras;
mod messages;
mod model_files;
mod model_outputs;
mod model_test;
mod mutation_maps;
mod oracle;
mod outputs;
mod properties;
mod provenance;
mod regions;
mod sequences;
mod sizes;
mod splice;
mod stopping;
mod stub_model;
mod summary;
mod table;
