//! Whether the rows of a batch stay apart, as the operators tell.

use kipos_onnx_graph::{Graph, RowFlow, RowsApart};
use kipos_plugin_api::{BatchAxis, PluginError, Result, RowIndependence};

use crate::model::OnnxModel;

impl OnnxModel {
    /// What the operators tell of the outputs.
    pub(crate) fn rows_of_outputs(&self) -> RowIndependence {
        if self.batch == BatchAxis::Fixed(1) {
            return RowIndependence::Independent;
        }
        let Ok(forms) = self.sessions.forms() else { return RowIndependence::Unknown };
        let outputs: Vec<&str> = self.outputs.iter().map(|port| port.name.as_str()).collect();
        match self.row_flow(forms.raised()).apart(&outputs) {
            RowsApart::Yes => RowIndependence::Independent,
            // Rows that go through the graph one by one have no neighbours. Asked only here, as it takes a run.
            RowsApart::No(_) if self.takes_one_row_of_some_length() => RowIndependence::Independent,
            RowsApart::No(reason) => RowIndependence::Dependent(reason),
            RowsApart::Unknown => RowIndependence::Unknown,
        }
    }

    /// Refuses tensors whose rows depend on each other.
    ///
    /// # Errors
    /// The node that mixes the rows of the first of them.
    pub(crate) fn check_rows(&self, graph: &Graph, tensors: &[String]) -> Result<()> {
        if self.engine_batch() == BatchAxis::Fixed(1) {
            return Ok(());
        }
        let flow = self.row_flow(graph);
        match tensors.iter().find_map(|tensor| Some((tensor, flow.mixed(tensor)?))) {
            Some((tensor, reason)) => Err(PluginError::unsupported(format!(
                "the rows of `{tensor}` depend on each other: {reason}; export the model in eval mode, without operations \
                 across samples"
            ))),
            None => Ok(()),
        }
    }

    fn row_flow(&self, graph: &Graph) -> RowFlow {
        graph.follow_rows(self.batch.fixed())
    }
}
