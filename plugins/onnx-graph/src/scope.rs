//! The modules that a node belongs to, as its exporter wrote them down.

use crate::proto::NodeProto;

/// Where PyTorch's newer exporter keeps the modules.
const SCOPES: &str = "pkg.torch.onnx.name_scopes";

/// Gives `node`, which takes the place of `replaced`, what its exporter wrote beside that.
pub fn inherit(node: &mut NodeProto, replaced: &NodeProto) {
    for entry in &replaced.metadata_props {
        if node.metadata_props.iter().all(|own| own.key != entry.key) {
            node.metadata_props.push(entry.clone());
        }
    }
}

/// The paths of the modules around a node, outermost first, with dots between their parts; empty at the top.
pub fn scopes(node: &NodeProto) -> Vec<String> {
    if let Some(entry) = node.metadata_props.iter().find(|entry| entry.key == SCOPES) {
        // A Python list of texts: every second piece between quotes is one of them, and the last is the node itself.
        let texts: Vec<&str> = entry.value.split(['\'', '"']).skip(1).step_by(2).collect();
        let modules = texts.split_last().map_or(&[] as &[&str], |(_, modules)| modules);
        return modules.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned()).collect();
    }
    let mut parts = parts_of(&node.name);
    parts.pop();
    joined(&parts)
}

/// Whether a node has its modules in its name, as PyTorch's older exporter writes them: `/trunk/trunk.0/Conv`.
pub fn is_of_path(node: &NodeProto) -> bool {
    node.name.starts_with('/') && node.metadata_props.iter().all(|entry| entry.key != SCOPES)
}

fn parts_of(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The paths that the first one, the first two and so on of `parts` make.
fn joined(parts: &[&str]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(parts.len());
    for &part in parts {
        let path = match paths.last() {
            // PyTorch spells the items of a sequence `trunk/trunk.0`.
            Some(outer) if last_part_opens(outer, part) => {
                let kept = outer.rfind(part.split('.').next().unwrap_or(part)).unwrap_or(0);
                format!("{}{part}", &outer[..kept])
            }
            Some(outer) => format!("{outer}.{part}"),
            None => part.to_owned(),
        };
        paths.push(path);
    }
    paths
}

/// Whether `part` repeats the end of `outer` and adds to it, as `trunk.0` does to `net.trunk`.
fn last_part_opens(outer: &str, part: &str) -> bool {
    part.rsplit_once('.').is_some_and(|(module, _)| outer == module || outer.ends_with(&format!(".{module}")))
}

/// The path without the name of the whole model, which some exporters put first.
pub fn without_root(path: &str) -> Option<&str> {
    path.split_once('.').map(|(_, rest)| rest)
}

/// A path as a person may type it, with dots between its parts.
pub fn canonical(path: &str) -> String {
    joined(&parts_of(path)).pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::StringStringEntryProto;

    #[test]
    fn modules_are_read_from_names_and_from_metadata() {
        let named = |name: &str| scopes(&NodeProto { name: name.into(), ..Default::default() });
        assert_eq!(named("/trunk/trunk.0/Conv"), ["trunk", "trunk.0"]);
        assert_eq!(named("/layer1/layer1.0/conv1/Conv"), ["layer1", "layer1.0", "layer1.0.conv1"]);
        assert_eq!(named("sequential/conv_a/Conv1D"), ["sequential", "sequential.conv_a"]);
        assert_eq!(named("/Sigmoid"), [""; 0]);
        let value = "['', 'trunk', 'trunk.0', 'conv1d']".to_owned();
        let entry = StringStringEntryProto { key: SCOPES.into(), value };
        let node = NodeProto { name: "node_Conv_0".into(), metadata_props: vec![entry], ..Default::default() };
        assert_eq!(scopes(&node), ["trunk", "trunk.0"]);
        assert_eq!(canonical("/layer1/layer1.0/conv1"), "layer1.0.conv1");
        assert_eq!(canonical("trunk/0"), "trunk.0");
        assert_eq!(without_root("sequential.conv_a"), Some("conv_a"));
    }
}
