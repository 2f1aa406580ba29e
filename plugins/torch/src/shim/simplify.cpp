// Writes what is fixed while a model runs into its graph, and lets less be computed.

#include "script.h"

#include <set>
#include <vector>

#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/frozen_conv_folding.h>

namespace kipos {

namespace {

// relu and max-pool in the other order give the same to the last bit, gradients too: the rectifier then sees only what
// the pool leaves over.
void rectify_after_pools(const std::shared_ptr<Graph> &graph) {
  static const std::set<c10::Symbol> pools{c10::aten::max_pool1d, c10::aten::max_pool2d, c10::aten::max_pool3d};
  // Their values are memory of their own, so nobody but its readers sees whether it is overwritten.
  static const std::set<c10::Symbol> fresh{
      c10::aten::conv1d, c10::aten::conv2d, c10::aten::conv3d, c10::aten::_convolution, c10::aten::batch_norm};
  std::vector<Node *> nodes(graph->block()->nodes().begin(), graph->block()->nodes().end());
  for (Node *pool : nodes) {
    if (!pools.count(pool->kind())) continue;
    Node *relu = pool->input(0)->node();
    if (relu->kind() != c10::aten::relu && relu->kind() != c10::aten::relu_) continue;
    Value *value = relu->input(0);
    if (relu->output()->uses().size() != 1 || value->uses().size() != 1 || !fresh.count(value->node()->kind())) continue;
    pool->replaceInput(0, value);
    Node *after = graph->create(c10::aten::relu)->insertAfter(pool);
    after->output()->setType(pool->output()->type());
    pool->output()->replaceAllUsesWith(after->output());
    after->addInput(pool->output());
    relu->destroy();
  }
}

}  // namespace

void simplify(const Script &script, std::shared_ptr<Graph> &graph) {
  // Attributes that are assigned are not fixed.
  if (script.keeps_state) return;
  const Value *self = graph->inputs().at(0);
  std::vector<Node *> reads(graph->block()->nodes().begin(), graph->block()->nodes().end());
  for (Node *node : reads) {
    if (node->kind() != c10::prim::GetAttr) continue;
    auto names = path_from(self, node->output());
    auto value = names ? attribute(script.module._ivalue(), *names) : std::nullopt;
    if (!value || !value->isTensor() || value->toTensor().requires_grad()) continue;
    torch::jit::WithInsertPoint here(node);
    node->output()->replaceAllUsesWith(graph->insertConstant(*value));
  }
  torch::jit::EliminateDeadCode(graph);
  // BatchNorm checks the number of axes of what it gets. A convolution has as many as its input; asked there, its output
  // has no other reader.
  static const std::set<c10::Symbol> convolutions{c10::aten::conv1d, c10::aten::conv2d, c10::aten::conv3d};
  for (Node *node : graph->nodes()) {
    if (!convolutions.count(node->kind())) continue;
    auto uses = node->output()->uses();
    for (const auto &use : uses) {
      if (use.user->kind() == c10::aten::dim) use.user->replaceInput(0, node->input(0));
    }
  }
  // A convolution and the normalisation behind it are one convolution with other weights.
  torch::jit::FoldFrozenConvBatchnorm(graph);
  torch::jit::EliminateDeadCode(graph);
  rectify_after_pools(graph);
}

}  // namespace kipos
