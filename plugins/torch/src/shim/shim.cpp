// What the Rust side calls (see ffi.rs). No exception leaves these functions: each takes `error`, which is set to a
// text that `kipos_torch_free_text` frees, and returns null or false then.

#include "script.h"

#include <climits>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <optional>
#include <stdexcept>

#include <dlfcn.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/util/Exception.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/serialization/import.h>

using c10::IValue;
using kipos::Binding;
using kipos::Script;

namespace {

struct Program {
  Script *script;  // outlived by it
  torch::jit::Code code;
};

// Tensors of a result, in order, with their keys where it is a dict or a named tuple.
struct Tensors {
  std::vector<std::pair<std::string, at::Tensor>> all;
};

// What LibTorch warns of. The program of a file can warn of any text, and a terminal obeys more than letters.
class Warnings : public c10::WarningHandler {
 public:
  void process(const c10::Warning &warning) override {
    std::string line;
    for (unsigned char c : warning.msg()) {
      if (c >= 0x20 && c < 0x7f) {
        line += static_cast<char>(c);
      } else {
        char spelled[5];
        snprintf(spelled, sizeof spelled, "\\x%02x", c);
        line += spelled;
      }
    }
    fprintf(stderr, "warning: LibTorch: %s\n", line.c_str());
  }
};

template <class R, class F>
R guarded(char **error, R failed, const F &body) noexcept {
  static Warnings warnings;
  c10::WarningUtils::WarningHandlerGuard warned(&warnings);
  try {
    return body();
  } catch (const c10::Error &e) {
    *error = strdup(e.what_without_backtrace());
  } catch (const std::exception &e) {
    *error = strdup(e.what());
  } catch (...) {
    *error = strdup("LibTorch failed for an unknown reason");
  }
  return failed;
}

c10::Device device(int cuda) {
  return cuda < 0 ? c10::Device(c10::kCPU) : c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(cuda));
}

std::string kind_of(const c10::TypePtr &type) {
  if (type->isSubtypeOf(*c10::TensorType::get())) return "tensor";
  if (auto optional = type->cast<c10::OptionalType>()) return kind_of(optional->getElementType());
  if (auto list = type->cast<c10::ListType>()) {
    if (list->getElementType()->kind() == c10::TypeKind::TensorType) return "list";
  }
  if (auto dict = type->cast<c10::DictType>()) {
    if (dict->getKeyType()->kind() == c10::TypeKind::StringType) return "dict";
  }
  if (type->kind() == c10::TypeKind::TupleType) return "tuple";
  return "other";
}

const char *float_type(const torch::jit::Module &module) {
  for (const auto &tensor : module.parameters()) {
    if (tensor.is_floating_point()) return c10::toString(tensor.scalar_type());
  }
  return "Float";
}

// Every run allocates and frees some large tensors. By default the C library of Linux hands their memory back to the
// system each time and has it cleared for the next one, which took a fifth of the time of gradients.
void keep_freed_memory() {
#if defined(__GLIBC__)
  // Older releases accept no more than the second.
  if (!mallopt(M_MMAP_THRESHOLD, 1 << 30)) mallopt(M_MMAP_THRESHOLD, 1 << 25);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}

// Recurrent layers of cuDNN have no gradient outside of training; LibTorch's own have.
class WithoutCudnn {
 public:
  WithoutCudnn() : lock_(mutex()), before_(at::globalContext().userEnabledCuDNN()) {
    at::globalContext().setUserEnabledCuDNN(false);
  }
  ~WithoutCudnn() { at::globalContext().setUserEnabledCuDNN(before_); }

 private:
  static std::mutex &mutex() {
    static std::mutex one;
    return one;
  }
  std::lock_guard<std::mutex> lock_;
  bool before_;
};

void flatten(const IValue &value, const std::string &name, Tensors &into) {
  if (value.isTensor()) {
    into.all.emplace_back(name, value.toTensor());
  } else if (value.isTuple()) {
    auto tuple = value.toTuple();
    auto schema = tuple->type()->schema();
    for (size_t i = 0; i < tuple->elements().size(); ++i) {
      flatten(tuple->elements()[i], schema ? schema->arguments()[i].name() : "", into);
    }
  } else if (value.isList()) {
    for (const IValue &element : value.toListRef()) flatten(element, "", into);
  } else if (value.isGenericDict()) {
    for (const auto &entry : value.toGenericDict()) {
      flatten(entry.value(), entry.key().isString() ? entry.key().toStringRef() : "", into);
    }
  } else if (!value.isNone()) {
    throw std::runtime_error("the model returns " + value.type()->repr_str() +
                             "; only tensors, and tuples, lists and dicts of them, can be read");
  }
}

