// The palette, measured: contrast by WCAG 2, colour distance by CIEDE2000, colour-vision deficiency
// after Machado, Oliveira and Fernandes 2009 (severity 1).
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "app/window/theme.h"
#include "tests/catch.h"

using namespace flowscope;

namespace {

using Vec = std::array<double, 3>;
constexpr double kPi = 3.14159265358979323846;

Vec linear(ImU32 color) {
  Vec v;
  for (int i = 0; i < 3; ++i) {
    const double c = static_cast<double>((color >> (8 * i)) & 255) / 255;
    v[static_cast<size_t>(i)] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  }
  return v;
}

double luminance(ImU32 color) {
  const Vec v = linear(color);
  return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
}

double contrast(ImU32 a, ImU32 b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

Vec lab(const Vec& rgb) {
  const double m[3][3] = {{0.4124564, 0.3575761, 0.1804375},
                          {0.2126729, 0.7151522, 0.0721750},
                          {0.0193339, 0.1191920, 0.9503041}};
  const double white[3] = {0.95047, 1, 1.08883};
  Vec f;
  for (size_t i = 0; i < 3; ++i) {
    const double t = (m[i][0] * rgb[0] + m[i][1] * rgb[1] + m[i][2] * rgb[2]) / white[i];
    f[i] = t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  }
  return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

double degrees(double y, double x) {
  if (x == 0 && y == 0) return 0;
  const double d = std::atan2(y, x) * 180 / kPi;
  return d < 0 ? d + 360 : d;
}

double cosd(double d) { return std::cos(d * kPi / 180); }

/// Sharma, Wu and Dalal 2005.
double ciede2000(const Vec& p, const Vec& q) {
  const double c_bar = 0.5 * (std::hypot(p[1], p[2]) + std::hypot(q[1], q[2]));
  const double g = 0.5 * (1 - std::sqrt(std::pow(c_bar, 7) / (std::pow(c_bar, 7) + std::pow(25, 7))));
  const double a1 = (1 + g) * p[1], a2 = (1 + g) * q[1];
  const double c1 = std::hypot(a1, p[2]), c2 = std::hypot(a2, q[2]);
  const double h1 = degrees(p[2], a1), h2 = degrees(q[2], a2);
  double dh = h2 - h1;
  if (c1 * c2 == 0) dh = 0;
  else if (dh > 180) dh -= 360;
  else if (dh < -180) dh += 360;
  double h = h1 + h2;
  if (c1 * c2 != 0) h = std::fabs(h1 - h2) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2;
  const double dl = q[0] - p[0], dc = c2 - c1;
  const double big_dh = 2 * std::sqrt(c1 * c2) * std::sin(dh * kPi / 360);
  const double l = 0.5 * (p[0] + q[0]), c = 0.5 * (c1 + c2);
  const double t = 1 - 0.17 * cosd(h - 30) + 0.24 * cosd(2 * h) + 0.32 * cosd(3 * h + 6) -
                   0.20 * cosd(4 * h - 63);
  const double sl = 1 + 0.015 * (l - 50) * (l - 50) / std::sqrt(20 + (l - 50) * (l - 50));
  const double sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
  const double theta = 30 * std::exp(-std::pow((h - 275) / 25, 2));
  const double rc = 2 * std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25, 7)));
  const double rt = -std::sin(2 * theta * kPi / 180) * rc;
  return std::sqrt(std::pow(dl / sl, 2) + std::pow(dc / sc, 2) + std::pow(big_dh / sh, 2) +
                   rt * (dc / sc) * (big_dh / sh));
}

using Matrix = std::array<Vec, 3>;
constexpr Matrix kVision[] = {
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
    {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}};

Vec seen(const Matrix& vision, ImU32 color) {
  const Vec v = linear(color);
  Vec out;
  for (size_t i = 0; i < 3; ++i) {
    out[i] = std::clamp(vision[i][0] * v[0] + vision[i][1] * v[1] + vision[i][2] * v[2], 0.0, 1.0);
  }
  return out;
}

/// The least distance of any two of the colours to any of the four kinds of eye.
double least_distance(const std::vector<ImU32>& colors) {
  double least = 1e9;
  for (const Matrix& vision : kVision) {
    for (size_t i = 0; i < colors.size(); ++i) {
      for (size_t j = i + 1; j < colors.size(); ++j) {
        least = std::min(least, ciede2000(lab(seen(vision, colors[i])), lab(seen(vision, colors[j]))));
      }
    }
  }
  return least;
}

}  // namespace

TEST_CASE("the colour distance agrees with published pairs") {
  // From the test data of Sharma, Wu and Dalal 2005.
  CHECK(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}) == Approx(2.0425).margin(1e-4));
  CHECK(ciede2000({50, 2.5, 0}, {73, 25, -18}) == Approx(27.1492).margin(1e-4));
  CHECK(ciede2000({2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}) ==
        Approx(0.9082).margin(1e-4));
}

TEST_CASE("runs and truth can be told apart by every eye") {
  const auto lines = [](const Palette& p) {
    return std::vector<ImU32>{p.run[0], p.run[1], p.run[2], p.run[3], p.truth};
  };
  CHECK(least_distance(lines(dark_palette())) > 15);
  CHECK(least_distance(lines(light_palette())) > 12);
}

TEST_CASE("text, runs and controls stand out from their ground") {
  for (const Palette& p : {dark_palette(), light_palette()}) {
    for (const ImU32 ground : {p.window, p.panel, p.panel_raised}) {
      CHECK(contrast(p.text, ground) > 11);
      CHECK(contrast(p.muted, ground) > 4.5);
      CHECK(contrast(p.danger, ground) > 4.5);
      CHECK(contrast(p.warning, ground) > 4.5);
      CHECK(contrast(p.faint, ground) > 2.7);  // marks without words
    }
    CHECK(contrast(p.accent, p.panel) > 4.5);
    CHECK(contrast(p.accent_text, p.accent) > 4.5);
    for (const ImU32 run : p.run) CHECK(contrast(run, p.panel) > 3.8);
  }
}

TEST_CASE("the plan's figures hold") {
  const Palette dark = dark_palette(), light = light_palette();
  CHECK(contrast(dark.text, dark.window) == Approx(14.6).margin(0.1));
  CHECK(contrast(dark.muted, dark.window) == Approx(7.1).margin(0.1));
  CHECK(contrast(light.muted, light.window) == Approx(6.0).margin(0.1));
}
