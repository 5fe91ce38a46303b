// The plain way, for tests: the same networks and loss as torch expressions, differentiated by torch.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/learn/trainer.h"

namespace flowscope::oracle {

/// The output of a network [rows, outputs] for one-hot inputs [rows, features], from the flat
/// parameters in the layout of Mlp.
inline torch::Tensor mlp(const MlpShape& shape, const torch::Tensor& flat, const torch::Tensor& x) {
  long at = 0;
  const auto take = [&](long r, long c) {
    at += r * c;
    return flat.slice(0, at - r * c, at).view({r, c});
  };
  const long first = shape.layers > 0 ? shape.width : shape.outputs;
  torch::Tensor w = take(shape.features, first), b = take(1, first);
  torch::Tensor h = torch::matmul(x, w) + b;
  if (shape.layers == 0) return h;
  const auto activate = [&](torch::Tensor z) {
    if (shape.layer_norm) {
      const torch::Tensor gain = take(1, shape.width), shift = take(1, shape.width);
      z = torch::layer_norm(z, {shape.width}) * gain + shift;
    }
    switch (shape.activation) {
      case Activation::kRelu: break;
      case Activation::kLeakyRelu: return torch::leaky_relu(z, 0.01);
      case Activation::kElu: return torch::elu(z);
      case Activation::kTanh: return torch::tanh(z);
    }
    return torch::relu(z);
  };
  h = activate(h);
  for (int l = 1; l < shape.layers; ++l) {
    w = take(shape.width, shape.width);
    b = take(1, shape.width);
    h = activate(torch::matmul(h, w) + b);
  }
  w = take(shape.outputs, shape.width);
  b = take(1, shape.outputs);
  return torch::matmul(h, w.t()) + b;
}

/// Masked log-softmax [rows, actions].
inline torch::Tensor log_policy(const torch::Tensor& logits, const torch::Tensor& legal) {
  return torch::log_softmax(logits.masked_fill(legal.logical_not(), -1e300), 1);
}

}  // namespace flowscope::oracle
