// Inlines all calls of `forward` and keeps what each module returned.
//
// TorchScript has no hooks that could be set from outside Python, and inlining forgets which module an operation came
// from. So calls are inlined one by one, from the outside in, and after each call of a module its value is copied into
// an extra output of the graph. The copy stands where the call stood: an operation in place further on (a rectifier
// that overwrites its input) no longer reaches it. Copies that nobody asks for are removed again before a graph runs.

#include "script.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/alias_analysis.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

namespace kipos {

namespace prim = c10::prim;
namespace aten = c10::aten;
namespace attr = c10::attr;
using c10::IValue;
using c10::TypePtr;
using torch::jit::Block;

std::optional<std::vector<std::string>> path_from(const Value *self, const Value *value) {
  std::vector<std::string> names;
  while (value != self) {
    const Node *node = value->node();
    if (node->kind() != prim::GetAttr) return std::nullopt;
    names.push_back(node->s(attr::name));
    value = node->input(0);
  }
  std::reverse(names.begin(), names.end());
  return names;
}

std::optional<IValue> attribute(const IValue &module, const std::vector<std::string> &names) {
  IValue value = module;
  for (const auto &name : names) {
    if (!value.isObject() || !value.toObject()->type()->findAttributeSlot(name)) return std::nullopt;
    value = value.toObject()->getAttr(name);
  }
  return value;
}

namespace {

std::string dotted(const std::vector<std::string> &names) {
  std::string path;
  for (const auto &name : names) path += (path.empty() ? "" : ".") + name;
  return path;
}

// Attributes that some method assigns, by name.
std::set<std::string> assigned_attributes(const Module &module) {
  std::set<std::string> names;
  for (const auto &part : module.modules()) {
    for (const auto &method : part.get_methods()) {
      each_node(method.graph()->block(), [&](Node *node) {
        if (node->kind() == prim::SetAttr) names.insert(node->s(attr::name));
      });
    }
  }
  return names;
}

// Writes flags and numbers of the module into the graph of one of its methods and removes the branches that are
// never taken then: `if self.training:` is the commonest.
void fold(std::shared_ptr<Graph> &graph, const IValue &module, const std::set<std::string> &assigned) {
  const Value *self = graph->inputs().at(0);
  each_node(graph->block(), [&](Node *node) {
    if (node->kind() != prim::GetAttr) return;
    auto names = path_from(self, node->output());
    if (!names || names->empty() || assigned.count(names->back())) return;
    auto value = attribute(module, *names);
    if (!value || !(value->isBool() || value->isInt() || value->isDouble() || value->isString())) return;
    torch::jit::WithInsertPoint here(node);
    node->output()->replaceAllUsesWith(graph->insertConstant(*value));
  });
  torch::jit::ConstantPropagation(graph);
}

bool is_call(const Node *node, const std::set<Node *> &kept) {
  return (node->kind() == prim::CallMethod || node->kind() == prim::CallFunction) &&
         !kept.count(const_cast<Node *>(node));
}

Node *first_call(Block *block, const std::set<Node *> &kept) {
  for (Node *node : block->nodes()) {
    if (is_call(node, kept)) return node;
    for (Block *inner : node->blocks()) {
      if (Node *found = first_call(inner, kept)) return found;
    }
  }
  return nullptr;
}

// Whether a method is what calling a module runs: `forward`, in traced files `forward1`, `forward2`, ... for further
// calls of the same module, and `forward__0`, ... where it is overloaded.
bool is_forward(const std::string &method) {
  static const std::string name = "forward";
  if (method.compare(0, name.size(), name) != 0) return false;
  size_t digits = method.compare(name.size(), 2, "__") == 0 ? name.size() + 2 : name.size();
  return std::all_of(method.begin() + digits, method.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool is_tensor(const TypePtr &type) { return type->isSubtypeOf(*c10::TensorType::get()); }

size_t tensors_in(const TypePtr &type) {
  if (is_tensor(type)) return 1;
  size_t count = 0;
  if (auto tuple = type->cast<c10::TupleType>()) {
    for (const auto &element : tuple->elements()) count += tensors_in(element);
  }
  return count;
}

bool may_be_float(const Value *value) {
  auto type = value->type()->cast<c10::TensorType>();
  auto scalar = type ? type->scalarType() : std::nullopt;
  return !scalar || c10::isFloatingType(*scalar);
}

// Whether `value` lies in the memory of an input. To LibTorch all memory from outside of the graph is alike, inputs and
// the weights and buffers of modules.
bool of_input(const Value *value) {
  while (true) {
    const Node *node = value->node();
    if (node->kind() == prim::Param) return node->owningBlock() == node->owningGraph()->block();
    const auto *schema = node->maybeSchema();
    if (!schema || node->inputs().empty() || schema->returns().empty() || !schema->returns()[0].alias_info()) {
      return false;
    }
    value = node->input(0);
  }
}

class Annotator {
 public:
  explicit Annotator(Script &script)
      : script_(script), assigned_(assigned_attributes(script.module)), root_(script.module._ivalue()) {}

  void run() {
    auto &graph = script_.graph;
    graph = script_.module.get_method("forward").graph()->copy();
    fold(graph, root_, assigned_);
    while (Node *call = first_call(graph->block(), kept_)) inline_call(call);
    evaluate(graph);
    for (const auto &[value, layer] : found_) {
      graph->registerOutput(value);
      script_.values.push_back(layer);
    }
    add_parts();
    torch::jit::ConstantPropagation(graph);
    torch::jit::EliminateDeadCode(graph);
    set_flags();
  }

 private:
  void inline_call(Node *call) {
    Graph &graph = *script_.graph;
    bool method = call->kind() == prim::CallMethod;
    std::optional<std::vector<std::string>> names;
    torch::jit::Function *function = nullptr;
    std::string kind;
    if (method) {
      names = path_from(graph.inputs().at(0), call->input(0));
      if (auto type = call->input(0)->type()->cast<c10::ClassType>()) {
        function = type->findMethod(call->s(attr::name));
        if (type->name()) kind = type->name()->name();
      }
    } else {
      function = call->input(0)->type()->expect<c10::FunctionType>()->function();
    }
    auto *callee = function ? torch::jit::tryToGraphFunction(*function) : nullptr;
    bool layer = method && names && !names->empty() && is_forward(call->s(attr::name));
    if (!callee) {
      // Code that is only known while running: an interface, or a function written in C++.
      kept_.insert(call);
      if (layer) refuse(dotted(*names), "its code is chosen while the model runs");
      return;
    }
    auto body = callee->graph()->copy();
    std::optional<IValue> module = method && names ? attribute(root_, *names) : std::nullopt;
    if (module) fold(body, *module, assigned_);
    if (!method) call->removeInput(0);
    bool at_top = call->owningBlock() == graph.block();
    Node *after = call->next();
    auto outputs = torch::jit::inlineCallTo(call, callee, body.get());
    if (!layer) return;
    std::string path = dotted(*names);
    if (!at_top) {
      refuse(path, "it runs inside an `if` or a loop");
    } else if (outputs.size() == 1) {
      keep(path, kind, outputs[0], after);
    }
  }

  // Copies the tensors of a module's value in front of `after`.
  void keep(const std::string &path, const std::string &kind, Value *value, Node *after) {
    size_t count = tensors_in(value->type());
    if (count == 0) return refuse(path, "it gives " + value->type()->repr_str() + " instead of a tensor");
    keep_parts(path, kind, value, after, count > 1);
  }

  // `numbered`: parts of tuples are told apart by their position.
  void keep_parts(const std::string &path, const std::string &kind, Value *value, Node *after, bool numbered) {
    if (is_tensor(value->type())) {
      found_.push_back({copy_before(after, value), {path, kind, may_be_float(value)}});
    } else if (auto tuple = value->type()->cast<c10::TupleType>()) {
      Node *unpack = script_.graph->createTupleUnpack(value)->insertBefore(after);
      for (size_t i = 0; i < unpack->outputs().size(); ++i) {
        std::string part = numbered ? path + "[" + std::to_string(i) + "]" : path;
        keep_parts(part, kind, unpack->outputs()[i], after, numbered);
      }
    }
  }

  void refuse(const std::string &path, const std::string &reason) { script_.unreadable.push_back({path, reason}); }

  void add_parts() {
    auto &graph = script_.graph;
    Value *returned = graph->outputs().at(0);
    Node *made = returned->node();
    auto inputs = made->inputs();
    std::vector<std::pair<Value *, std::string>> parts;
    if (made->kind() == prim::TupleConstruct) {
      auto schema = returned->type()->expect<c10::TupleType>()->schema();
      for (size_t i = 0; i < inputs.size(); ++i) {
        parts.emplace_back(inputs[i], schema ? schema->arguments()[i].name() : "");
      }
    } else if (torch::jit::AliasDb(graph).hasWriters(returned)) {
      return;  // it is filled after it was made
    } else if (made->kind() == prim::ListConstruct) {
      for (Value *input : inputs) parts.emplace_back(input, "");
    } else if (made->kind() == prim::DictConstruct) {
      for (size_t i = 0; i + 1 < inputs.size(); i += 2) {
        auto key = torch::jit::toIValue(inputs[i]);
        if (!key || !key->isString()) return;
        parts.emplace_back(inputs[i + 1], key->toStringRef());
      }
    }
    for (const auto &part : parts) {
      if (!is_tensor(part.first->type())) return;
    }
    for (const auto &[part, name] : parts) {
      graph->registerOutput(part);
      script_.parts.push_back(name);
    }
  }

  void set_flags() {
    auto &graph = script_.graph;
    torch::jit::AliasDb aliases(graph);
    for (size_t i = 1; i < graph->inputs().size(); ++i) {
      script_.writes_inputs |= aliases.hasWriters(graph->inputs()[i]);
    }
    static const std::set<c10::Symbol> recurrent{
        aten::lstm, aten::gru, aten::rnn_tanh, aten::rnn_relu};
    torch::jit::ValueSet attributes;
    each_node(graph->block(), [&](Node *node) {
      if (node->kind() == prim::GetAttr) attributes.insert(node->output());
    });
    each_node(graph->block(), [&](Node *node) {
      bool writes_attribute = aliases.writesToAlias(node, attributes) && !of_input(node->input(0));
      script_.keeps_state |= node->kind() == prim::SetAttr || kept_.count(node) || writes_attribute;
      script_.recurrent |= recurrent.count(node->kind()) > 0;
    });
  }

  Script &script_;
  std::set<std::string> assigned_;
  IValue root_;
  std::set<Node *> kept_;  // calls that cannot be inlined
  std::vector<std::pair<Value *, LayerValue>> found_;
};

}  // namespace

Value *copy_before(Node *place, Value *value) {
  Graph &graph = *value->owningGraph();
  torch::jit::WithInsertPoint here(place);
  Node *clone = graph.create(aten::clone, {value, graph.insertConstant(IValue())});
  clone->output()->setType(value->type());
  graph.insertNode(clone);
  return clone->output();
}

void annotate(Script &script) { Annotator(script).run(); }

}  // namespace kipos