// An output of the graph, in words.
std::string output_name(const Script &script, size_t output) {
  size_t layers = script.values.size();
  if (output == 0) return "the output";
  if (output <= layers) return "`" + script.values[output - 1].path + "`";
  size_t part = output - layers - 1;
  const std::string &name = script.parts.at(part);
  return "output " + (name.empty() ? std::to_string(part) : "`" + name + "`");
}

torch::jit::Stack arguments(const Script &script, const std::vector<at::Tensor> &inputs) {
  const Binding &binding = script.binding;
  torch::jit::Stack stack{script.module._ivalue()};
  switch (binding.mode) {
    case Binding::kList:
      stack.emplace_back(c10::List<at::Tensor>(inputs));
      break;
    case Binding::kTuple:
      stack.emplace_back(c10::ivalue::Tuple::create(std::vector<IValue>(inputs.begin(), inputs.end())));
      break;
    case Binding::kDict: {
      c10::Dict<std::string, at::Tensor> dict;
      for (size_t i = 0; i < inputs.size(); ++i) dict.insert(binding.names.at(i), inputs[i]);
      stack.emplace_back(dict);
      break;
    }
    case Binding::kPositions:
      break;
  }
  const auto &schema = script.module.get_method("forward").function().getSchema();
  for (size_t i = stack.size() - 1; i < binding.slots.size(); ++i) {
    int64_t slot = binding.slots[i];
    stack.push_back(slot < 0 ? schema.arguments()[i + 1].default_value().value() : IValue(inputs.at(slot)));
  }
  return stack;
}

}  // namespace

extern "C" {

void kipos_torch_free_text(char *text) { free(text); }

// What the LibTorch that was loaded says of how it was built.
char *kipos_torch_configuration(char **error) {
  return guarded<char *>(error, nullptr, [] { return strdup(at::show_config().c_str()); });
}

// The file of the LibTorch that was loaded; null if the system does not say.
char *kipos_torch_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void *>(&at::show_config), &info) == 0 || info.dli_fname == nullptr) return nullptr;
  return strdup(info.dli_fname);
}

Script *kipos_torch_load(const char *path, int cuda, char **error) {
  return guarded<Script *>(error, nullptr, [&] {
    // Float32 is meant where it is written: cuDNN would round the factors of convolutions to 10 bits.
    if (cuda >= 0) at::globalContext().setAllowTF32CuDNN(false);
    keep_freed_memory();
    auto script = std::make_unique<Script>();
    script->module = torch::jit::load(path, device(cuda));
    script->module.eval();
    for (const auto &parameter : script->module.parameters()) parameter.requires_grad_(false);
    kipos::annotate(*script);
    return script.release();
  });
}

void kipos_torch_free_script(Script *script) { delete script; }

// One fact per line, its parts separated by tabs; parsed in description.rs.
char *kipos_torch_describe(const Script *script, char **error) {
  return guarded<char *>(error, nullptr, [&] {
    std::ostringstream out;
    out << "float\t" << float_type(script->module) << "\n";
    const auto &schema = script->module.get_method("forward").function().getSchema();
    for (size_t i = 1; i < schema.arguments().size(); ++i) {
      const auto &argument = schema.arguments()[i];
      out << "argument\t" << argument.name() << "\t" << kind_of(argument.type()) << "\t"
          << (argument.default_value() ? "default" : "required") << "\t"
          << (kipos::is_index(script->graph->inputs().at(i)) ? "index" : "float") << "\n";
    }
    if (script->graph->inputs().size() > 1) {
      for (const auto &key : kipos::index_elements(script->graph->inputs().at(1))) out << "element\t" << key << "\n";
    }
    for (const auto &module : script->module.named_modules()) {
      if (!module.name.empty()) out << "module\t" << module.name << "\n";
    }
    for (const auto &value : script->values) {
      out << "value\t" << value.path << "\t" << value.kind << "\t" << (value.differentiable ? "float" : "whole")
          << "\n";
    }
    for (const auto &name : script->parts) out << "part\t" << name << "\n";
    for (const auto &one : script->unreadable) out << "unreadable\t" << one.path << "\t" << one.reason << "\n";
    return strdup(out.str().c_str());
  });
}

// To be called once, before anything runs. `mode` is a Binding::Mode.
bool kipos_torch_bind(Script *script, int mode, const int64_t *slots, size_t n_slots, const char *const *names,
                      size_t n_names, char **error) {
  return guarded<bool>(error, false, [&] {
    script->binding.mode = static_cast<Binding::Mode>(mode);
    script->binding.slots.assign(slots, slots + n_slots);
    script->binding.names.assign(names, names + n_names);
    return true;
  });
}

