// A TorchScript file, its graph with every layer's value kept, and what is read of it.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>

namespace kipos {

using torch::jit::Graph;
using torch::jit::Module;
using torch::jit::Node;
using torch::jit::Value;

// One tensor that one call of a module returned. A module that returns tuples has several.
struct LayerValue {
  std::string path;     // `features.0`, or `lstm[0]` for a part of a tuple
  std::string kind;     // the name of the module's class
  bool differentiable;  // false if the tensor is known to hold whole numbers
};

// A module whose value cannot be read, and why.
struct Unreadable {
  std::string path;
  std::string reason;
};

// How the tensors of a call become the arguments of `forward`.
struct Binding {
  enum Mode { kPositions, kList, kTuple, kDict } mode = kPositions;
  std::vector<int64_t> slots;      // for every argument the index of its tensor, or -1 for its default
  std::vector<std::string> names;  // the keys of kDict
};

// A loaded file. After loading and binding nothing in it changes.
struct Script {
  Module module;
  // `forward` with all calls inlined. Output 0 is what it returns; then follow `values`, then `parts`.
  std::shared_ptr<Graph> graph;
  std::vector<LayerValue> values;  // in the order of the calls
  // The tensors of a tuple, list or dict that it returns, each with its name or "": none if it returns one tensor, or
  // if they are only known while it runs.
  std::vector<std::string> parts;
  std::vector<Unreadable> unreadable;
  Binding binding;
  bool writes_inputs = false;  // an operation in place reaches an argument
  bool keeps_state = false;    // it assigns or overwrites attributes of its own modules
  bool recurrent = false;      // it has LSTM, GRU or RNN layers
  std::mutex state;            // held while a module that keeps state runs
};

// Fills graph, values, unreadable and the flags from the module.
void annotate(Script &script);

// In a copy of an annotated graph: the input of the nonlinearity that `value` is the output of, copied before
// the nonlinearity can overwrite it, and arranged as `value` is. `layer` begins messages. Throws if there is no
// nonlinearity.
Value *before_nonlinearity(const std::shared_ptr<Graph> &graph, Value *value, const std::string &layer);

// A copy of `value` as it is just before the node `place` runs.
Value *copy_before(Node *place, Value *value);

// The names on the way from `self` to a submodule or attribute; none if it is reached otherwise.
std::optional<std::vector<std::string>> path_from(const Value *self, const Value *value);

// Visits all nodes of a block, those of inner blocks before the node that holds them. `visit` may remove its node.
template <class F>
void each_node(torch::jit::Block *block, const F &visit) {
  for (auto it = block->nodes().begin(); it != block->nodes().end();) {
    Node *node = *it;
    ++it;
    for (torch::jit::Block *inner : node->blocks()) each_node(inner, visit);
    visit(node);
  }
}

// What lies there.
std::optional<c10::IValue> attribute(const c10::IValue &module, const std::vector<std::string> &names);

// Whether the graph looks rows of a table up with this value: then it has to be whole numbers.
bool is_index(const Value *value);

// The elements of a list, tuple or dict, by their places or keys, with which it does.
std::set<std::string> index_elements(const Value *container);

// Turns off, in a graph without calls, what layers do in training alone.
void evaluate(const std::shared_ptr<Graph> &graph);

// In a graph that is about to run: weights become constants, and normalisations part of the convolution before them.
void simplify(const Script &script, std::shared_ptr<Graph> &graph);

}  // namespace kipos
