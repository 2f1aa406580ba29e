//! What a score reads and promises, in words and as JSON.

use kipos_plugin_api::{LayerRequest, Mask, Needs, Orientation, Properties};
use serde_json::{Value as Json, json};

/// What a score reads and promises.
pub(super) struct ScoreTraits {
    pub(super) needs: Needs,
    pub(super) properties: Properties,
}

impl ScoreTraits {
    /// What it reads.
    pub(super) fn reads(&self) -> String {
        let needs = &self.needs;
        let mut words = vec![match (needs.reference, needs.alternate) {
            (true, true) => "both alleles",
            (true, false) => "the reference allele",
            (false, true) => "the alternate allele",
            (false, false) => "no allele",
        }];
        words.push(match (needs.reverse_complement, needs.orientation) {
            (false, _) => "forward strand",
            (true, Orientation::Forward) => "both strands",
            (true, _) => "both strands, the reverse one as the model gives it",
        });
        words.push(if needs.whole_outputs { "whole outputs" } else { "tasks" });
        if !needs.masks.is_empty() {
            words.push("masks");
        }
        if !needs.layers.is_empty() {
            words.push("values of layers");
        }
        let scales: Vec<&str> = needs.scales.iter().map(|scale| scale.word()).collect();
        let scales = scales.join(" or ");
        if !scales.is_empty() {
            words.push(&scales);
        }
        words.join(", ")
    }

    /// What always holds of it; `None` if nothing is promised.
    pub(super) fn always(&self) -> Option<String> {
        let promises = [
            (self.properties.zero_if_equal, "0 if the alleles are equal"),
            (self.properties.antisymmetric, "of the other sign if they change places"),
        ];
        let words: Vec<&str> = promises.iter().filter(|(holds, _)| *holds).map(|(_, words)| *words).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// What it needs, as JSON.
    pub(super) fn needs_json(&self) -> Json {
        let needs = &self.needs;
        let mask = |mask: &Mask| match mask {
            Mask::Centre(bases) => format!("centre:{bases}"),
            Mask::Gene => "gene".to_owned(),
            Mask::Exons => "exons".to_owned(),
            _ => "unknown".to_owned(),
        };
        json!({
            "reference": needs.reference,
            "alternate": needs.alternate,
            "reverse_complement": needs.reverse_complement,
            "orientation": if needs.orientation == Orientation::Forward { "forward" } else { "raw" },
            "whole_outputs": needs.whole_outputs,
            "masks": needs.masks.iter().map(mask).collect::<Vec<String>>(),
            "scales": needs.scales.iter().map(|scale| scale.word()).collect::<Vec<&str>>(),
            "layers": needs.layers.iter().map(|LayerRequest { layer, .. }| format!("{layer:?}")).collect::<Vec<String>>(),
        })
    }

    /// What it promises, as JSON.
    pub(super) fn properties_json(&self) -> Json {
        json!({
            "zero_if_equal": self.properties.zero_if_equal,
            "antisymmetric": self.properties.antisymmetric,
        })
    }
}
