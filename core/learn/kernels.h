// The loops of a network that are not matrix products of BLAS, plain and over raw pointers; each is
// compiled for several vector widths and chosen at load time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flowscope {

/// out[r, :] = bias + sum of the weight rows that are active in r, rectified if asked.
/// weights [features, width], active [rows, per_row], out [rows, width].
template <class Real>
void sum_rows(const Real* weights, const Real* bias, int width, const std::int32_t* active,
              int per_row, int rows, bool relu, Real* out);

/// The reverse: adds d[r, :] to every active row of gradient [features, width].
template <class Real>
void scatter_rows(const Real* d, int rows, int width, const std::int32_t* active, int per_row,
                  Real* gradient);

/// out[rows, width] = max(0, in[rows, width] weights[width, width] + bias).
template <class Real>
void dense_relu(const Real* in, const Real* weights, const Real* bias, int width, int rows,
                Real* out);

/// out[rows, outputs] = in[rows, width] weights[outputs, width]^T + bias.
template <class Real>
void dense_out(const Real* in, const Real* weights, const Real* bias, int width, int outputs,
               int rows, Real* out);

/// Its reverse: d_in[rows, width] = d_out weights; adds to d_weights and d_bias.
template <class Real>
void dense_out_backward(const Real* in, const Real* weights, const Real* d_out, int width,
                        int outputs, int rows, Real* d_in, Real* d_weights, Real* d_bias);

/// d = 0 where the rectified activation is 0.
template <class Real>
void mask_relu(const Real* activation, std::size_t n, Real* d);

/// sum[j] += sum over rows of d[rows, width].
template <class Real>
void sum_columns(const Real* d, int rows, int width, Real* sum);

/// One step of Adam (Kingma & Ba 2015) on n parameters; sets the gradient to zero. `rate` includes
/// the bias correction of the first moment, `correction2` = 1 / (1 - beta2^t).
template <class Real>
void adam_step(std::size_t n, Real* parameters, Real* gradient, Real* m, Real* v, Real rate,
               Real beta1, Real beta2, Real correction2, Real epsilon);

/// Sum of squares, in double.
template <class Real>
double square_norm(const Real* x, std::size_t n);

}  // namespace flowscope
