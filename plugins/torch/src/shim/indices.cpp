// Inputs that have to be whole numbers: TorchScript does not say of which type a tensor is.

#include "script.h"

#include <set>

#include <torch/csrc/jit/ir/constants.h>

namespace kipos {

namespace prim = c10::prim;

namespace {

// Inputs of operations by which rows of a table are looked up.
bool looks_up(const std::string &operation, size_t input) {
  static const std::set<std::pair<std::string, size_t>> lookups{
      {"embedding", 1}, {"embedding_bag", 1}, {"one_hot", 0}, {"index_select", 2}, {"gather", 2}, {"index", 1}};
  return lookups.count({operation, input}) > 0;
}

// Operations whose value is of the type of this input.
bool keeps_type(const std::string &operation, size_t input) {
  static const std::set<std::string> of_first{
      "view", "reshape", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "select", "slice", "contiguous",
      "clone", "detach", "expand", "repeat", "flip", "roll", "pad", "constant_pad_nd", "masked_fill", "clamp",
      "clamp_min", "clamp_max", "abs", "remainder", "cat", "stack", "index"};
  static const std::set<std::string> of_all{"add", "sub", "rsub", "mul", "maximum", "minimum", "ListConstruct"};
  return of_all.count(operation) || (input == 0 && of_first.count(operation)) || (input > 0 && operation == "where");
}

bool is_index(const Value *value, std::set<const Value *> &seen) {
  if (!seen.insert(value).second) return false;
  for (const auto &use : value->uses()) {
    std::string operation = use.user->kind().toUnqualString();
    if (looks_up(operation, use.offset)) return true;
    if (keeps_type(operation, use.offset) && is_index(use.user->output(0), seen)) return true;
  }
  return false;
}

}  // namespace

bool is_index(const Value *value) {
  std::set<const Value *> seen;
  return is_index(value, seen);
}

std::set<std::string> index_elements(const Value *container) {
  std::set<std::string> found;
  for (const auto &use : container->uses()) {
    auto outputs = use.user->outputs();
    if (use.user->kind() == prim::ListUnpack || use.user->kind() == prim::TupleUnpack) {
      for (size_t i = 0; i < outputs.size(); ++i) {
        if (is_index(outputs[i])) found.insert(std::to_string(i));
      }
    } else if (use.user->kind() == prim::TupleIndex || use.user->kind() == c10::aten::__getitem__) {
      auto key = torch::jit::toIValue(use.user->input(1));
      if (!key || !is_index(outputs[0])) continue;
      found.insert(key->isString() ? key->toStringRef() : std::to_string(key->toInt()));
    }
  }
  return found;
}

}  // namespace kipos