// The part of the graph that the wanted outputs need, by their numbers in Script::graph.
Program *kipos_torch_compile(Script *script, const size_t *outputs, size_t count, bool before_nonlinearity,
                             char **error) {
  return guarded<Program *>(error, nullptr, [&] {
    auto graph = script->graph->copy();
    size_t all = graph->outputs().size();
    for (size_t i = 0; i < count; ++i) {
      torch::jit::Value *value = graph->outputs().at(outputs[i]);
      if (before_nonlinearity) {
        value = kipos::before_nonlinearity(graph, value, output_name(*script, outputs[i]));
      }
      graph->registerOutput(value);
    }
    for (size_t i = 0; i < all; ++i) graph->eraseOutput(0);
    torch::jit::EliminateDeadCode(graph);
    kipos::simplify(*script, graph);
    return new Program{script, torch::jit::Code(graph, "forward")};
  });
}

// The lengths of the axes of every layer's value for these inputs: a line per value, the lengths separated by tabs.
char *kipos_torch_shapes(Script *script, at::Tensor *const *inputs, size_t count, char **error) {
  return guarded<char *>(error, nullptr, [&] {
    if (script->keeps_state) throw std::runtime_error("the model would remember the inputs");
    auto graph = script->graph->copy();
    size_t all = graph->outputs().size();
    for (size_t i = 0; i < script->values.size(); ++i) {
      graph->registerOutput(graph->insert(c10::aten::size, {graph->outputs().at(i + 1)}));
    }
    for (size_t i = 0; i < all; ++i) graph->eraseOutput(0);
    torch::jit::EliminateDeadCode(graph);
    c10::InferenceMode inference;
    std::vector<at::Tensor> tensors;
    for (size_t i = 0; i < count; ++i) tensors.push_back(*inputs[i]);
    torch::jit::Stack stack = arguments(*script, tensors);
    torch::jit::InterpreterState(torch::jit::Code(graph, "shapes")).run(stack);
    std::ostringstream out;
    for (const IValue &value : stack) {
      const char *before = "";
      for (int64_t length : value.toIntVector()) {
        out << before << length;
        before = "\t";
      }
      out << "\n";
    }
    return strdup(out.str().c_str());
  });
}

void kipos_torch_free_program(Program *program) { delete program; }

// `gradients`: remember how the results came about, for kipos_torch_gradient.
Tensors *kipos_torch_run(const Program *program, at::Tensor *const *inputs, size_t count, bool gradients,
                         char **error) {
  return guarded<Tensors *>(error, nullptr, [&] {
    Script &script = *program->script;
    std::unique_lock<std::mutex> lock(script.state, std::defer_lock);
    if (script.keeps_state) lock.lock();
    // OpenMP remembers the number of threads for each thread that calls it; oneDNN does not ask LibTorch first.
    at::internal::lazy_init_num_threads();
    c10::InferenceMode inference(!gradients);
    c10::AutoGradMode mode(gradients);
    std::optional<WithoutCudnn> without_cudnn;
    if (gradients && script.recurrent && count > 0 && inputs[0]->is_cuda()) without_cudnn.emplace();
    std::vector<at::Tensor> tensors;
    for (size_t i = 0; i < count; ++i) {
      bool own = script.writes_inputs || script.keeps_state;
      tensors.push_back(own ? inputs[i]->clone() : *inputs[i]);
    }
    torch::jit::Stack stack = arguments(script, tensors);
    torch::jit::InterpreterState(program->code).run(stack);
    auto result = std::make_unique<Tensors>();
    for (const IValue &value : stack) flatten(value, "", *result);
    return result.release();
  });
}

void kipos_torch_free_tensors(Tensors *tensors) { delete tensors; }
size_t kipos_torch_count(const Tensors *tensors) { return tensors->all.size(); }
const char *kipos_torch_name(const Tensors *tensors, size_t index) { return tensors->all.at(index).first.c_str(); }

// A tensor of the result that the caller owns.
at::Tensor *kipos_torch_take(const Tensors *tensors, size_t index) { return new at::Tensor(tensors->all.at(index).second); }

// The gradient of sum(output * weights) with respect to each input; null for inputs that the output does not depend
// on.
bool kipos_torch_gradient(const at::Tensor *output, const at::Tensor *weights,
                          at::Tensor *const *inputs, size_t count, at::Tensor **results, char **error) {
  return guarded<bool>(error, false, [&] {
    if (!output->requires_grad()) {
      std::fill(results, results + count, nullptr);
      return true;
    }
    std::vector<at::Tensor> wanted;
    for (size_t i = 0; i < count; ++i) wanted.push_back(*inputs[i]);
    auto gradients = torch::autograd::grad({*output}, wanted, {*weights}, /*retain_graph=*/false,
                                           /*create_graph=*/false, /*allow_unused=*/true);
    for (size_t i = 0; i < count; ++i) {
      results[i] = gradients[i].defined() ? new at::Tensor(gradients[i]) : nullptr;
    }
    return true;
  });
}

}  // extern "C"
