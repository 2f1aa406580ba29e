// Training mode that was written into a graph: a file that was traced before `model.eval()`, or a call such as
// `F.dropout(x)`. Loading such a file for evaluation does not change it.

#include "script.h"

#include <torch/csrc/jit/ir/constants.h>

namespace kipos {

namespace {

bool is_absent(const Node *node, const char *argument) {
  return node->namedInput(argument)->type()->kind() == c10::TypeKind::NoneType;
}

// Whether the flag says where means and variances come from. Without recorded ones, they can only be the batch's.
bool needs_batch(const Node *node) {
  bool normalises = node->kind() == c10::aten::batch_norm || node->kind() == c10::aten::instance_norm;
  return normalises && (is_absent(node, "running_mean") || is_absent(node, "running_var"));
}

}  // namespace

void evaluate(const std::shared_ptr<Graph> &graph) {
  each_node(graph->block(), [&](Node *node) {
    // BatchNorm counts the batches that it was trained on; nobody reads the count.
    if (node->kind() == c10::aten::add_ && !node->hasUses() && node->input(0)->node()->kind() == c10::prim::GetAttr &&
        node->input(0)->node()->s(c10::attr::name) == "num_batches_tracked") {
      return node->destroy();
    }
    const auto *schema = node->maybeSchema();
    if (!schema || needs_batch(node)) return;
    for (size_t i = 0; i < schema->arguments().size() && i < node->inputs().size(); ++i) {
      const std::string &name = schema->arguments()[i].name();
      torch::jit::WithInsertPoint here(node);
      if (name == "train" || name == "training" || name == "use_input_stats") {
        node->replaceInput(i, graph->insertConstant(false));
      } else if (name == "dropout_p") {
        node->replaceInput(i, graph->insertConstant(0.0));
      }
    }
  });
}

}  // namespace kipos
