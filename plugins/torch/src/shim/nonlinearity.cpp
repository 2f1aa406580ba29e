// The value that goes into a nonlinearity.

#include "script.h"

#include <set>
#include <stdexcept>
#include <vector>

#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/constants.h>

namespace kipos {

namespace prim = c10::prim;
namespace aten = c10::aten;

namespace {

// The operation without its namespace and, for one that works in place, without the underscore at its end.
std::string operation(const Node *node) {
  std::string name = node->kind().toUnqualString();
  if (!node->kind().is_aten()) return "";
  if (name.size() > 1 && name.back() == '_') name.pop_back();
  return name;
}

// Traced files write some numbers as tensors.
bool is_number(const Value *value, double number) {
  auto constant = torch::jit::toIValue(value);
  if (constant && constant->isTensor() && constant->toTensor().numel() == 1) {
    return constant->toTensor().item().toDouble() == number;
  }
  return constant && constant->isScalar() && constant->toScalar().toDouble() == number;
}

// x / (abs(x) + 1), as `torch.nn.functional.softsign` is written.
bool is_softsign(const Node *divide) {
  const Node *add = divide->input(1)->node();
  if (operation(add) != "add" || add->inputs().size() < 2 || !is_number(add->input(1), 1)) return false;
  const Node *magnitude = add->input(0)->node();
  return operation(magnitude) == "abs" && magnitude->input(0) == divide->input(0);
}

bool is_nonlinearity(const Node *node) {
  static const std::set<std::string> names{
      "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "threshold", "sigmoid", "hardsigmoid", "silu",
      "hardswish", "mish", "tanh", "softplus", "softsign", "softmax", "log_softmax", "gelu", "erf"};
  std::string name = operation(node);
  if (names.count(name)) return true;
  if (name == "hardtanh" || name == "clamp") {
    return node->inputs().size() == 3 && is_number(node->input(1), 0) && is_number(node->input(2), 6);
  }
  return name == "div" && node->inputs().size() == 2 && is_softsign(node);
}

// Operations that give all elements of their first input again, in whatever order, in a model that is not being trained.
bool arranges(const Node *node) {
  static const std::set<std::string> names{
      "view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "transpose", "permute", "t", "movedim",
      "swapaxes", "swapdims", "contiguous", "clone", "alias", "to", "type_as", "float", "double", "dropout",
      "feature_dropout", "alpha_dropout", "feature_alpha_dropout"};
  bool one_tuple = node->kind() == prim::TupleConstruct && node->inputs().size() == 1;
  return one_tuple || names.count(operation(node)) > 0;
}

}  // namespace

Value *before_nonlinearity(const std::shared_ptr<Graph> &graph, Value *value, const std::string &layer) {
  // The node in front of which `value` is read.
  Node *reader = graph->return_node();
  Value *at = value;
  torch::jit::ValueSet seen;
  std::vector<Node *> arrangements;
  while (!is_nonlinearity(at->node())) {
    Node *node = at->node();
    if (!arranges(node)) {
      std::string made = node->kind() == prim::Param ? "an input of the model" : node->kind().toQualString();
      throw std::runtime_error(layer + " has no nonlinearity: its value comes from " + made +
                               "; ask for it without pre-nonlinearity");
    }
    arrangements.push_back(node);
    // The first copy is the one that keeps the layer's value, see annotate.cpp.
    if (operation(node) == "clone" && seen.empty()) reader = node;
    at = node->input(0);
    seen.insert(at);
  }
  seen.insert(at);
  Node *nonlinearity = at->node();
  torch::jit::AliasDb aliases(graph);
  for (Node *node = nonlinearity->next(); node != reader; node = node->next()) {
    if (aliases.writesToAlias(node, seen)) {
      throw std::runtime_error(layer + " has no nonlinearity at its end: " + node->kind().toQualString() +
                               " changes its value in place; ask for it without pre-nonlinearity");
    }
  }
  Value *result = copy_before(nonlinearity, nonlinearity->input(0));
  // The same arrangements again, so that filters mean the same elements as in the layer's value.
  for (auto at = arrangements.rbegin(); at != arrangements.rend(); ++at) {
    Value *arranged = (*at)->input(0);
    Node *again = graph->createClone(*at, [&](Value *input) { return input == arranged ? result : input; });
    result = again->insertAfter(*at)->output();
  }
  return result;
}

}  // namespace kipos
