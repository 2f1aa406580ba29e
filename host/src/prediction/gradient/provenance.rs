//! What of a request its gradients follow from.

use kipos_plugin_api::{FilterItem, Reduce};

use super::{Gradient, GradientOf, GradientTarget};
use crate::provenance::Provenance;

impl Gradient {
    /// The number that is differentiated, and the inputs that were chosen.
    pub(super) fn about(&self) -> Provenance {
        let GradientTarget { of, pre_nonlinearity, filter, tasks, reduce } = &self.target;
        let about = match of {
            GradientOf::Output(output) => Provenance::new().with("of", "output").with_known("output", output.as_ref()),
            GradientOf::Layer { layer, call } => {
                let of = if *pre_nonlinearity { "input of the layer's nonlinearity" } else { "layer" };
                Provenance::new().with("of", of).with("layer", layer).with_known("call", *call)
            }
        };
        let tasks = (!tasks.is_empty()).then(|| tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        let filter = (!filter.is_empty()).then(|| filter_text(filter));
        let wrt = (!self.wrt.is_empty()).then(|| self.wrt.join(", "));
        about
            .with_known("filter", filter)
            .with_known("tasks", tasks)
            .with("reduce", reduction_word(*reduce))
            .with_known("inputs", wrt)
    }
}

/// A reduction as it is typed.
fn reduction_word(reduce: Reduce) -> String {
    match reduce {
        Reduce::Sum => "sum".into(),
        Reduce::Max => "max".into(),
        Reduce::Min => "min".into(),
        Reduce::AbsMax => "absmax".into(),
        other => format!("{other:?}"),
    }
}

/// A filter as it is typed.
fn filter_text(filter: &[FilterItem]) -> String {
    let bound = |bound: &Option<i64>| bound.map_or_else(String::new, |bound| bound.to_string());
    let item = |item: &FilterItem| match item {
        FilterItem::Index(index) => index.to_string(),
        FilterItem::Ellipsis => "...".to_owned(),
        FilterItem::Slice { start, stop, step: None } => format!("{}:{}", bound(start), bound(stop)),
        FilterItem::Slice { start, stop, step } => format!("{}:{}:{}", bound(start), bound(stop), bound(step)),
    };
    format!("[{}]", filter.iter().map(item).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prediction::{LayerKey, parse_filter};

    #[test]
    fn filters_are_shown_as_they_are_typed() {
        for text in ["[3]", "[-1]", "[0:8, ...]", "[..., ::2, 5:, :]"] {
            assert_eq!(filter_text(&parse_filter(text).unwrap()), text);
        }
    }

    #[test]
    fn layer_filter_and_reduction_are_told() {
        let mut request = Gradient::new("model", Vec::new());
        insta::assert_snapshot!(request.about(), @r"
        of: output
        reduce: sum
        ");
        request.target.of = GradientOf::Layer { layer: LayerKey::Name("fc".into()), call: Some(1) };
        request.target.filter = parse_filter("2").unwrap();
        request.target.reduce = Reduce::AbsMax;
        request.wrt = vec!["seq".into()];
        insta::assert_snapshot!(request.about(), @r"
        of: layer
        layer: fc
        call: 1
        filter: [2]
        reduce: absmax
        inputs: seq
        ");
    }
}
